// Where a tenant ends that does not reach the cursor: found once and remembered, and an error if it
// is too far below.
import { describe, expect, test } from 'vitest';
import type { Cursor } from '../../../src/sources/deepinstinct/cursor.ts';
import { emptyPage, type WireItem } from '../../../src/sources/deepinstinct/page.ts';
import { TenantEnd } from '../../../src/sources/deepinstinct/tenant-end.ts';
import {
  cursorAt,
  drain,
  externalIds,
  minutesAgo,
  never,
  nowMs,
  numbers,
  settle,
  sourceOf,
  startAgedTenant,
} from './fake-tenant.ts';

/** Item `id` was inserted `10,000 - id` minutes ago. */
const minutesOf = (id: number) => 10_000 - id;
const atOf = (id: number) => minutesAgo(minutesOf(id));
const tenantOf = (ids: number[]) => startAgedTenant(ids, minutesOf);

const huge = 9_007_199_254_740_991;

describe('a cursor that an earlier release left far beyond the tenant', () => {
  test.each([
    ['by a last_id', cursorAt(huge, null, 100)],
    ['by an item', cursorAt(huge, atOf(150), 100)],
    ['by a date in place of a number', cursorAt(20_261_100, null, 20_261_100)],
  ])('%s is an error at the first poll, with what to do', async (_how, cursor) => {
    const tenant = await tenantOf(numbers(1, 260));
    const source = sourceOf(tenant, { start_from: 'all' });
    for (let poll = 0; poll < 2; poll += 1) {
      const polled = source.poll(cursor, never);
      await expect(polled).rejects.toMatchObject({ outcome: 'retry', reason: 'reset' });
      await expect(polled).rejects.toThrow('`tocsin source reset di`');
    }
    expect(externalIds(await drain(source, null))).toEqual(
      expect.arrayContaining(numbers(1, 260).map(String)),
    );
  });

  test('by less is an error once something new lies below it, for the next process too', async () => {
    const tenant = await tenantOf(numbers(1, 260));
    let source = sourceOf(tenant);
    const { cursor } = await source.poll(cursorAt(5000, null, 100), never);
    expect(await source.poll(cursor, never)).toMatchObject({ events: [], more: false });
    tenant.streams.events.ids = numbers(1, 261);
    source = sourceOf(tenant);
    await expect(source.poll(cursor, never)).rejects.toMatchObject({ reason: 'reset' });
  });

  test('of an empty tenant is an error once something is there', async () => {
    const tenant = await tenantOf([]);
    const source = sourceOf(tenant);
    const { cursor } = await source.poll(cursorAt(500, null, 500), never);
    tenant.streams.events.ids = [1];
    await expect(source.poll(cursor, never)).rejects.toMatchObject({ reason: 'reset' });
  });
});

test('and an archive of all that is new cost one request for each poll in the end, and no alarm', async () => {
  const tenant = await tenantOf(numbers(1, 9000));
  const source = sourceOf(tenant);
  const cursor = await settle(source, cursorAt(9000, atOf(9000)));
  tenant.streams.events.ids = numbers(1, 5000);
  expect(await source.poll(cursor, never)).toMatchObject({ events: [], more: false, cursor });
  tenant.asked();
  for (let poll = 0; poll < 5; poll += 1) await source.poll(cursor, never);
  expect(tenant.asked()).toEqual([4999, 4999, 4999, 4999, 4999]);
  tenant.streams.events.ids = [...numbers(1, 5000), 9001];
  expect(externalIds(await drain(source, cursor))).toContain('9001');
});

