// Reading by time, against a far end that does what such ones do: nothing is lost, nothing is announced
// twice, and what goes wrong is said.
import { describe, expect, test } from 'vitest';
import type { PollSource } from '../../../src/kit/source.ts';
import { httpPoll } from '../../../src/sources/http_poll.ts';
import { adapterContext, adapterError, expectNoSecret } from '../../contract/adapter-cases.ts';
import { type Received, startFarEnd } from '../../support/far-end.ts';
import { type Polled, startPolled } from '../../support/polled.ts';

interface Item {
  readonly id: string | number;
  readonly at: string;
  readonly made?: string;
}
const startMs = Date.parse('2026-03-01T12:00:00Z');
const at = (seconds: number, fraction = '000') =>
  new Date(startMs + seconds * 1000).toISOString().replace('000Z', `${fraction}Z`);
const item = (id: string | number, seconds: number): Item => ({ id, at: at(seconds) });

interface World {
  readonly items: Item[];
  readonly asked: Received[];
  readonly origin: string;
  nowMs: number;
  /** How far its clock is ahead of ours. */
  aheadMs: number;
  /** A status instead of an answer, by the number of the request from now on. */
  refuse?: ((query: URLSearchParams, nth: number) => number | undefined) | undefined;
  poll(settings?: object): Polled;
}

const settings = {
  query: { since: '{since}', until: '{until}', after: '{cursor}', limit: 3 },
  ...{ items: 'body.alerts', id: 'item.id', time: 'item.at', event_type: '"Alert"' },
  ...{ paging: 'cursor', next: 'body.next', start_from: '1h', overlap: '5m' },
  ...{ auth: 'bearer', token: 'a-token-of-the-far-end' },
};

/** Three items a page by its own clock; sorted as asked for, newest first if not. */
async function startWorld(): Promise<World> {
  const farEnd = await startFarEnd((request, response, nth) => {
    const query = new URL(request.target, 'http://x').searchParams;
    response.setHeader('date', new Date(world.nowMs + world.aheadMs).toUTCString());
    const status = world.refuse?.(query, nth);
    if (status !== undefined) return void response.writeHead(status).end('{}');
    const all = world.items
      .filter(
        (one) => one.at >= (query.get('since') ?? '') && one.at <= (query.get('until') ?? 'Z'),
      )
      .toSorted((a, b) => (a.at < b.at ? 1 : -1));
    if (query.get('sort') === 'asc') all.reverse();
    const begin = Number(query.get('after') ?? query.get('skip') ?? 0);
    const size = Number(query.get('limit') ?? 3);
    const alerts = all.slice(begin, begin + size);
    const next = begin + size < all.length ? String(begin + size) : null;
    response.end(JSON.stringify({ alerts, next, more: next !== null }));
  });
  const world: World = {
    ...{ items: [], asked: farEnd.received as Received[], origin: farEnd.origin },
    ...{ nowMs: startMs, aheadMs: 0 },
    poll: (more = {}) =>
      startPolled(httpPoll, { ...settings, url: `${farEnd.origin}/a`, ...more }, () => world.nowMs),
  };
  return world;
}
const sinceOf = ({ target }: Received) => new URL(target, 'http://x').searchParams.get('since');

