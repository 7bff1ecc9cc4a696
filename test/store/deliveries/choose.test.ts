// Which deliveries a filter means: each condition, the most urgent first, digests with their members.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type Choice,
  chooseDeliveries,
  recordFailed,
} from '../../../src/store/deliveries/index.ts';
import { draft, hold, useDatabase } from '../stored.ts';
import { failure, putIntoDigest, storeForBoth } from './attempts.ts';

const database = useDatabase();

let ids: number[];
/** Of `soc` the first four are dead, of `boss` the first two; the last is pending everywhere. */
beforeEach(async () => {
  const severities = [2, 5, 3, 5, 4] as const;
  ids = await storeForBoth(
    database(),
    severities.map((severity, n) => draft(n + 1, { severity })),
  );
  const lease = await hold(database(), 'sink:x');
  const [a, b, c, d] = ids as [number, number, number, number];
  const large = { state: 'dead', reason: 'too_large', status: 413 } as const;
  const refused = { state: 'dead', reason: 'rejected', status: 400 } as const;
  const failed = [failure(a, large), failure(b, large), failure(c, refused), failure(d, refused)];
  await recordFailed(database(), lease, { sink: 'soc', failed });
  await recordFailed(database(), lease, { sink: 'boss', failed: failed.slice(0, 2) });
});

/** Which of the events, from 1, and at which sink; the most urgent first. */
async function meant(choice: Partial<Choice>, limit = 100): Promise<string[]> {
  const { deliveries } = await chooseDeliveries(database(), { states: ['dead'], ...choice }, limit);
  return deliveries.map(({ eventId, sink }) => `${sink} ${ids.indexOf(eventId) + 1}`);
}

test('every condition narrows the choice, and they hold together', async () => {
  expect(await meant({})).toEqual(['soc 4', 'boss 2', 'soc 2', 'soc 3', 'boss 1', 'soc 1']);
  expect(await meant({ sink: 'soc' })).toEqual(['soc 4', 'soc 2', 'soc 3', 'soc 1']);
  expect(await meant({ reason: 'rejected' })).toEqual(['soc 4', 'soc 3']);
  expect(await meant({ status: 413, sink: 'soc' })).toEqual(['soc 2', 'soc 1']);
  expect(await meant({ severities: [5, 3], sink: 'soc' })).toEqual(['soc 4', 'soc 2', 'soc 3']);
  expect(await meant({ severities: [5], reason: 'too_large' })).toEqual(['boss 2', 'soc 2']);
  expect(await meant({ eventIds: [String(ids[0]), '999999', '9999999999999999'] })).toEqual([
    'boss 1',
    'soc 1',
  ]);
  expect(await meant({ reason: "x' or true --" })).toEqual([]);
});

test('of a time are those that were given up in it', async () => {
  await database().$client`
    update deliveries set finalized_at = '2026-02-01T12:00:00Z'
    where state = 'dead' and event_id = ${ids[0]!}`;
  const at = Date.parse('2026-02-01T12:00:00Z');
  expect(await meant({ sinceMs: at, untilMs: at + 1 })).toEqual(['boss 1', 'soc 1']);
  expect(await meant({ untilMs: at })).toEqual([]);
  expect(await meant({ sinceMs: at + 1, sink: 'boss' })).toEqual(['boss 2']);
});

test('what is pending is meant only where that is asked for', async () => {
  expect(await meant({ states: ['pending'], sink: 'soc' })).toEqual(['soc 5']);
  expect(await meant({ states: ['pending', 'dead'], sink: 'soc' })).toHaveLength(5);
});

test('it says that more are meant than were asked for', async () => {
  const cut = async (limit: number) =>
    (await chooseDeliveries(database(), { states: ['dead'] }, limit)).isCut;
  expect([await cut(5), await cut(6), await cut(7)]).toEqual([true, false, false]);
  expect(await meant({}, 5)).toHaveLength(5);
});

describe('a digest', () => {
  beforeEach(async () => {
    await putIntoDigest(database(), ids[3]!, ids.slice(0, 2));
  });

  test('brings its members, also those that the filter does not mean', async () => {
    const { deliveries } = await chooseDeliveries(
      database(),
      { states: ['dead'], reason: 'rejected' },
      100,
    );
    expect(deliveries.map(({ eventId, digestId }) => [eventId, digestId])).toEqual([
      [ids[3], null],
      [ids[1], ids[3]],
      [ids[2], null],
      [ids[0], ids[3]],
    ]);
  });

  test('is not brought by a member', async () => {
    const choice = { states: ['dead'] as const, severities: [2] as const };
    const { deliveries } = await chooseDeliveries(database(), choice, 100);
    expect(deliveries.map(({ eventId, digestId }) => [eventId, digestId])).toEqual([
      [ids[0], null],
      [ids[0], null],
    ]);
  });
});
