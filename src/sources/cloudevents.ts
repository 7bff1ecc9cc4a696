// Source `cloudevents`: CloudEvents 1.0 over HTTP in each of its modes, with the handshake of its
// webhooks. What their data means is told by expressions of the configuration.
import { z } from 'zod';
import type { EventDraft } from '../kit/event.ts';
import {
  createMeaning,
  type Meaning,
  meaningSettings,
  meaningWarnings,
  meantEvent,
  unmeantItem,
} from '../kit/item-meaning.ts';
import type { JsonPieces } from '../kit/json-pieces.ts';
import { withSoundProof } from '../kit/proof.ts';
import { pushBasics, pushSettings } from '../kit/push-settings.ts';
import { pushedBy } from '../kit/pushed-by.ts';
import {
  boundId,
  hashId,
  malformedBody,
  pushedJson,
  rawOf,
  recordOf,
  wordOf,
} from '../kit/pushed-item.ts';
import type { PushAnswer, PushRequest, PushSource, SourceDefinition } from '../kit/source.ts';

const { items: _, ...ofEvent } = meaningSettings;

const config = withSoundProof(
  z.strictObject({
    ...pushSettings,
    ...ofEvent,
    id: ofEvent.id.describe(
      'What an event is about, such as item.subject; if not set, its source and id.',
    ),
    event_type: ofEvent.event_type.describe('Its type; item.type if not set.'),
    time: ofEvent.time.describe('When it happened; item.time if not set.'),
  }),
);
type Settings = z.output<typeof config>;

export const cloudevents: SourceDefinition<typeof config> = {
  ...pushedBy('cloudevents', create),
  config,
  example: {
    proof: 'header',
    secret: 'a-secret-of-32-random-characters',
    severity: 'item.data.severity',
    fields: { 'device.name': 'item.data.host' },
  },
  secrets: ['secret', 'old_secret'],
  streams: ['event', 'change'],
  warnings: meaningWarnings,
};

function create(settings: Settings, { id: source }: { readonly id: string }): PushSource {
  const meaning = createMeaning(settings);
  return {
    ...pushBasics(settings),
    answer: (request) => handshake(request, settings.rate),
    parse({ headers, body }) {
      const found = headers.has('ce-specversion') ? [binaryOf(headers, body)] : itemsOf(body);
      return { events: found.map((one) => eventOf(one, source, meaning)) };
    },
  };
}

/** A sender asks whether it may send, and how much a minute. */
function handshake({ method, headers }: PushRequest, rate: number): PushAnswer | undefined {
  if (method !== 'OPTIONS' || !headers.has('webhook-request-origin')) return undefined;
  const perMinute = String(Math.max(1, Math.floor(rate * 60)));
  return {
    status: 200,
    headers: {
      ...{ allow: 'POST', 'webhook-allowed-origin': '*', 'webhook-allowed-rate': perMinute },
    },
  };
}

interface Found {
  /** All that was sent, in the structured form. */
  readonly pieces: JsonPieces;
  readonly item: unknown;
  readonly raw: string;
}

/** The structured mode, or a batch. */
function itemsOf(body: Uint8Array): Found[] {
  const pieces = pushedJson(body);
  const { value } = pieces;
  const isBatch = Array.isArray(value);
  if (!isBatch && pieces.sourceOf(value) === undefined)
    throw malformedBody('is neither an event nor a batch of them');
  const items = isBatch ? (value as readonly unknown[]) : [value];
  return items.map((item) => ({ pieces, item, raw: rawOf(pieces, item) }));
}

/** The binary mode, in the structured form: attributes are headers, and the body is the data. */
function binaryOf(headers: Headers, body: Uint8Array): Found {
  const attributes: Record<string, string> = {};
  headers.forEach((value, name) => {
    const [, attribute] = /^ce-([a-z0-9]{1,100})$/.exec(name) ?? [];
    if (attribute !== undefined && attribute !== 'data') attributes[attribute] = decoded(value);
  });
  const contentType = headers.get('content-type');
  if (contentType !== null) attributes.datacontenttype = contentType;
  const head = JSON.stringify(attributes).slice(0, -1);
  const isJson = contentType === null || /[/+]json\s*(?:;|$)/i.test(contentType);
  if (body.length === 0) return foundOf(attributes, `${head}}`);
  if (!isJson) {
    const data = new TextDecoder().decode(body);
    const base64 = Buffer.from(body).toString('base64');
    return foundOf({ ...attributes, data }, `${head},"data_base64":"${base64}"}`);
  }
  const data = pushedJson(body).value;
  const text = new TextDecoder().decode(body).trim();
  return foundOf({ ...attributes, data }, `${head},"data":${text}}`);
}

function foundOf(item: object, raw: string): Found {
  return { pieces: { value: item, sourceOf: () => undefined }, item, raw };
}

/** What no header can hold is written in per cent signs. */
function decoded(value: string): string {
  const bare = value.replace(/^"(.*)"$/, '$1');
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}

function eventOf(
  { pieces, item: given, raw }: Found,
  source: string,
  meaning: Meaning,
): EventDraft {
  const item = recordOf(given);
  const [id, from, type] = [item.id, item.source, item.type].map((text) =>
    typeof text === 'string' ? wordOf(text, 100_000) : undefined,
  );
  if (item.specversion !== '1.0' || id === undefined || from === undefined || type === undefined)
    return unmeantItem(raw);
  const known = {
    // An id is one of its source alone.
    id: /\s/.test(from) ? hashId(JSON.stringify([from, id])) : boundId(`${from} ${id}`),
    itemId: boundId(id),
    ...{ type, time: item.time },
    body: { trigger: wordOf(from, 200)!, ...targetOf(item.subject) },
  };
  return meantEvent(meaning.read({ pieces, item, envelope: { raw, known } }), source);
}

function targetOf(subject: unknown): { readonly target?: string } {
  const target = wordOf(subject, 200);
  return target === undefined ? {} : { target };
}
