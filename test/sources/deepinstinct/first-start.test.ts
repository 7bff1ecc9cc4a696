// Where a new source begins: at the right item, with few requests, and without announcing the
// history.
import { describe, expect, test } from 'vitest';
import type { Page } from '../../../src/kit/source.ts';
import {
  drain,
  externalIds,
  type FakeTenant,
  item,
  never,
  nowMs,
  numbers,
  send,
  sourceOf,
  startFakeTenant,
} from './fake-tenant.ts';

/** Item `ids[i]` is `ids.length - i` minutes old. */
async function tenantOf(ids: number[]): Promise<FakeTenant> {
  const tenant = await startFakeTenant();
  const count = ids.length;
  const places = new Map(ids.map((id, index) => [id, index]));
  tenant.streams.events.ids = ids;
  tenant.streams.events.itemOf = (id) => item(id, count - places.get(id)!);
  return tenant;
}

async function begin(
  tenant: FakeTenant,
  start_from: string | number,
): Promise<{ page: Page; cursor: { id: number }; requests: number }> {
  const page = await sourceOf(tenant, { start_from }).poll(null, never);
  const requests = tenant.asked().length;
  expect(page).toMatchObject({ events: [], more: true });
  return { page, cursor: JSON.parse(page.cursor!), requests };
}

const million = numbers(1_000, 1_000_000, 7);

describe.each([
  ['no event', [], 1],
  ['1 event', numbers(1, 1), 6],
  ['49 events', numbers(1, 49), 9],
  ['50 events', numbers(1, 50), 9],
  ['51 events', numbers(1, 51), 9],
  ['1 event far up', [16_777_216], 32],
  ['a number beyond 32 bits', [5, 2 ** 40], 45],
  ['the largest number', [5, 2 ** 53 - 1], 60],
  ['a million events, seven apart', million, 30],
] as const)('a tenant with %s', (_name, ids, requestsMax) => {
  const newest = ids.at(-1) ?? 0;

  test('is watched from its end with "now"', async () => {
    const tenant = await tenantOf([...ids]);
    const { cursor, requests } = await begin(tenant, 'now');
    expect(cursor.id).toBe(newest);
    expect(requests).toBeLessThanOrEqual(requestsMax);
  });

  test('is watched from the right item with a duration, wherever it lies', async () => {
    const tenant = await tenantOf([...ids]);
    // Item i is (length - i) minutes old; half a minute on is between two.
    for (const back of new Set([
      0,
      1,
      24,
      49,
      50,
      ids.length >> 1,
      ids.length - 1,
      ids.length,
      ids.length + 5,
    ])) {
      const minutes = Math.max(0, back);
      const wanted = ids.length - minutes;
      const expected = wanted <= 0 ? 0 : ids[wanted - 1]!;
      const date = new Date(nowMs - minutes * 60_000 - 30_000).toISOString();
      const { cursor, requests } = await begin(tenant, date);
      expect(cursor.id, `${minutes} minutes back`).toBe(expected);
      expect(requests).toBeLessThanOrEqual(requestsMax + 1);
    }
  });
});

