// The database's clock, and when the last page was stored by it.
import { expect, test } from 'vitest';
import { readClock } from '../../src/store/clock.ts';
import { useDatabase } from './stored.ts';

const database = useDatabase();

test('is read between the two instants that come with it, in milliseconds since the epoch', async () => {
  const db = database();
  const [before] = await db.$client`select extract(epoch from clock_timestamp()) * 1000 as ms`;
  const earliestMs = performance.now();
  const reading = await readClock(db);
  const latestMs = performance.now();
  const [after] = await db.$client`select extract(epoch from clock_timestamp()) * 1000 as ms`;
  expect(reading.clockMs).toBeGreaterThanOrEqual(Number(before?.ms));
  expect(reading.clockMs).toBeLessThanOrEqual(Number(after?.ms));
  expect(reading.askedAtMs).toBeGreaterThanOrEqual(earliestMs);
  expect(reading.answeredAtMs).toBeGreaterThanOrEqual(reading.askedAtMs);
  expect(reading.answeredAtMs).toBeLessThanOrEqual(latestMs);
});

test('goes on within a transaction, unlike now()', async () => {
  await database().$client.begin(async (tx) => {
    const db = { ...database(), $client: tx } as never;
    const first = await readClock(db);
    await tx`select pg_sleep(0.002)`;
    expect((await readClock(db)).clockMs).toBeGreaterThan(first.clockMs);
  });
});

test('says when the newest page of any source was stored; null if none ever was', async () => {
  const db = database();
  expect((await readClock(db)).writtenMs).toBeNull();
  await db.$client`
    insert into cursors (source, updated_at) values
      ('a', '2026-02-03T01:19:32.505Z'), ('b', '2026-02-03T01:19:33.506Z'), ('c', '2026-02-01T00:00:00Z')`;
  expect((await readClock(db)).writtenMs).toBe(Date.parse('2026-02-03T01:19:33.506Z'));
});
