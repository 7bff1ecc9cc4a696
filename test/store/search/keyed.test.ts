// Of a value that many events have, the newest are found first and none is left out; no statement
// reads all of them.
import { expect, test } from 'vitest';
import { searchEvents } from '../../../src/store/search/index.ts';
import { countOthers, keyedCandidates } from '../../../src/store/search/keyed.ts';
import { useDatabase } from '../stored.ts';
import { fillMany, searchAll } from './many.ts';

const database = useDatabase();
const busy = [{ kind: 'device', value: 'busy' }] as const;
const range = { beforeId: 1_000_000, floorId: 0 };

test('a rare value gives all ids at once', async () => {
  await fillMany(database(), { every: 1000 });
  expect(await keyedCandidates(database(), busy, { range, rowsMax: 2000 })).toEqual({
    ids: [6, 5, 4, 3, 2, 1].map((n) => n * 20_000),
    toId: 1,
  });
});

test('a frequent value gives the newest ids, and from which on there are no others', async () => {
  await fillMany(database());
  const { ids, toId } = await keyedCandidates(database(), busy, { range, rowsMax: 1000 });
  expect(ids).toEqual(Array.from({ length: ids.length }, (_, n) => (6000 - n) * 20));
  expect(ids.length).toBeGreaterThanOrEqual(1000);
  expect(toId).toBeLessThanOrEqual(ids.at(-1)!);
  expect(toId).toBeGreaterThan(ids.at(-1)! - 20);
});

test('events of an earlier release are among them, some at a time', async () => {
  await fillMany(database(), { count: 50 });
  await database().$client`update events set keys = null where id <= 400`;
  const choice = { range, rowsMax: 5 };
  const first = await keyedCandidates(database(), busy, choice);
  expect(first.ids.every((id) => id > 400)).toBe(true);
  const later = await keyedCandidates(database(), busy, {
    ...choice,
    range: { beforeId: 401, floorId: 0 },
  });
  expect(later).toEqual({ ids: [400, 380, 360, 340, 320], toId: 320 });
});

test('of a device with very many events the newest come first, and none is left out', async () => {
  await fillMany(database());
  const values = [{ kind: 'device', value: 'BUSY' }] as const;
  const first = await searchEvents(database(), { values }, { range: null, limit: 5 });
  expect(first.events.map(({ externalId }) => externalId)).toEqual([
    ...['6000', '5999', '5998', '5997', '5996'],
  ]);
  expect((await searchAll(database(), { values }, 200)).ids).toHaveLength(6000);
});

test('of a device whose many events are all old, too', async () => {
  await fillMany(database(), { busyTo: 3000 });
  const values = [{ kind: 'device', value: 'busy' }] as const;
  const { ids, steps } = await searchAll(database(), { values }, 200);
  expect(ids).toEqual(Array.from({ length: 3000 }, (_, n) => String(3000 - n)));
  expect(steps).toBeLessThan(25);
});

test('of a device whose events begin within a block, none of them twice', async () => {
  await fillMany(database(), { gap: 3, busyTo: 1501 });
  const { ids } = await searchAll(database(), { values: [...busy] }, 50);
  expect(ids).toEqual(Array.from({ length: 1501 }, (_, n) => String(1501 - n)));
});

test('other events with a value are counted up to a limit', async () => {
  await fillMany(database(), { count: 60 });
  const [value] = busy;
  const count = (id: string, countMax: number) => countOthers(database(), value, { id, countMax });
  expect(await count('20', 100)).toEqual({ count: 59, hasMore: false });
  expect(await count('21', 100)).toEqual({ count: 60, hasMore: false });
  expect(await count('20', 59)).toEqual({ count: 59, hasMore: false });
  expect(await count('20', 58)).toEqual({ count: 58, hasMore: true });
  await database().$client`update events set keys = null where id = 40`;
  expect(await count('20', 100)).toEqual({ count: 58, hasMore: true });
});
