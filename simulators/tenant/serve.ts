// Answers the requests to the simulated tenant, with faults if asked to, and counts them. The
// caller keeps the items.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantStream } from '../events/index.ts';
import type { FaultQueue } from '../fault-queue.ts';
import { readBody } from '../loopback.ts';
import {
  answerConsole,
  answerCutShort,
  answerHtml,
  answerJson,
  type EmptyForm,
  pageBytes,
  resetConnection,
} from './answer.ts';
import type { Rows, Slice } from './rows.ts';
import { matchesFilter, parseFilter } from './search.ts';

/**
 * What a list request gets in place of its page. A number is a status. `same_page`: the cursor is
 * ignored. `disabled`: the vendor's 401 for a stream that is switched off. `half_json`: a complete
 * answer with half of the JSON. `cut_body`: the connection breaks. `unfiltered`: the filter of a
 * search is ignored.
 */
export type TenantFault =
  | number
  | 'html'
  | 'half_json'
  | 'cut_body'
  | 'same_page'
  | 'out_of_order'
  | 'garbage_item'
  | 'empty_page'
  | 'hang'
  | 'reset'
  | 'redirect'
  | 'disabled'
  | 'unfiltered'
  | { readonly status: number; readonly retryAfter?: string; readonly body?: string }
  | { readonly slowMs: number };

/** What a request for one item gets in place of it. */
export type ItemFault = number | 'half_json' | 'reset';

export interface TenantRequest {
  readonly atMs: number;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** The requested cursor; absent if the request is no list. */
  readonly cursor?: number;
}

export interface TenantRequests {
  events: number;
  suspicious: number;
  /** All other requests: single items, health, wrong paths, followed redirects. */
  other: number;
  /** The newest 10,000. */
  readonly log: TenantRequest[];
}

export interface Stream {
  readonly rows: Rows;
  /** Ids of items that lists and searches leave out. */
  readonly archived: Set<number>;
  readonly faults: FaultQueue<TenantFault>;
  readonly itemFaults: FaultQueue<ItemFault>;
  readonly firstId: number;
  highestId: number;
}