describe('the first start', () => {
  test('announces itself, and then exactly the younger events', async () => {
    const tenant = await tenantOf(numbers(101, 200));
    const source = sourceOf(tenant, { start_from: '2h' });
    const pages = await drain(source, null);
    expect(pages[0]?.notice).toEqual({
      kind: 'watching',
      values: {
        source: 'di',
        from: '2026-03-04T22:00:00.000Z',
        host: `127.0.0.1:${tenant.farEnd.port}`,
      },
    });
    expect(pages.slice(1).every((page) => page.notice === undefined)).toBe(true);
    expect(externalIds(pages)).toEqual(numbers(181, 120).map(String));
  });

  test.each([
    ['all', 0, 'all'],
    ['150', 149, 'event 150'],
    [150, 149, 'event 150'],
    ['0', 0, 'event 0'],
  ])('from %j needs one request and begins behind number %i', async (startFrom, id, from) => {
    const { page, cursor, requests } = await begin(await tenantOf(numbers(101, 200)), startFrom);
    expect(cursor.id).toBe(id);
    expect(page.notice?.values.from).toBe(from);
    expect(requests).toBe(1);
  });

  test.each([
    ['the last one', 301, 'event 301'],
    ['a little beyond', 302, undefined],
    ['far beyond', 50_000, undefined],
    ['a date', 'id:20261101', undefined],
  ])(
    'from a number that is %s begins at the end, and says what was asked',
    async (_what, startFrom, from) => {
      const tenant = await tenantOf(numbers(101, 200));
      const { page, cursor } = await begin(tenant, startFrom);
      expect(cursor.id).toBe(300);
      const asked = `event ${String(startFrom).replace('id:', '')}`;
      const wanted =
        from === undefined
          ? { from: '2026-03-05T00:00:00.000Z', asked, newest: 'event 300' }
          : { from };
      expect(page.notice?.values).toMatchObject(wanted);
      expect(page.notice?.values.asked).toBe(from === undefined ? asked : undefined);
      const remark = await sourceOf(tenant, { start_from: startFrom }).check?.(never);
      if (from === undefined)
        expect(remark).toContain(`names ${asked}, but its newest event is 300`);
      else expect(remark).toBeUndefined();
      const source = sourceOf(tenant, { start_from: startFrom });
      const first = (await drain(source, null)).at(-1)!;
      const known = tenant.streams.events.itemOf;
      tenant.streams.events.itemOf = (id) => (id > 300 ? item(id, 0) : known(id));
      tenant.streams.events.ids = numbers(101, 201);
      expect(externalIds(await drain(source, first.cursor))).toEqual(['301']);
    },
  );

  test('from a number in an empty tenant announces its very first event', async () => {
    const tenant = await tenantOf([]);
    const source = sourceOf(tenant, { start_from: 500 });
    expect(await source.check?.(never)).toContain('it has no event yet');
    const first = (await drain(source, null)).at(-1)!;
    tenant.streams.events.ids = [1];
    tenant.streams.events.itemOf = (id) => item(id, 0);
    expect(externalIds(await drain(source, first.cursor))).toEqual(['1']);
  });

  test('needs one request if the border lies in the first page', async () => {
    const tenant = await tenantOf(numbers(1, 400));
    tenant.streams.events.itemOf = (id) => item(id, id < 30 ? 600 : 20);
    expect(await begin(tenant, '1h')).toMatchObject({ cursor: { id: 29 }, requests: 1 });
  });

  test('takes events without a time for history with "now"', async () => {
    const tenant = await tenantOf(numbers(1, 70));
    tenant.streams.events.itemOf = (id) => JSON.stringify({ id, type: 'X' });
    expect((await begin(tenant, 'now')).cursor.id).toBe(70);
  });

  test('says a time for "now"', async () => {
    const { page } = await begin(await tenantOf([7]), 'now');
    expect(page.notice?.values.from).toBe('2026-03-05T00:00:00.000Z');
  });

  test('with a date to come begins now, and says so', async () => {
    const { page } = await begin(await tenantOf([7]), '2999-01-01');
    expect(page.notice?.values.from).toBe('2026-03-05T00:00:00.000Z');
  });

  test('of an empty tenant begins at 0, and announces its very first event', async () => {
    const tenant = await tenantOf([]);
    const source = sourceOf(tenant, { start_from: 'now' });
    const [first] = await drain(source, null);
    tenant.streams.events.ids = [1];
    tenant.streams.events.itemOf = (id) => item(id, 0);
    expect(externalIds(await drain(source, first!.cursor))).toEqual(['1']);
  });

  test.each(['now', '0m', '1m'])(
    'from %s announces what comes while it searches, and nothing older',
    async (startFrom) => {
      const tenant = await tenantOf(numbers(1, 500));
      const known = tenant.streams.events.itemOf;
      tenant.streams.events.itemOf = (id) => {
        const { ids } = tenant.streams.events;
        if (ids.at(-1)! < 1100) ids.push(ids.at(-1)! + 1);
        return id > 500 ? item(id, -1) : known(id);
      };
      const first = startFrom === '1m' ? 500 : 501;
      const announced = externalIds(await drain(sourceOf(tenant, { start_from: startFrom }), null));
      expect(new Set(announced)).toEqual(new Set(numbers(first, 1101 - first).map(String)));
    },
  );

  test('is not misled by an item without a time, and does not take such items for old', async () => {
    const tenant = await tenantOf(numbers(1, 300));
    const known = tenant.streams.events.itemOf;
    tenant.streams.events.itemOf = (id) =>
      id % 50 === 1 ? JSON.stringify({ id, type: 'X' }) : known(id);
    expect((await begin(tenant, '30m')).cursor.id).toBe(270);
    tenant.streams.events.itemOf = (id) => JSON.stringify({ id, type: 'X' });
    expect((await begin(tenant, '30m')).cursor.id).toBe(0);
  });

  test('that fails half way leaves no cursor, and ends when it is aborted', async () => {
    const tenant = await tenantOf(numbers(1, 5000));
    const source = sourceOf(tenant, { start_from: '1h' });
    let count = 0;
    tenant.answering((request, response) => {
      count += 1;
      if (count === 4) abort.abort(new Error('stopping'));
      const after = Number(/\d+$/.exec(request.target)?.[0]);
      send(response, 200, `{"last_id":${after + 1},"events":[${item(after + 1, 9000)}]}`);
    });
    const abort = new AbortController();
    await expect(source.poll(null, abort.signal)).rejects.toThrow('stopping');
    expect(count).toBe(4);
    tenant.answering((_request, response) => send(response, 503, 'busy'));
    await expect(source.poll(null, never)).rejects.toMatchObject({
      outcome: 'retry',
      reason: 'server_error',
    });
  });

  test('notices a server that ignores the parameter instead of searching for ever', async () => {
    const tenant = await tenantOf(numbers(1, 50));
    tenant.answering((_request, response) =>
      send(response, 200, `{"last_id":1,"events":[${item(1, 9000)}]}`),
    );
    await expect(sourceOf(tenant, { start_from: 'now' }).poll(null, never)).rejects.toThrow(
      'ignored after_event_id',
    );
  });

  test('never asks a 32-bit server for a number that it cannot hold', async () => {
    const tenant = await tenantOf(numbers(1_900_000_000, 3));
    await begin(tenant, 'now');
    await sourceOf(tenant, { start_from: 'now' }).poll(null, never);
    expect(Math.max(...tenant.asked())).toBeLessThan(2 ** 31);
  });
});
