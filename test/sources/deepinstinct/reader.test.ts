// Reading on from a cursor: what is asked for, in which order it is read, and what is given.
import { describe, expect, test } from 'vitest';
import type { PollSource } from '../../../src/kit/source.ts';
import {
  answerWrongly,
  cursorAt,
  drain,
  externalIds,
  idOf,
  item,
  minutesAgo,
  never,
  numbers,
  pageAfter,
  pollOn,
  send,
  settle,
  settled,
  sourceOf,
  startAgedTenant,
  startFakeTenant,
  token,
} from './fake-tenant.ts';

/** Item `id` was inserted `10,000 - id` minutes ago. */
const minutesOf = (id: number) => 10_000 - id;
const atOf = (id: number) => minutesAgo(minutesOf(id));
const tenantOf = (ids: number[]) => startAgedTenant(ids, minutesOf);

describe('reading on', () => {
  test('goes page by page beyond an exclusive cursor, until the empty page', async () => {
    const tenant = await startFakeTenant();
    tenant.streams.events.ids = numbers(1, 120);
    const pages = await drain(sourceOf(tenant), cursorAt(0));
    expect(externalIds(pages)).toEqual(numbers(1, 120).map(String));
    expect(pages.map((page) => [page.events.length, page.more])).toEqual([
      [50, true],
      [50, true],
      [20, true],
      [0, false],
    ]);
    expect(tenant.asked()).toEqual([0, 50, 100, 120]);
    expect(pages.map((page) => page.facts?.position)).toEqual([50, 100, 120, 120]);
    expect(tenant.farEnd.received[0]).toMatchObject({
      method: 'GET',
      target: '/api/v1/events/?after_event_id=0',
      headers: { authorization: token, accept: 'application/json' },
    });
  });

  test('costs one request when nothing is new, and keeps the cursor', async () => {
    const tenant = await startFakeTenant();
    tenant.streams.events.ids = [100];
    const { source, cursor } = await settled(tenant, cursorAt(100));
    for (let poll = 0; poll < 5; poll += 1) {
      expect(await source.poll(cursor, never)).toMatchObject({ events: [], cursor, more: false });
    }
    expect(tenant.asked()).toEqual([100, 99, 99, 99, 99]);
  });

  test('costs one request also when nothing at all is shown any more, whatever an empty page looks like', async () => {
    const tenant = await startFakeTenant();
    const { source, cursor } = await settled(tenant, cursorAt(100));
    for (const body of [
      '{}',
      '{"events":[]}',
      '{"last_id":null,"events":[]}',
      '{"last_id":100,"events":[]}',
    ]) {
      tenant.answering((_request, response) => send(response, 200, body));
      expect(await source.poll(cursor, never)).toMatchObject({ events: [], cursor, more: false });
    }
    tenant.answering((_request, response) => response.writeHead(204).end());
    expect(await source.poll(cursor, never)).toMatchObject({ events: [], cursor, more: false });
    expect(tenant.asked()).toHaveLength(5);
  });

  test('takes numbers out of order, as texts, and with great leaps', async () => {
    const tenant = await startFakeTenant();
    const { source, cursor } = await settled(tenant, cursorAt(100));
    const leap = 100 + 2 ** 33;
    tenant.answering((_request, response) => {
      send(
        response,
        200,
        `{"last_id":"103","events":[${item(103, 1)},${item(101, 3, { id: '101' })},${item(leap, 0)},${item(102, 2)}]}`,
      );
    });
    const page = await source.poll(cursor, never);
    expect(externalIds([page])).toEqual(['101', '102', '103', String(leap)]);
    expect(JSON.parse(page.cursor!)).toMatchObject({ id: leap, at: '2026-03-05T00:00:00.000Z' });
  });

  test('goes as far as an item was seen, and reads past pages whose items were all withheld', async () => {
    const tenant = await startFakeTenant();
    tenant.streams.events.ids = [100, 101, 260];
    const withheld: Record<number, string> = {
      100: `{"last_id":150,"events":[${item(101, 0)}]}`,
      101: '{"last_id":150,"events":[]}',
      150: '{"last_id":200,"events":[]}',
    };
    tenant.answering((request, response) => {
      const after = Number(request.target.split('=')[1]);
      send(response, 200, withheld[after] ?? pageAfter(tenant.streams.events, after));
    });
    const pages = await drain(sourceOf(tenant), cursorAt(100));
    expect(externalIds(pages)).toEqual(['100', '101', '260']);
    expect(JSON.parse(pages.at(-1)!.cursor!)).toMatchObject({ id: 260 });
  });

  test('delivers an item of garbage with the others, and reads on', async () => {
    const tenant = await startFakeTenant();
    const { source, cursor } = await settled(tenant, cursorAt(100));
    tenant.answering((_request, response) =>
      send(response, 200, `{"events":[${item(101, 1)},{"x":1},null,${item(102, 1)}]}`),
    );
    const page = await source.poll(cursor, never);
    expect(page.events.map((event) => event.type)).toEqual([
      'STATIC_ANALYSIS',
      'STATIC_ANALYSIS',
      'UNRECOGNISED',
      'UNRECOGNISED',
    ]);
    expect(JSON.parse(page.cursor!)).toMatchObject({ id: 102 });
  });

  test('takes a page of 1 MB strings and escapes that no database holds', async () => {
    const tenant = await startFakeTenant();
    const { source, cursor } = await settled(tenant, cursorAt(100));
    const path = `C:\\\\${'a\\u0000\\ud800'.repeat(80_000)}`;
    tenant.answering((_request, response) =>
      send(response, 200, `{"events":[{"id":101,"type":"T","path":"${path}"}]}`),
    );
    const [event] = (await source.poll(cursor, never)).events;
    expect(event?.raw).toContain(path);
    expect(event?.body.file?.path?.length).toBeLessThanOrEqual(8000);
  });
});