export interface World {
  /** The token that is accepted now. */
  token: string;
  readonly emptyForm: EmptyForm;
  readonly streams: Readonly<Record<TenantStream, Stream>>;
  readonly requests: TenantRequests;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const requestsMax = 10_000;
const bodyBytesMax = 1_000_000;

const base = '/api/v1';
const pathOfStream = { events: 'events', 'suspicious-events': 'suspicious' } as const;

/** Routes like the vendor's server: paths of lists end in a slash, others do not. */
export async function answerRequest(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = request.url ?? '/';
  const url = new URL(target, 'http://127.0.0.1');
  const route = /^\/api\/v1\/(events|suspicious-events)(?:\/?|\/(search|\d+))$/.exec(url.pathname);
  const name = route === null ? undefined : pathOfStream[route[1] as keyof typeof pathOfStream];
  const isSearch = route?.[2] === 'search' && request.method === 'POST';
  const isList =
    name !== undefined && (isSearch || (route?.[2] === undefined && request.method === 'GET'));
  const cursor = Number(url.searchParams.get('after_event_id') ?? 0);
  record(world, isList ? name : 'other', request, isList ? { cursor } : {});

  if (url.pathname === `${base}/health_check`) return answerJson(response, 200, '"ok"\n');
  if (url.pathname === `${base}/login`) return answerHtml(response, 200);
  if (!url.pathname.startsWith(`${base}/`)) return answerConsole(response);
  if (name === undefined) return answerJson(response, 404, '{"message": "Not found"}\n');
  if (refuse(world, request, response)) return;
  const stream = world.streams[name];
  if (!isList) return answerItem(stream, Number(route?.[2]), response);
  if (!isSearch && !url.pathname.endsWith('/')) {
    return answerJson(response, 308, '', { Location: `${url.pathname}/${url.search}` });
  }
  if (!Number.isSafeInteger(cursor)) {
    return answerJson(response, 400, '{"message": "after_event_id must be an integer"}\n');
  }
  let find = listOf(stream);
  if (isSearch) {
    const body = await readBody(request, bodyBytesMax);
    try {
      const filter = parseFilter(body?.toString() ?? '');
      find = listOf(stream, (item) => matchesFilter(item, filter));
    } catch {
      return answerJson(response, 400, '{"message": "the body must be a JSON object"}\n');
    }
  }
  await answerPage({ world, stream, find, cursor, response });
}

function listOf(
  { rows, archived }: Stream,
  matches?: (item: Buffer) => boolean,
): (after: number) => Slice {
  return (after) => {
    if (archived.size === 0) return rows.page(after, matches);
    return rows.page(after, (item, id) => !archived.has(id) && (matches?.(item) ?? true));
  };
}

function record(
  { requests, now }: World,
  kind: TenantStream | 'other',
  request: IncomingMessage,
  facts: { cursor?: number },
): void {
  requests[kind] += 1;
  requests.log.push({
    atMs: now(),
    method: request.method ?? '',
    target: request.url ?? '',
    ...facts,
  });
  if (requests.log.length > requestsMax) requests.log.splice(0, requestsMax >> 1);
}

/** Refuses a wrong key, which must stand alone in the header. @returns true if it answered */
function refuse(world: World, { headers }: IncomingMessage, response: ServerResponse): boolean {
  const { authorization } = headers;
  if (authorization === world.token) return false;
  if (authorization === undefined)
    answerJson(response, 401, '{"msg": "Missing Authorization Header"}\n');
  else if (authorization.includes(' '))
    answerJson(response, 422, '{"msg": "Bad Authorization header"}\n');
  else answerJson(response, 401, '{"msg": "Token has been revoked"}\n');
  return true;
}

function answerItem({ rows, itemFaults }: Stream, id: number, response: ServerResponse): void {
  const fault = itemFaults.take();
  const item = rows.get(id);
  if (typeof fault === 'number') answerStatus(response, { status: fault });
  else if (fault === 'reset') resetConnection(response);
  else if (item === undefined) answerJson(response, 404, '{"message": "Event not found"}\n');
  else {
    const whole = Buffer.concat([Buffer.from('{"event": '), item, Buffer.from('}\n')]);
    const isHalf = fault === 'half_json';
    answerJson(response, 200, isHalf ? whole.subarray(0, whole.length >> 1) : whole);
  }
}

interface AskedPage {
  readonly world: World;
  readonly stream: Stream;
  readonly find: (cursor: number) => Slice;
  readonly cursor: number;
  readonly response: ServerResponse;
}

async function answerPage({ world, stream, find, cursor, response }: AskedPage): Promise<void> {
  const fault = stream.faults.take();
  const page = (slice: Slice) => answerJson(response, 200, pageBytes(slice, world.emptyForm));
  const whole = () => pageBytes(find(cursor), world.emptyForm);
  if (fault === undefined) return page(find(cursor));
  if (typeof fault === 'number') return answerStatus(response, { status: fault });
  if (typeof fault === 'object') {
    if ('status' in fault) return answerStatus(response, fault);
    await sleep(fault.slowMs);
    return page(find(cursor));
  }
  const shown: Readonly<Record<typeof fault, () => void>> = {
    html: () => answerHtml(response, 200),
    half_json: () => answerJson(response, 200, whole().subarray(0, whole().length >> 1)),
    cut_body: () => answerCutShort(response, whole()),
    same_page: () => page(find(0)),
    unfiltered: () => page(listOf(stream)(cursor)),
    out_of_order: () => page(reversed(find(cursor))),
    garbage_item: () => page(withGarbage(find(cursor))),
    empty_page: () => page({ lastId: null, items: [] }),
    hang: () => {},
    reset: () => resetConnection(response),
    redirect: () => answerJson(response, 302, '', { Location: `${base}/login` }),
    disabled: () => answerJson(response, 401, '{"message": "Suspicious Events Disabled"}\n'),
  };
  shown[fault]();
}

function answerStatus(
  response: ServerResponse,
  {
    status,
    retryAfter,
    body,
  }: { readonly status: number; readonly retryAfter?: string; readonly body?: string },
): void {
  const headers = retryAfter === undefined ? {} : { 'Retry-After': retryAfter };
  answerJson(
    response,
    status,
    body ?? `{"message": "fault ${status} of the simulated tenant"}\n`,
    headers,
  );
}

function reversed({ lastId, items }: Slice): Slice {
  return { lastId, items: [...items].reverse() };
}

/** Puts garbage into the middle of the page, with items to lose on both sides. */
function withGarbage({ lastId, items }: Slice): Slice {
  const middle = items.length >> 1;
  return {
    lastId,
    items: [
      ...items.slice(0, middle),
      Buffer.from('{"what": ["is", "this"]}'),
      ...items.slice(middle),
    ],
  };
}