describe('a reading', () => {
  test('begins where it is said to, goes over all pages, and finds what comes later', async () => {
    const world = await startWorld();
    world.items.push(item('old', -4000), ...[1, 2, 3, 4, 5, 6, 7].map((n) => item(n, -n * 60)));
    const polled = world.poll();
    expect((await polled.drain()).sort()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(world.asked.length).toBe(3);
    expect(world.asked.map(sinceOf)).toEqual(Array(3).fill(at(-3600)));
    expect(await polled.drain()).toEqual([]);
    world.nowMs += 60_000;
    world.items.push(item(8, 30));
    expect(await polled.drain()).toEqual(['8']);
    // From the newest stamp, not from our clock.
    expect(sinceOf(world.asked.at(-1)!)).toBe(at(-60 - 300));
  });

  test('finds what is stored late, and what has the very same stamp', async () => {
    const world = await startWorld();
    world.items.push(item(1, -10));
    const polled = world.poll();
    await polled.drain();
    world.items.push(item('same', -10), item('late', -200), item('too late', -400));
    expect((await polled.drain()).sort()).toEqual(['late', 'same']);
  });

  test('does not lose equal stamps over the border of a page', async () => {
    const world = await startWorld();
    world.items.push(...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => item(n, n < 3 ? -1 : -5)));
    expect((await world.poll().drain()).length).toBe(8);
  });

  test('goes on after an outage from the newest stamp that it saw, however long it was', async () => {
    const world = await startWorld();
    world.items.push(item(1, -10));
    const polled = world.poll();
    await polled.drain();
    world.items.push(item(2, 100), item(3, 200_000));
    world.nowMs += 400_000_000;
    expect((await polled.drain()).sort()).toEqual(['2', '3']);
  });

  test('goes on in the middle of its pages in another process, and reads a lost page again', async () => {
    const world = await startWorld();
    world.items.push(...[1, 2, 3, 4, 5, 6, 7].map((n) => item(n, -n)));
    const polled = world.poll();
    expect((await polled.turn(true)).more).toBe(true);
    expect((await polled.turn()).fresh).toEqual(['1', '2', '3']);
    polled.restart();
    await polled.turn(true);
    expect(await polled.drain()).toEqual(['4', '5', '6', '7']);
    expect(world.asked.length).toBe(5);
  });

  test('does not move its position while pages are missing, newest first', async () => {
    const world = await startWorld();
    world.items.push(...[1, 2, 3, 4].map((n) => item(n, -n * 600)));
    const polled = world.poll();
    await polled.turn();
    expect(JSON.parse(polled.cursor()!).at).toBe(startMs - 3_600_000);
    await polled.turn();
    expect(JSON.parse(polled.cursor()!).at).toBe(startMs - 600_000);
  });

  test('is not led astray by an item from the future', async () => {
    const world = await startWorld();
    world.items.push(item(1, -10));
    const polled = world.poll({ query: { since: '{since}' }, paging: 'none', next: undefined });
    world.items.push(item('future', 1e8));
    expect((await polled.drain()).sort()).toEqual(['1', 'future']);
    world.items.push(item(2, -5));
    expect(await polled.drain()).toEqual(['2']);
  });

  test('ends behind the far end’s clock where that is wanted', async () => {
    const world = await startWorld();
    world.items.push(item(1, -90), item(2, -10));
    const polled = world.poll({ lag: '1m' });
    expect(await polled.drain()).toEqual(['1']);
    world.nowMs += 60_000;
    expect(await polled.drain()).toEqual(['2']);
  });
});

describe('clocks', () => {
  test.each([-7200, 7200])('that differ by %i s do no harm', async (seconds) => {
    const world = await startWorld();
    world.aheadMs = seconds * 1000;
    const polled = world.poll({ start_from: 'now' });
    await polled.drain();
    world.items.push(item(1, seconds + 1));
    world.nowMs += 5000;
    expect(await polled.drain()).toEqual(['1']);
  });

  test('ours leaps back: what comes is still seen', async () => {
    const world = await startWorld();
    world.items.push(item(1, -10));
    const polled = world.poll();
    await polled.drain();
    world.nowMs -= 7_000_000;
    world.aheadMs = 7_000_000;
    polled.restart();
    world.items.push(item(2, -5));
    expect(await polled.drain()).toEqual(['2']);
  });
});

