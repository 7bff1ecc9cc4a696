// Conditions: when one began, what was announced of it, and when it is over.
import { describe, expect, test } from 'vitest';
import {
  markAnnounced,
  noteCondition,
  readConditions,
  removeConditions,
} from '../../src/store/conditions.ts';
import { until } from '../support/world.ts';
import { hold, inTransaction, useDatabase } from './stored.ts';

const database = useDatabase();
const minuteMs = 60_000;
const note = (heldMs?: number | null, name = 'source:a') =>
  noteCondition(database(), null, { name, heldMs });
const move = (minutes: number) =>
  database().$client`update conditions set since = since + ${minutes} * interval '1 minute'`;

describe('a condition', () => {
  test('begins when it is first noted, and keeps its beginning', async () => {
    const first = await note();
    expect(first).toMatchObject({ name: 'source:a', told: null });
    expect(first!.ageMs).toBeLessThan(minuteMs);
    await move(-10);
    const again = await note();
    expect(Math.round((first!.sinceMs - again!.sinceMs) / minuteMs)).toBe(10);
    expect(again!.ageMs).toBeGreaterThanOrEqual(10 * minuteMs);
  });

  test('that is known to have held for longer began then, until something was announced of it', async () => {
    await note();
    const held = await note(20 * minuteMs);
    expect(Math.round(held!.ageMs / minuteMs)).toBe(20);
    await markAnnounced(database(), 'source:a', 'x 1');
    const announced = await note(40 * minuteMs);
    expect(Math.round(announced!.ageMs / minuteMs)).toBe(20);
    expect(announced!.told).toBe('x 1');
  });

  test('that began in the future, for the clock went back, begins now', async () => {
    await note();
    await markAnnounced(database(), 'source:a', 'x 1');
    await move(60);
    const [ahead] = await readConditions(database());
    expect(ahead!.ageMs).toBe(0);
    const now = await note();
    expect(now!.ageMs).toBeLessThan(minuteMs);
    expect(ahead!.sinceMs - now!.sinceMs).toBeGreaterThan(30 * minuteMs);
    expect((await readConditions(database()))[0]!.sinceMs).toBeCloseTo(now!.sinceMs, 0);
  });

  test('is neither begun nor read once the role was lost', async () => {
    const lease = await hold(database(), 'job:x');
    const stale = { ...lease, epoch: lease.epoch - 1 };
    expect(await noteCondition(database(), stale, { name: 'source:a' })).toBeNull();
    expect(await readConditions(database())).toEqual([]);
    expect(await noteCondition(database(), lease, { name: 'source:a' })).not.toBeNull();
    expect(await noteCondition(database(), stale, { name: 'source:a' })).toBeNull();
  });

  test('that another process is writing at this moment is its own to announce', async () => {
    const { late } = await inTransaction(database(), async (transaction) => {
      await noteCondition(transaction, null, { name: 'source:a' });
      const late = note();
      const isWaiting = async () =>
        (await database().$client`select 1 from pg_locks where not granted`).length > 0;
      expect(await until(isWaiting, 5000)).toBe(true);
      return { late };
    });
    expect(await late).toBeNull();
    expect(await readConditions(database())).toHaveLength(1);
  });
});

test('conditions are listed by name, each with what was announced of it', async () => {
  await note(null, 'sink:soc');
  await note(null, 'dead:soc');
  await markAnnounced(database(), 'sink:soc', 'x 1');
  const listed = await readConditions(database());
  expect(listed.map(({ name, told }) => [name, told])).toEqual([
    ['dead:soc', null],
    ['sink:soc', 'x 1'],
  ]);
});

test('the holder of the role removes the named conditions and no others', async () => {
  const lease = await hold(database(), 'job:x');
  for (const name of ['a', 'b', 'c']) await note(null, name);
  const names = async () => (await readConditions(database())).map(({ name }) => name);
  await removeConditions(database(), { ...lease, epoch: lease.epoch - 1 }, ['a']);
  expect(await names()).toEqual(['a', 'b', 'c']);
  await removeConditions(database(), lease, ['a', 'c', 'none']);
  expect(await names()).toEqual(['b']);
  await removeConditions(database(), lease, []);
  expect(await names()).toEqual(['b']);
});
