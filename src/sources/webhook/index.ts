// Source `webhook`: whatever sends JSON. What it means is told by expressions of the configuration.
import type { EventBody, EventDraft } from '../../kit/event.ts';
import { compileJson, type JsonExpression } from '../../kit/json-expression.ts';
import type { JsonPieces } from '../../kit/json-pieces.ts';
import { filledLink } from '../../kit/link-pattern.ts';
import { pushBasics } from '../../kit/push-settings.ts';
import {
  boundId,
  hashId,
  onlyEvent,
  pushedJson,
  rawOf,
  timeOf,
  unrecognisedItem,
  wordOf,
} from '../../kit/pushed-item.ts';
import { severityReader } from '../../kit/severity-words.ts';
import type { PushSource, SourceDefinition } from '../../kit/source.ts';
import { config, type WebhookSettings } from './config.ts';
import { type FieldName, filled } from './fields.ts';

export const webhook: SourceDefinition<typeof config> = {
  type: 'webhook',
  isPushed: true,
  config,
  example: {
    proof: 'header',
    header: 'X-Tocsin-Secret',
    secret: 'a-secret-of-32-random-characters',
    items: 'body.alerts',
    id: 'item.id',
    event_type: 'item.rule.name',
    severity: 'item.rule.level',
    severity_map: { low: 'LOW', high: 'HIGH' },
    time: 'item.time',
    fields: { 'device.name': 'item.host' },
  },
  secrets: ['secret', 'old_secret'],
  streams: ['event', 'change'],
  readItem(text, settings) {
    if (settings === undefined) return undefined;
    return onlyEvent(create(settings, { id: 'webhook' }), text);
  },
  create,
};

const unrecognised = 'UNRECOGNISED';
const stream = 'event';
const typeMax = 100;

function create(settings: WebhookSettings, { id: source }: { readonly id: string }): PushSource {
  const meaning = meaningOf(settings);
  return {
    ...pushBasics(settings),
    parse({ body }) {
      const pieces = pushedJson(body);
      const items = itemsOf(pieces.value, meaning.items);
      return { events: items.map((item) => draftOf({ pieces, item, source }, meaning)) };
    },
  };
}

type Meaning = ReturnType<typeof meaningOf>;

/** The expressions, compiled once. */
function meaningOf(settings: WebhookSettings) {
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

/** A list that is not where it should be is one item, which nobody understands. */
function itemsOf(body: unknown, items: JsonExpression | undefined): readonly unknown[] {
  const found = items === undefined ? body : (items.evaluate({ body }) ?? body);
  return Array.isArray(found) ? found : [found];
}

interface Given {
  readonly pieces: JsonPieces;
  readonly item: unknown;
  readonly source: string;
}

function draftOf(given: Given, meaning: Meaning): EventDraft {
  const { pieces, item } = given;
  const raw = rawOf(pieces, item);
  const value = (one: JsonExpression | undefined) => one?.evaluate({ body: pieces.value, item });
  const id = meaning.id === undefined ? hashId(raw) : idOf(value(meaning.id));
  const type = meaning.type === undefined ? 'ALERT' : wordOf(value(meaning.type), typeMax);
  if (typeof item !== 'object' || item === null || id === undefined)
    return unrecognisedItem(raw, stream);
  const { status, action, body } = filled(
    new Map(meaning.fields.map(([name, one]) => [name, value(one)])),
  );
  const draft: EventDraft = {
    externalId: id,
    subject: `${stream}/${id}`,
    stream,
    type: type ?? unrecognised,
    severity: meaning.severityOf(value(meaning.severity)),
    status,
    action,
    occurredAt: timeOf(value(meaning.time)) ?? null,
    body: { ...body, ...shownBy(value(meaning.severity), meaning.id && id, meaning) },
    raw,
  };
  return value(meaning.resolved) === true ? overOf(draft, given) : draft;
}

function idOf(value: unknown): string | undefined {
  const id = wordOf(value, 100_000);
  return id === undefined ? undefined : boundId(id);
}

/** What people see of it beside the fields. */
function shownBy(severity: unknown, id: string | undefined, { link }: Meaning): EventBody {
  const severityRaw = wordOf(severity, typeMax);
  return {
    ...(severityRaw !== undefined && { severityRaw }),
    ...(id !== undefined && { itemId: id }),
    ...(id !== undefined &&
      link !== undefined && { link: filledLink(link, 'id', encodeURIComponent(id)) }),
  };
}

/** The item of this id is over: a change of it, which closes its incident. */
function overOf(draft: EventDraft, { source }: Given): EventDraft {
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
