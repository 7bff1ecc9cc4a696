// What was given up, grouped by what went wrong.
import { expect, test } from 'vitest';
import { groupDead, groupedMax, recordFailed } from '../../../src/store/deliveries/index.ts';
import { draft, drafts, hold, useDatabase } from '../stored.ts';
import { failure, storeForBoth } from './attempts.ts';

const database = useDatabase();

test('by sink, reason and last status, the largest group first, with the newest as a sample', async () => {
  const ids = await storeForBoth(database(), drafts(1, 9));
  const lease = await hold(database(), 'sink:x');
  const large = { state: 'dead', reason: 'too_large', status: 413 } as const;
  await recordFailed(database(), lease, {
    sink: 'soc',
    failed: ids.map((id, n) =>
      failure(id, n < 6 ? large : { state: 'dead', reason: 'timeout', status: null, answer: null }),
    ),
  });
  await recordFailed(database(), lease, {
    sink: 'boss',
    failed: [failure(ids[0]!, { ...large, status: 400 })],
  });
  await database().$client`
    update deliveries set finalized_at = '2026-02-01T12:00:00Z' where event_id = ${ids[1]!} and sink = 'soc'`;
  const groups = await groupDead(database());
  expect(groups).toMatchObject([
    { sink: 'soc', reason: 'too_large', status: 413, count: 6, isPartial: false },
    { sink: 'soc', reason: 'timeout', status: null, count: 3, isPartial: false },
    { sink: 'boss', reason: 'too_large', status: 400, count: 1, isPartial: false },
  ]);
  expect(groups[0]).toMatchObject({
    oldest: '2026-02-01T12:00:00.000Z',
    sample: ids
      .slice(1, 6)
      .reverse()
      .map((eventId) => ({ eventId, sink: 'soc' })),
  });
  expect(Date.parse(groups[0]!.newest)).toBeGreaterThan(Date.parse(groups[0]!.oldest));
  expect(await groupDead(database(), 'boss')).toEqual(groups.slice(2));
  expect(await groupDead(database(), 'nobody')).toEqual([]);
});

test('of a sink with very many it looks at the newest, and says so', async () => {
  const [first = 0] = await storeForBoth(database(), [draft(1)]);
  await database().$client`
    insert into deliveries (event_id, sink, state, reason, priority, finalized_at)
    select ${first} + n, 'soc', 'dead', case when n <= 5 then 'old' else 'new' end, 1, now()
    from generate_series(1, ${groupedMax + 6}) n`;
  expect(await groupDead(database())).toMatchObject([
    { sink: 'soc', reason: 'new', count: groupedMax + 1, isPartial: true },
  ]);
});