describe('a page that overlaps the cursor', () => {
  test('is used: what is known in it does no harm', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    tenant.streams.events.ids = numbers(1, 210);
    answerWrongly(tenant, () => pageAfter(tenant.streams.events, 190));
    const [page] = await drain(source, cursor);
    expect(externalIds([page!])).toEqual(expect.arrayContaining(numbers(201, 10).map(String)));
    expect(idOf(page!.cursor)).toBe(210);
    expect(page!.facts?.overlap).toBe(true);
  });

  test('never brings back what was there before the first start', async () => {
    const tenant = await tenantOf(numbers(1, 210));
    answerWrongly(tenant, () => pageAfter(tenant.streams.events, 190));
    const pages = await drain(sourceOf(tenant), cursorAt(200, atOf(200), 200));
    expect(externalIds(pages)).toEqual(numbers(201, 10).map(String));
  });

  test('is another page if it brings nothing beyond what was asked', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    answerWrongly(tenant, () => pageAfter(tenant.streams.events, 100));
    await expect(source.poll(cursor, never)).rejects.toThrow('ignored after_event_id');
  });
});

test('a page that is too long by what was read before gives what lies beyond, and is made up for later', async () => {
  const tenant = await tenantOf([199, 200]);
  const large = new Set([200, 201]);
  const text = 'x'.repeat(20_000_000);
  tenant.streams.events.itemOf = (id) =>
    item(id, minutesOf(id), large.has(id) ? { comment: text } : {});
  const reads: [PollSource, string][] = [];
  // At the end of the list by one that runs, and by the next process, whose first poll begins
  // further back.
  const running = sourceOf(tenant);
  const { cursor } = await pollOn(running, cursorAt(200, atOf(200)), 2);
  reads.push([running, cursor], [sourceOf(tenant), cursorAt(200, atOf(200))]);
  // As after a leap, which may have been none.
  reads.push([
    sourceOf(tenant),
    JSON.stringify({ ...JSON.parse(cursor), before: { id: 0, at: null } }),
  ]);
  tenant.streams.events.ids.push(201);
  for (const [source, from] of reads) {
    tenant.asked();
    const first = await pollOn(source, from, 1);
    expect([first.seen, tenant.asked().at(-1)]).toEqual([['201'], 200]);
    await pollOn(source, first.cursor, 1);
    expect(tenant.asked()).toEqual([201]);
  }
  tenant.streams.events.ids.unshift(198);
  tenant.streams.events.ids.push(...numbers(202, 5));
  large.clear();
  const { seen } = await pollOn(running, cursorAt(201, atOf(201)), 10);
  expect(seen).toEqual(expect.arrayContaining(numbers(202, 5).map(String)));
  expect(seen).toContain('198');
});

describe('at the end of the list', () => {
  test('the item of a cursor that was leapt to is looked at, also where more may follow', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    tenant.streams.events.ids = [...numbers(1, 200), 300];
    const leapt = await source.poll(cursor, never);
    expect(leapt).toMatchObject({ more: true, facts: { position: 300 } });
    tenant.asked();
    await source.poll(leapt.cursor, never);
    expect(tenant.asked()).toEqual([299]);
  });

  test('where the newest items have vanished, the newest that is shown is looked at', async () => {
    const tenant = await tenantOf(numbers(1, 150));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    tenant.asked();
    await source.poll(cursor, never);
    expect(tenant.asked()).toEqual([149]);
    // One of them is shown again. From then on it is the newest.
    tenant.streams.events.ids.push(160);
    expect(externalIds([await source.poll(cursor, never)])).toEqual(['160']);
    expect(tenant.asked()).toEqual([149, 160]);
    expect(await source.poll(cursor, never)).toMatchObject({ events: [], more: false, cursor });
    expect(tenant.asked()).toEqual([159]);
  });
});
