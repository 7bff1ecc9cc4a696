// Pending and dead deliveries, counted by sink.
import { expect, test } from 'vitest';
import type { Severity } from '../../../src/kit/event.ts';
import { countDead, countDeliveries, recordFailed } from '../../../src/store/deliveries/index.ts';
import { draft, hold, useDatabase } from '../stored.ts';
import { failure, storeForBoth } from './attempts.ts';

const database = useDatabase();

test('what waits in a group is counted, but no age is that of a delivery in a group', async () => {
  const severities: Severity[] = [2, 4, 4, 5];
  const ids = await storeForBoth(
    database(),
    severities.map((severity, n) => draft(n, { severity })),
  );
  const [, held, high, critical] = ids;
  const { $client: sql } = database();
  for (const [n, id] of ids.entries())
    await sql`update events set received_at = now() - make_interval(hours => ${4 - n}) where id = ${id}`;
  await sql`update deliveries set priority = 11, group_key = 'g' where event_id = ${held!}`;
  const hours = async () => {
    const soc = (await countDeliveries(database())).find(({ sink }) => sink === 'soc')!;
    return [soc.oldestPendingSeconds, soc.oldestUrgentSeconds].map((seconds) =>
      Math.round(seconds / 3600),
    );
  };
  const deliver = (id: number) =>
    sql`update deliveries set state = 'delivered', finalized_at = now() where event_id = ${id}`;
  expect(await hours()).toEqual([4, 2]);
  await deliver(high!);
  expect(await hours()).toEqual([4, 1]);
  await deliver(critical!);
  expect(await hours()).toEqual([4, 0]);
  await deliver(ids[0]!);
  expect(await hours()).toEqual([0, 0]);
  expect(
    (await countDeliveries(database()))
      .map(({ sink, pending, grouped }) => [sink, pending, grouped])
      .sort(),
  ).toEqual([
    ['boss', 1, 1],
    ['soc', 1, 1],
  ]);
});

test('dead ones are counted by sink, and a sink without any is absent', async () => {
  const [first, second] = await storeForBoth(database());
  const lease = await hold(database(), 'sink:x');
  expect([...(await countDead(database()))]).toEqual([]);
  const failed = [first!, second!].map((id) => failure(id, { state: 'dead' }));
  await recordFailed(database(), lease, { sink: 'soc', failed });
  expect([...(await countDead(database()))]).toEqual([['soc', 2]]);
  const counts = await countDeliveries(database());
  expect(counts.map(({ sink, pending, dead }) => [sink, pending, dead]).sort()).toEqual([
    ['boss', 3, 0],
    ['soc', 1, 2],
  ]);
});
