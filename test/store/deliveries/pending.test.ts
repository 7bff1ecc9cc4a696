// When a pending delivery is due by the database's clock, and how often it got no answer.
import { describe, expect, test } from 'vitest';
import { deliveryBackoff } from '../../../src/core/loops/backoff.ts';
import { recordFailed, takeDue, takeRandomDue } from '../../../src/store/deliveries/index.ts';
import { drafts, hold, useDatabase } from '../stored.ts';
import { dueIds, failure, storeForBoth } from './attempts.ts';

const database = useDatabase();
const randomId = async () => (await takeRandomDue(database(), 'soc', []))?.event.id;

describe('the time of a delivery', () => {
  test('counts as past if it is further ahead than anything waits, for the clock went back', async () => {
    const [waits, ahead] = await storeForBoth(database(), drafts(1, 2));
    const lease = await hold(database(), 'sink:x');
    const longestMs = deliveryBackoff.maxMs * 1.2;
    await recordFailed(database(), lease, {
      sink: 'soc',
      failed: [waits!, ahead!].map((id) => failure(id, { delayMs: longestMs })),
    });
    expect([await dueIds(database()), await randomId()]).toEqual([[], undefined]);
    await database()
      .$client`update deliveries set scheduled_at = scheduled_at + interval '1 hour' where event_id = ${ahead!}`;
    expect([await dueIds(database()), await randomId()]).toEqual([[ahead], ahead]);
  });

  test('is never written further ahead than anything waits', async () => {
    const [id] = await storeForBoth(database(), drafts(1, 1));
    const lease = await hold(database(), 'sink:x');
    await recordFailed(database(), lease, {
      sink: 'soc',
      failed: [failure(id!, { delayMs: 86_400_000 })],
    });
    expect(await dueIds(database())).toEqual([]);
  });
});

test('an attempt got no answer if it timed out or was interrupted, at this sink', async () => {
  const [first] = await storeForBoth(database());
  const lease = await hold(database(), 'sink:x');
  const fail = (sink: string, reason: string) =>
    recordFailed(database(), lease, { sink, failed: [failure(first!, { reason })] });
  for (const reason of ['timeout', 'interrupted', 'server_error', 'connection'])
    await fail('soc', reason);
  await fail('boss', 'timeout');
  const unanswered = async (sink: string) =>
    (await takeDue(database(), { sink, limit: 3 })).map((due) => due.unanswered);
  expect(await unanswered('soc')).toEqual([2, undefined, undefined]);
  expect(await unanswered('boss')).toEqual([1, undefined, undefined]);
});