describe('pages', () => {
  const byNumber = { next: undefined, query: { since: '{since}', skip: '{offset}' } };

  test.each([
    ['offset', { ...byNumber, paging: 'offset', page_size: 3 }],
    ['offset without a size', { ...byNumber, paging: 'offset' }],
    ['offset as long as there is more', { ...byNumber, paging: 'offset', more: 'body.more' }],
    ['page', { ...byNumber, paging: 'page', first_page: 0, query: { since: '{since}', limit: 3 } }],
  ])('by %s', async (name, more) => {
    const world = await startWorld();
    world.items.push(...[1, 2, 3, 4, 5, 6].map((n) => item(n, -n)));
    const given = name === 'page' ? { ...more, query: { since: '{since}', p: '{page}' } } : more;
    const polled = world.poll(given);
    if (name !== 'page') {
      expect((await polled.drain()).length).toBe(6);
      return;
    }
    // This far end knows no page: it gives the first one for ever.
    await expect(polled.drain()).rejects.toThrow('the same page came again');
    await expect(polled.drain()).rejects.toThrow('the same page came again');
  });

  test.each(['oldest_first', 'newest_first'])('by time, %s, with equal stamps', async (order) => {
    const world = await startWorld();
    const stamps = [1, 2, 2, 2, 3, 4, 4, 5, 9];
    world.items.push(...stamps.map((second, n) => item(`n${n}`, -second)));
    const query = {
      ...{ since: '{since}', until: '{until}', limit: 4 },
      ...(order === 'oldest_first' && { sort: 'asc' }),
    };
    const more = { query, paging: 'time', order, page_size: 4, next: undefined };
    expect((await world.poll(more).drain()).length).toBe(9);
    // More of one stamp than a page holds cannot be read: that is said, and not skipped.
    world.items.push(...[1, 2, 3, 4, 5].map((n) => item(`more ${n}`, -2)));
    await expect(world.poll(more).drain()).rejects.toThrow('one and the same time');
  });

  test('that the far end knows no longer are read again from the first one', async () => {
    const world = await startWorld();
    world.items.push(...[1, 2, 3, 4, 5].map((n) => item(n, -n)));
    const polled = world.poll();
    await polled.turn();
    let isGone = true;
    world.refuse = (query) => {
      const isRefused = isGone && query.has('after');
      isGone &&= !isRefused;
      return isRefused ? 400 : undefined;
    };
    expect(await polled.drain()).toEqual(['4', '5']);
  });

  test('that can never be read are said to be missing', async () => {
    const world = await startWorld();
    world.items.push(...[1, 2, 3, 4].map((n) => item(n, -n)));
    world.refuse = (query) => (query.has('after') ? 400 : undefined);
    const polled = world.poll();
    await expect(polled.drain()).rejects.toThrow('answered 400');
    await expect(polled.drain()).rejects.toThrow('answered 400');
    expect(polled.stored.size).toBe(3);
    // It is mended, and goes on; or it is asked for anew after half an hour.
    world.refuse = undefined;
    expect(await polled.drain()).toEqual(['4']);
  });

  test('with a cursor that is kept go on from it', async () => {
    const world = await startWorld();
    const farEnd = await startFarEnd((request, response) => {
      const begin = Number(new URL(request.target, 'http://x').searchParams.get('after') ?? 0);
      const alerts = world.items.slice(begin, begin + 3);
      const next = String(begin + alerts.length);
      const body = { alerts, next, more: begin + 3 < world.items.length };
      response.setHeader('date', new Date(world.nowMs).toUTCString()).end(JSON.stringify(body));
    });
    world.items.push(...[1, 2, 3, 4].map((n) => item(n, -n)));
    const given = { url: `${farEnd.origin}/a`, keep_cursor: true, more: 'body.more' };
    for (const polled of [world.poll(given), world.poll({ ...given, more: undefined })]) {
      expect(await polled.drain()).toEqual(['1', '2', '3', '4']);
      expect(await polled.drain()).toEqual([]);
      polled.restart();
      // Its own time is old, and it is new all the same: that it comes says so.
      world.items.push(item('late', -5000));
      expect(await polled.drain()).toEqual(['late']);
      expect(JSON.parse(polled.cursor()!).kept).toBe('5');
      world.items.pop();
    }
  });

  test('from before the start are left out where the far end cannot be told', async () => {
    const world = await startWorld();
    world.items.push(item('old', -4000), item(1, -10));
    const latest = { query: {}, paging: 'none', next: undefined };
    expect(await world.poll(latest).drain()).toEqual(['1']);
  });
});

describe('items', () => {
  const one = async (alerts: string, more: object = {}) => {
    const farEnd = await startFarEnd((_request, response) =>
      response.end(`{"alerts":${alerts},"next":null,"errors":[]}`),
    );
    return startPolled(httpPoll, { ...settings, url: farEnd.origin, ...more });
  };

  test('that nobody understands are kept, and hold up nothing', async () => {
    const now = new Date().toISOString();
    const polled = await one(`[5, {"x": 1}, {"id": 7, "at": "${now}"}, null, {"id": {}}]`);
    expect((await polled.drain()).length).toBe(5);
    const types = [...polled.stored.values()].map(({ type, raw }) => [type, raw]);
    expect(types.filter(([type]) => type === 'UNRECOGNISED').map(([, raw]) => raw)).toEqual([
      '5',
      '{"x": 1}',
      'null',
      '{"id": {}}',
    ]);
    expect(await polled.drain()).toEqual([]);
  });

  test('of null are none, and of anything else no page', async () => {
    expect(await (await one('null')).drain()).toEqual([]);
    await expect((await one('{}')).drain()).rejects.toThrow('has no list of items');
    await expect((await one('[]', { items: 'body.events' })).drain()).rejects.toThrow('no list');
    const failed = { failed: 'size(body.errors) == 0' };
    await expect((await one('[]', failed)).drain()).rejects.toThrow('says that it failed');
  });

  test('of more than can be meant are no page', async () => {
    const many = `[${Array(10_001).fill('1').join(',')}]`;
    await expect((await one(many)).drain()).rejects.toThrow('more than 10000 items');
  });

  test('that changed long after they were made are no news, and may close what was', async () => {
    const stamp = (ageMs: number) => new Date(Date.now() - ageMs).toISOString();
    const made = (id: string, ageH: number, more = '') =>
      `{"id":"${id}","made":"${stamp(ageH * 3_600_000)}","at":"${stamp(1000)}"${more}}`;
    const over = ',"over":true';
    const alerts = `[${made('a', 1)},${made('b', 60, over)},${made('c', 100)},${made('d', 2, over)}]`;
    const polled = await one(alerts, {
      ...{ time: 'item.made', changed: 'item.at', resolved: 'item.over', start_from: '72h' },
    });
    expect(await polled.drain()).toEqual(['a', 'b', 'b/resolved', 'd', 'd/resolved']);
    // From now on, what was made days ago was announced then, whether or not it is still stored.
    (polled.stored as Map<string, unknown>).clear();
    expect(await polled.drain()).toEqual(['a', 'b/resolved', 'd', 'd/resolved']);
  });
});

