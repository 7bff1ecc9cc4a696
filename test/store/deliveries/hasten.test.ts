// Pending deliveries that become due sooner, once their sink takes messages again.
import { describe, expect, test } from 'vitest';
import type { FailedAttempt } from '../../../src/kit/records/delivery.ts';
import {
  hastenDeliveries,
  hastenFailed,
  recordFailed,
  restoreDeliveries,
} from '../../../src/store/deliveries/index.ts';
import { hold, useDatabase } from '../stored.ts';
import { dueIds, failure, putIntoDigest, storeForBoth } from './attempts.ts';

const database = useDatabase();

/** Of the sink `soc`: each waits ten minutes for its next attempt. @returns ids, and the fence */
async function waiting(more: Partial<FailedAttempt> = {}, repetitions = 1) {
  const ids = await storeForBoth(database());
  const fence = await hold(database(), 'sink:x');
  const failed = ids.map((id) => failure(id, { delayMs: 600_000, ...more }));
  for (let n = 0; n < repetitions; n += 1)
    await recordFailed(database(), fence, { sink: 'soc', failed });
  return { ids, fence, stale: { ...fence, epoch: fence.epoch - 1 } };
}

describe('after an outage', () => {
  test('what failed in it is due now, and what never failed keeps its time', async () => {
    const { ids, fence } = await waiting();
    await database().$client`update deliveries set reason = null where event_id = ${ids[0]!}`;
    expect(await hastenFailed(database(), fence, { sink: 'soc', unansweredMax: 3 })).toBe(2);
    expect(await dueIds(database())).toEqual(ids.slice(1));
  });

  test.each([
    [2, 3],
    [3, 0],
    [4, 0],
  ])(
    'after %i attempts without an answer, of which 3 are too many, %i are hastened',
    async (times, count) => {
      const { fence } = await waiting({ reason: 'timeout', status: null }, times);
      expect(await hastenFailed(database(), fence, { sink: 'soc', unansweredMax: 3 })).toBe(count);
    },
  );

  test('what is due within a second, is held, or belongs to another sink is left alone', async () => {
    const { ids, fence } = await waiting();
    const [soon, held] = ids;
    await putIntoDigest(database(), 7, [held!]);
    await database().$client`
      update deliveries set scheduled_at = now() + interval '900 ms' where event_id = ${soon!}`;
    expect(await hastenFailed(database(), fence, { sink: 'soc', unansweredMax: 3 })).toBe(1);
    expect(await hastenFailed(database(), fence, { sink: 'boss', unansweredMax: 3 })).toBe(0);
  });
});

test('named deliveries are due now, even those that never got an answer', async () => {
  const { ids, fence } = await waiting({ reason: 'timeout', status: null }, 4);
  const eventIds = ids.slice(1);
  expect(await hastenDeliveries(database(), fence, { sink: 'boss', eventIds })).toBe(0);
  expect(await hastenDeliveries(database(), fence, { sink: 'soc', eventIds })).toBe(2);
  expect(await dueIds(database())).toEqual(eventIds);
  expect(await hastenDeliveries(database(), fence, { sink: 'soc', eventIds })).toBe(0);
});

test('a process that lost the role hastens and restores nothing', async () => {
  const { ids, stale } = await waiting();
  const deliveries = ids.map((eventId) => ({ eventId, attempts: 0 }));
  expect(await hastenFailed(database(), stale, { sink: 'soc', unansweredMax: 3 })).toBe(0);
  expect(await hastenDeliveries(database(), stale, { sink: 'soc', eventIds: ids })).toBe(0);
  await restoreDeliveries(database(), stale, { sink: 'soc', deliveries, unansweredMax: 3 });
  expect(await dueIds(database())).toEqual([]);
  const rows = await database()
    .$client`select distinct attempts from deliveries where sink = 'soc'`;
  expect(rows).toEqual([{ attempts: 1 }]);
});

test('a restored delivery is a whole card and due now, unless it got no answer again and again', async () => {
  const ids = await storeForBoth(database());
  const fence = await hold(database(), 'sink:x');
  const unanswered = (eventId: number) =>
    failure(eventId, {
      form: 'short',
      reason: 'interrupted',
      status: null,
      delayMs: 600_000,
      attempts: 4,
    });
  for (let n = 0; n < 2; n += 1)
    await recordFailed(database(), fence, { sink: 'soc', failed: ids.slice(0, 2).map(unanswered) });
  await recordFailed(database(), fence, { sink: 'soc', failed: [unanswered(ids[0]!)] });
  const before = ids.map((eventId) => ({ eventId, attempts: 1 }));
  await restoreDeliveries(database(), fence, { sink: 'soc', deliveries: before, unansweredMax: 3 });
  expect(await dueIds(database())).toEqual(ids.slice(1));
  const rows = await database().$client`select form, attempts from deliveries where sink = 'soc'`;
  expect(rows.map(({ form, attempts }) => [form, attempts])).toEqual(ids.map(() => ['full', 1]));
});
