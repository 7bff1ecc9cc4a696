// Where a tenant ends that does not reach the cursor: found once, remembered, and told if it is too
// far below.
import { describe, expect, test } from 'vitest';
import {
  cursorAt,
  drain,
  externalIds,
  minutesAgo,
  never,
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
  ])('%s is told at the first poll, with what to do', async (_how, cursor) => {
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

  test('by less is told as soon as something new lies below it, also by the next process', async () => {
    const tenant = await tenantOf(numbers(1, 260));
    let source = sourceOf(tenant);
    const { cursor } = await source.poll(cursorAt(5000, null, 100), never);
    expect(await source.poll(cursor, never)).toMatchObject({ events: [], more: false });
    tenant.streams.events.ids = numbers(1, 261);
    source = sourceOf(tenant);
    await expect(source.poll(cursor, never)).rejects.toMatchObject({ reason: 'reset' });
  });

  test('of an empty tenant is told as soon as something is there', async () => {
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
