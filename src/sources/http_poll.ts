// Source `http_poll`: whatever answers with JSON when it is asked. How it is asked, and what its answers
// mean, is told by templates and expressions of the configuration.
import { z } from 'zod';
import {
  createMeaning,
  type GivenItem,
  meaningSettings,
  meaningWarnings,
  withOver,
} from '../kit/item-meaning.ts';
import { compileJson, type JsonExpression, jsonExpression } from '../kit/json-expression.ts';
import { parsePieces } from '../kit/json-pieces.ts';
import {
  authSettings,
  boundsOf,
  credentialOf,
  describePosition,
  faultOfAuth,
  headerName,
  type Paging,
  type PlaceName,
  PolledSource,
  type PollPlan,
  placesIn,
  pollSettings,
  pollWarnings,
  type RequestPlan,
  type Template,
} from '../kit/poll/index.ts';
import type { SourceDefinition } from '../kit/source.ts';
import { webUrl } from '../kit/web-url.ts';

const ofBody = jsonExpression(['body']);
const ofItem = jsonExpression(['item', 'body']);
const headerValue = z.string().regex(/^[\x20-\x7e]*$/, 'holds characters that no header may hold');

const config = z
  .strictObject({
    url: webUrl.describe(
      'What is asked, such as https://api.example.com/v1/alerts. No secret belongs into it.',
    ),
    method: z.enum(['GET', 'POST']).default('GET').describe('GET or POST.'),
    headers: z
      .record(headerName, headerValue)
      .optional()
      .describe('Further headers, such as {X-Tenant: acme}. No secret belongs here.'),
    query: z
      .record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe(
        'Parameters behind the address, such as {from: "{since}", limit: 100}. One whose place has nothing is left out.',
      ),
    body: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('With POST: what is sent, as JSON, with places as in query.'),
    time_format: z
      .enum(['iso', 'iso_seconds', 'unix', 'unix_ms'])
      .default('iso')
      .describe(
        'How {since} and {until} are written: iso (with milliseconds), iso_seconds, unix or unix_ms.',
      ),
    ...authSettings,
    ...meaningSettings,
    failed: ofBody
      .optional()
      .describe(
        'True if the answer says that it failed although its status is 200, such as size(body.errors) > 0.',
      ),
    changed: ofItem
      .optional()
      .describe(
        'The time that {since} is about, where that is not time, such as item.updated_at. Then time has to be when the item was made.',
      ),
    paging: z
      .enum(['none', 'cursor', 'page', 'offset', 'link', 'next_url', 'time'])
      .default('none')
      .describe(
        'How the next page is found: none, cursor, page, offset, link (the header Link), next_url or time.',
      ),
    next: ofBody
      .optional()
      .describe('For cursor: where the next one is. For next_url: where the address is.'),
    more: ofBody
      .optional()
      .describe(
        'For cursor, page and offset: true if there are more pages, such as body.has_more.',
      ),
    page_size: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe('For page, offset and time: how many items a full page has.'),
    first_page: z
      .int()
      .min(0)
      .max(1)
      .default(1)
      .describe('For page: the number of the first one, 0 or 1.'),
    keep_cursor: z
      .boolean()
      .default(false)
      .describe('For cursor: the next poll goes on from the last one.'),
    order: z
      .enum(['newest_first', 'oldest_first'])
      .optional()
      .describe('For time: how the items of an answer are sorted.'),
    ...pollSettings,
  })
  .superRefine((settings, { addIssue }) => {
    const fault = faultOfAuth(settings) ?? faultOfRequest(settings) ?? faultOfPaging(settings);
    if (fault !== undefined) addIssue({ code: 'custom', path: [fault.key], message: fault.text });
  });
type Settings = z.output<typeof config>;

interface Fault {
  readonly key: keyof Settings;
  /** The rest of a sentence about it. */
  readonly text: string;
}

function faultOfRequest({ method, body, items, changed, time }: Settings): Fault | undefined {
  if (method === 'GET' && body !== undefined)
    return { key: 'body', text: 'goes with method: POST alone' };
  if (changed !== undefined && time === undefined)
    return { key: 'time', text: 'is required with changed' };
  if (items === '') return { key: 'items', text: 'is empty' };
  return undefined;
}

/** Which place of the request each way of paging fills. */
const filledBy: Readonly<Partial<Record<Settings['paging'], PlaceName>>> = {
  cursor: 'cursor',
  page: 'page',
  offset: 'offset',
};
const settingsOf: Readonly<Partial<Record<Fault['key'], readonly Settings['paging'][]>>> = {
  next: ['cursor', 'next_url'],
  more: ['cursor', 'page', 'offset'],
  page_size: ['page', 'offset', 'time'],
  order: ['time'],
};

