// What the items of somebody's JSON mean, told by expressions of the configuration: the settings, and
// the events that they make. Pure.
import { z } from 'zod';
import type { EventBody, EventDraft } from './event.ts';
import { type FieldName, fieldNames, filled } from './item-fields.ts';
import { compileJson, type JsonExpression, jsonExpression } from './json-expression.ts';
import type { JsonPieces } from './json-pieces.ts';
import { eventLink, filledLink } from './link-pattern.ts';
import { boundId, hashId, rawOf, timeOf, unrecognisedItem, wordOf } from './pushed-item.ts';
import type { Severity } from './severity.ts';
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

/** What an envelope says, where no expression says it. */
export interface Known {
  /** Bounded, as `boundId` does it; absent: the hash of the bytes. */
  readonly id?: string | undefined;
  /** As people see it. */
  readonly itemId?: string | undefined;
  readonly type?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly severityRaw?: string | undefined;
  /** As `timeOf` reads it. */
  readonly time?: unknown;
  readonly status?: string | undefined;
  readonly body?: EventBody;
}

export interface GivenItem {
  /** What the item is a part of. */
  readonly pieces: JsonPieces;
  readonly item: unknown;
  /** For an item out of an envelope, which may be a text. */
  readonly envelope?: {
    /** The item with its envelope, as it was received. */
    readonly raw: string;
    readonly known: Known;
  };
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

/** What nobody understands of the sender's kind of item. */
export function unmeantItem(raw: string): EventDraft {
  return unrecognisedItem(raw, stream);
}

/** The event of an item, by whichever source reads it. @param source its id */
export function meantEvent({ draft, isOver }: ReadItem, source: string): EventDraft {
  return isOver ? overOf(draft, source) : draft;
}

/** For `warnings` of a definition: an item has to say of which other it is the end. */
export function meaningWarnings({ id, resolved }: Pick<MeaningSettings, 'id' | 'resolved'>) {
  return resolved !== undefined && id === undefined
    ? [{ key: 'resolved', text: 'resolves nothing without "id", which says what is over' }]
    : [];
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

function readItem({ pieces, item, envelope }: GivenItem, compiled: Compiled): ReadItem {
  const raw = envelope?.raw ?? rawOf(pieces, item);
  const { known = {} } = envelope ?? {};
  const value = (one: JsonExpression | undefined) => one?.evaluate({ body: pieces.value, item });
  const id = compiled.id === undefined ? (known.id ?? hashId(raw)) : idOf(value(compiled.id));
  const isItem = envelope !== undefined || (typeof item === 'object' && item !== null);
  if (!isItem || id === undefined) return { draft: unmeantItem(raw), isOver: false };
  const type = compiled.type === undefined ? (known.type ?? 'ALERT') : value(compiled.type);
  const { status, action, body } = filled(
    new Map(compiled.fields.map(([name, one]) => [name, value(one)])),
  );
  const severity = compiled.severity === undefined ? known.severityRaw : value(compiled.severity);
  const itemId = compiled.id === undefined ? known.itemId : id;
  const draft: EventDraft = {
    externalId: id,
    subject: `${stream}/${id}`,
    stream,
    type: wordOf(type, typeMax) ?? unrecognised,
    severity:
      compiled.severity === undefined && known.severity !== undefined
        ? known.severity
        : compiled.severityOf(severity),
    status: status ?? known.status ?? null,
    action,
    occurredAt: timeOf(compiled.time === undefined ? known.time : value(compiled.time)) ?? null,
    body: { ...known.body, ...body, ...shownBy(severity, itemId, compiled) },
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

/** The event of an item that is polled, and the change of one that is over: both may be new. */
export function withOver(draft: EventDraft, isOver: boolean, source: string): EventDraft[] {
  return isOver && draft.type !== unrecognised ? [draft, overOf(draft, source)] : [draft];
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
