// What the items of somebody's JSON mean, told by expressions of the configuration: the settings, and
// the events that they make. Pure.
import { z } from 'zod';
import type { EventBody, EventDraft } from './event.ts';
import { type FieldName, fieldNames, filled } from './item-fields.ts';
import { compileJson, type JsonExpression, jsonExpression } from './json-expression.ts';
import type { JsonPieces } from './json-pieces.ts';
import { eventLink, filledLink } from './link-pattern.ts';
import { boundId, hashId, rawOf, timeOf, unrecognisedItem, wordOf } from './pushed-item.ts';
import { severityMap, severityReader } from './severity-words.ts';

const ofItem = jsonExpression(['item', 'body']);

/** Settings that are expressions; the names of their variables are `body` and `item`. */
export const meaningSettings = {
  items: jsonExpression(['body'])
    .optional()
    .describe(
      'The list of items, such as body.alerts; if not set, a list is its items, and anything else is one.',
    ),
  id: ofItem
    .optional()
    .describe(
      'What is different for each item and the same when it is sent again, such as item.id; if not set, its bytes.',
    ),
  event_type: ofItem.optional().describe('Its type, such as item.rule.name; ALERT if not set.'),
  severity: ofItem
    .optional()
    .describe('Its severity: INFO to CRITICAL, or a word or number that severity_map has.'),
  severity_map: severityMap,
  time: ofItem
    .optional()
    .describe('When it happened: ISO 8601, or a number since the epoch; UTC without a zone.'),
  resolved: ofItem
    .optional()
    .describe(
      'True if it says that the item of this id is over, such as item.status == "resolved".',
    ),
  fields: z
    .partialRecord(z.enum(fieldNames), ofItem)
    .optional()
    .describe('More facts, such as {device.name: item.host}.'),
  event_link: eventLink,
} as const;
export type MeaningSettings = z.output<z.ZodObject<typeof meaningSettings>>;

export interface GivenItem {
  /** What the item is a part of. */
  readonly pieces: JsonPieces;
  readonly item: unknown;
}

/** One item as the expressions read it. */
export interface ReadItem {
  readonly draft: EventDraft;
  /** It says that the item is over; see {@link overOf}. */
  readonly isOver: boolean;
}

export interface Meaning {
  /** What `items` finds; the body itself without it, or where nothing is there. */
  found(body: unknown): unknown;
  /** An item that cannot be understood is an event of type `UNRECOGNISED`. */
  read(given: GivenItem): ReadItem;
}

const unrecognised = 'UNRECOGNISED';
const stream = 'event';
const typeMax = 100;

/** Compiles the expressions once. */
export function createMeaning(settings: MeaningSettings): Meaning {
  const compiled = compile(settings);
  return {
    found: (body) => compiled.items?.evaluate({ body }),
    read: (given) => readItem(given, compiled),
  };
}

type Compiled = ReturnType<typeof compile>;

function compile(settings: MeaningSettings) {
  const compiled = (text: string | undefined) =>
    text === undefined ? undefined : compileJson(text);
  const { severity_map: map, fields = {}, event_link: link } = settings;
  const names = Object.keys(fields) as FieldName[];
  return {
    items: compiled(settings.items),
    id: compiled(settings.id),
    type: compiled(settings.event_type),
    severity: compiled(settings.severity),
    time: compiled(settings.time),
    resolved: compiled(settings.resolved),
    fields: names.map((name) => [name, compileJson(fields[name]!)] as const),
    severityOf: severityReader(map),
    link,
  };
}

function readItem({ pieces, item }: GivenItem, compiled: Compiled): ReadItem {
  const raw = rawOf(pieces, item);
  const value = (one: JsonExpression | undefined) => one?.evaluate({ body: pieces.value, item });
  const id = compiled.id === undefined ? hashId(raw) : idOf(value(compiled.id));
  const type = compiled.type === undefined ? 'ALERT' : wordOf(value(compiled.type), typeMax);
  if (typeof item !== 'object' || item === null || id === undefined)
    return { draft: unrecognisedItem(raw, stream), isOver: false };
  const { status, action, body } = filled(
    new Map(compiled.fields.map(([name, one]) => [name, value(one)])),
  );
  const draft: EventDraft = {
    externalId: id,
    subject: `${stream}/${id}`,
    stream,
    type: type ?? unrecognised,
    severity: compiled.severityOf(value(compiled.severity)),
    status,
    action,
    occurredAt: timeOf(value(compiled.time)) ?? null,
    body: { ...body, ...shownBy(value(compiled.severity), compiled.id && id, compiled) },
    raw,
  };
  return { draft, isOver: value(compiled.resolved) === true };
}

function idOf(value: unknown): string | undefined {
  const id = wordOf(value, 100_000);
  return id === undefined ? undefined : boundId(id);
}

/** What people see of it beside the fields. */
function shownBy(severity: unknown, id: string | undefined, { link }: Compiled): EventBody {
  const severityRaw = wordOf(severity, typeMax);
  return {
    ...(severityRaw !== undefined && { severityRaw }),
    ...(id !== undefined && { itemId: id }),
    ...(id !== undefined &&
      link !== undefined && { link: filledLink(link, 'id', encodeURIComponent(id)) }),
  };
}

/**
 * A change of the item, which closes its incident.
 * @param source the id of the source that reported it
 */
export function overOf(draft: EventDraft, source: string): EventDraft {
  const { externalId, status } = draft;
  const fields = [{ name: 'status', from: null, to: status ?? 'resolved' }];
  const change = { source, externalId, fields, closing: 'closed' } as const;
  return {
    ...draft,
    externalId: `${externalId}/resolved`,
    stream: 'change',
    body: { ...draft.body, change },
  };
}