function faultOfPaging(settings: Settings): Fault | undefined {
  const { paging, order } = settings;
  for (const [key, ways] of Object.entries(settingsOf) as [Fault['key'], readonly string[]][])
    if (settings[key] !== undefined && !ways.includes(paging))
      return { key, text: `does not go with paging: ${paging}` };
  if (settings.keep_cursor && paging !== 'cursor')
    return { key: 'keep_cursor', text: `does not go with paging: ${paging}` };
  const needs: readonly Fault['key'][] =
    paging === 'time' ? ['page_size', 'order'] : settingsOf.next!.includes(paging) ? ['next'] : [];
  const missing = needs.find((key) => settings[key] === undefined);
  if (missing !== undefined) return { key: missing, text: `is required with paging: ${paging}` };
  const asks = placesIn([settings.query ?? {}, settings.body ?? {}] as Template);
  const place =
    paging === 'time' ? (order === 'oldest_first' ? 'since' : 'until') : filledBy[paging];
  if (place === undefined || asks.has(place)) return undefined;
  return { key: 'paging', text: `: ${paging} needs {${place}} in query or body` };
}

export const httpPoll: SourceDefinition<typeof config> = {
  type: 'http_poll',
  config,
  example: {
    url: 'https://api.example.com/v1/alerts',
    query: { created_after: '{since}', limit: 100, cursor: '{cursor}' },
    auth: 'bearer',
    token: 'a-token-of-the-far-end',
    paging: 'cursor',
    next: 'body.next_cursor',
    items: 'body.alerts',
    id: 'item.id',
    event_type: 'item.name',
    severity: 'item.severity',
    time: 'item.created_at',
  },
  secrets: ['token', 'password', 'client_secret'],
  streams: ['event', 'change'],
  warnings: (settings, nowMs) => [...pollWarnings(settings, nowMs), ...meaningWarnings(settings)],
  describeCursor: describePosition,
  readItem(text, settings) {
    return settings && eventOf(text, settings);
  },
  create: (settings, context) => new PolledSource(planOf(settings), context),
};

function planOf(settings: Settings): PollPlan {
  const meaning = createMeaning(settings);
  const [failed, time, changed] = [settings.failed, settings.time, settings.changed].map((text) =>
    text === undefined ? undefined : compileJson(text),
  );
  const askedOf = (one: JsonExpression | undefined, { pieces, item }: GivenItem) =>
    one?.evaluate({ body: pieces.value, item });
  return {
    request: requestOf(settings),
    credential: credentialOf(settings),
    paging: pagingOf(settings),
    ...boundsOf(settings),
    isAscending: settings.order === 'oldest_first',
    read: (body) => ({
      items: listIn(settings.items === undefined ? body : meaning.found(body)),
      fault: failed?.evaluate({ body }) === true ? 'says that it failed' : undefined,
    }),
    stampOf: (given) => askedOf(changed ?? time, given),
    createdOf: changed === undefined ? undefined : (given) => askedOf(time, given),
    draftsOf(given, source) {
      const { draft, isOver } = meaning.read(given);
      return withOver(draft, isOver, source);
    },
  };
}

/** What is said to be nothing is no item. */
function listIn(found: unknown): readonly unknown[] | undefined {
  if (found === null) return [];
  return Array.isArray(found) ? found : undefined;
}

function requestOf({
  url,
  method,
  headers = {},
  query = {},
  body,
  time_format,
}: Settings): RequestPlan {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const texts = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return {
    ...{ url, method, headers: Object.fromEntries(named), query: Object.fromEntries(texts) },
    ...{ body: body as Template | undefined, times: time_format },
  };
}

function pagingOf(settings: Settings): Paging {
  const { paging: kind, page_size: pageSize = 0, first_page, order } = settings;
  const [next, more] = [settings.next, settings.more].map((text) => {
    if (text === undefined) return undefined;
    const compiled = compileJson(text);
    return (body: unknown) => compiled.evaluate({ body });
  });
  const missing = () => undefined;
  switch (kind) {
    case 'cursor':
      return { kind, next: next ?? missing, more, isKept: settings.keep_cursor };
    case 'next_url':
      return { kind, next: next ?? missing };
    case 'page':
    case 'offset':
      return {
        ...{ kind, more, first: kind === 'page' ? first_page : 0 },
        pageSize: settings.page_size,
      };
    case 'time':
      return { kind, pageSize, order: order ?? 'newest_first' };
    default:
      return { kind };
  }
}

/** Of an item by itself; undefined for what is none, or several. */
function eventOf(text: string, settings: Settings) {
  try {
    const pieces = parsePieces(text);
    const { value: item } = pieces;
    const meaning = createMeaning(settings);
    // A whole answer is none, even where any object would do.
    if (Array.isArray(item) || Array.isArray(meaning.found(item))) return undefined;
    const { draft } = meaning.read({ pieces, item });
    return draft.type === 'UNRECOGNISED' ? undefined : draft;
  } catch {
    return undefined;
  }
}