describe('the far end', () => {
  test('gets a new token once where it refuses a kept one', async () => {
    const tokens: string[] = [];
    let good = 't1';
    const farEnd = await startFarEnd((request, response) => {
      if (request.target === '/token') {
        tokens.push(`t${tokens.length + 1}`);
        return void response.end(`{"access_token":"${tokens.at(-1)}","expires_in":3600}`);
      }
      const isGood = request.headers.authorization === `Bearer ${good}`;
      response.writeHead(isGood ? 200 : 401).end('{"alerts":[]}');
    });
    const client = { client_id: 'tocsin', client_secret: 'a-secret-of-the-client' };
    const auth = {
      auth: 'oauth2',
      token: undefined,
      token_url: `${farEnd.origin}/token`,
      ...client,
    };
    const polled = startPolled(httpPoll, { ...settings, url: farEnd.origin, ...auth });
    await polled.drain();
    await polled.drain();
    expect(tokens).toEqual(['t1']);
    good = 't2';
    await polled.drain();
    expect(tokens).toEqual(['t1', 't2']);
    good = 'none';
    const error = await adapterError(polled.drain());
    expect([error.reason, tokens.length]).toEqual(['auth', 3]);
    expectNoSecret(error, [{ what: 'the secret', text: client.client_secret }]);
    await adapterError(polled.drain());
    expect(tokens.length, 'a fresh token that is refused is not fetched twice').toBe(4);
  });

  test('never gets the credential of another', async () => {
    const elsewhere = await startFarEnd();
    const farEnd = await startFarEnd((_request, response) =>
      response.end(`{"alerts":[],"next":"${elsewhere.origin}/a"}`),
    );
    const more = { paging: 'next_url', query: {} };
    const polled = startPolled(httpPoll, { ...settings, url: farEnd.origin, ...more });
    await expect(polled.drain()).rejects.toThrow('must go nowhere but');
    expect(elsewhere.connectionCount()).toBe(0);
  });

  test('may have nothing to say', async () => {
    const farEnd = await startFarEnd((_request, response) => void response.writeHead(204).end());
    expect(await startPolled(httpPoll, { ...settings, url: farEnd.origin }).drain()).toEqual([]);
  });

  test('is asked once by a check, which says what is odd', async () => {
    const farEnd = await startFarEnd((_request, response) =>
      response.end('{"alerts":[{"x":1},{"id":1}]}'),
    );
    const config = httpPoll.config.parse({ ...settings, url: farEnd.origin });
    const source = httpPoll.create(config, adapterContext()) as PollSource;
    expect(await source.check!(new AbortController().signal)).toContain('1 of the 2 items');
    expect(farEnd.received.length).toBe(1);
  });
});

test('the very first reading is announced', async () => {
  const world = await startWorld();
  const config = httpPoll.config.parse({ ...settings, url: `${world.origin}/a` });
  const context = { ...adapterContext(), id: 'edr', now: () => world.nowMs };
  const source = httpPoll.create(config, context) as PollSource;
  const page = await source.poll(null, new AbortController().signal);
  expect(page.notice).toEqual({
    kind: 'watching',
    values: { source: 'edr', from: at(-3600), host: new URL(world.origin).host },
  });
  expect((await source.poll(page.cursor, new AbortController().signal)).notice).toBeUndefined();
});