describe('the end of a tenant whose newest items have vanished', () => {
  const cursor: Cursor = { id: 100, at: minutesAgo(50), start: 0 };
  const wire = (id: number, minutes: number): WireItem => ({
    value: {},
    raw: `{"id":${id}}`,
    id,
    at: minutesAgo(minutes),
  });

  /** A tenant of these items; what it is asked for. Its alarms are errors of their kind. */
  function endOf(items: WireItem[]) {
    const tenant = { items, asked: [] as number[], onAsked: (_after: number) => {} };
    const end = new TenantEnd({
      now: () => nowMs,
      alarm: (_cursor, { kind, seen }) => Promise.reject(new Error(`${kind} ${seen.id}`)),
      read: async (after) => {
        tenant.asked.push(after);
        tenant.onAsked(after);
        const shown = tenant.items.filter(({ id }) => id! > after).slice(0, 50);
        return { ...emptyPage, items: shown, newestId: shown.at(-1)?.id };
      },
    });
    return { end, tenant };
  }

  test('is what a second reading shows below the cursor, which costs no request', async () => {
    const { end, tenant } = endOf([]);
    expect(await end.find(cursor, [wire(90, 60), wire(95, 55)])).toEqual(cursor);
    expect(end.shownBelow(cursor)).toMatchObject({ id: 95, at: minutesAgo(55) });
    expect(tenant.asked).toEqual([]);
  });

  test('is searched for if a second reading shows nothing', async () => {
    const { end } = endOf([wire(20, 90), wire(30, 80)]);
    await end.find(cursor, []);
    expect(end.shownBelow(cursor)).toMatchObject({ id: 30, at: minutesAgo(80) });
  });

  test('is number 0 if nothing at all is shown', async () => {
    const { end } = endOf([]);
    await end.find(cursor, []);
    expect(end.shownBelow(cursor)).toMatchObject({ id: 0, at: null });
  });

  test('is remembered for the cursor that it was found for, until the numbers begin anew', async () => {
    const { end } = endOf([]);
    await end.find(cursor, [wire(90, 60)]);
    expect(end.shownBelow({ ...cursor, id: 101 })).toBeUndefined();
    end.remember(cursor, [wire(91, 59), wire(120, 1)]);
    expect(end.shownBelow(cursor)).toMatchObject({ id: 91 });
    end.remember(cursor, []);
    expect(end.shownBelow(cursor)).toMatchObject({ id: 91 });
    end.forget();
    expect(end.shownBelow(cursor)).toBeUndefined();
  });

  test('is the measure of a cursor whose own time is not known', async () => {
    const { end } = endOf([wire(30, 80)]);
    const timeless = { ...cursor, at: null };
    expect(await end.find(timeless, [])).toEqual({ ...timeless, latest: minutesAgo(80) });
  });

  test.each([
    ['a million below', 1_000_000, undefined],
    ['more than a million below', 1_000_001, 'far 5'],
  ])('may be %s the cursor: %s', async (_what, distance, alarm) => {
    const far = { ...cursor, id: 5 + distance };
    for (const items of [[wire(5, 60)], []]) {
      const found = endOf([wire(5, 60)]).end.find(far, items);
      if (alarm === undefined) expect(await found).toEqual(far);
      else await expect(found).rejects.toThrow(alarm);
    }
  });

  test('raises the alarm if what lies there is younger than all that was read', async () => {
    const first = endOf([wire(1, 10), wire(2, 9)]);
    await expect(first.end.find(cursor, [])).rejects.toThrow('behind 1');
    // Beyond a first page of old ones.
    const old = Array.from({ length: 60 }, (_, index) => wire(index + 1, 200 - index));
    const last = endOf([...old, wire(70, 9)]);
    await expect(last.end.find(cursor, [])).rejects.toThrow('behind 70');
  });

  test('is looked for below items beyond the cursor as well, and then known', async () => {
    const { end, tenant } = endOf([wire(1, 90), wire(2, 80), wire(5000, 1)]);
    await end.find(cursor, [wire(5000, 1)]);
    expect(tenant.asked).toEqual([0, 2]);
    tenant.asked = [];
    await end.find(cursor, [wire(5000, 1)]);
    expect(tenant.asked).toEqual([1, 2]);
    tenant.items = [wire(1, 90), wire(2, 80), wire(3, 5), wire(5000, 1)];
    await expect(end.find(cursor, [wire(5000, 1)])).rejects.toThrow('behind 3');
    // What was known is another item now: it is looked for again.
    tenant.items = [wire(2, 5), wire(5000, 1)];
    await expect(end.find(cursor, [wire(5000, 1)])).rejects.toThrow('behind 2');
  });

  test('that moves while it is looked for is not remembered', async () => {
    const { end, tenant } = endOf([wire(30, 80)]);
    // It was found at 30, and is looked at.
    tenant.onAsked = (after) => {
      if (after === 29) tenant.items.push(wire(31, 79));
    };
    expect(await end.find(cursor, [])).toEqual(cursor);
    expect(tenant.asked).toContain(29);
    expect(end.shownBelow(cursor)).toBeUndefined();
  });
});
