// The events that were stored last.
import { expect, test } from 'vitest';
import { newestEventId, readTail } from '../../src/store/tail.ts';
import { draft, drafts, storePage, useDatabase } from './stored.ts';

const db = useDatabase();
const read = (afterId: number, alsoIds: number[] = [], limit = 100) =>
  readTail(db(), { afterId, alsoIds, limit });

test('what came after an id, and what is asked for besides, in the order of ids', async () => {
  await storePage(db(), { events: drafts(1, 6) });
  const newest = await newestEventId(db());
  const ids = async (...given: Parameters<typeof read>) =>
    (await read(...given)).map(({ id }) => id - newest);
  expect(await ids(newest - 2)).toEqual([-1, 0]);
  expect(await ids(newest - 2, [newest - 5, newest + 9])).toEqual([-5, -1, 0]);
  expect(await ids(newest)).toEqual([]);
  expect(await ids(newest - 4, [newest - 5], 3)).toEqual([-5, -3, -2]);
});

test('an event has what a line shows, and the sinks that it goes to', async () => {
  const body = { itemId: '7', device: { name: 'pc' }, user: 'ann', file: { name: 'a.exe' } };
  await storePage(db(), { events: [draft(1, { body })] });
  await storePage(db(), { events: [draft(2, { body: {} })], routes: [] });
  const [first, second] = await read(0);
  expect(first).toMatchObject({
    ...{ source: 'a', externalId: '1', severity: 3, sinks: ['soc'] },
    ...{ itemId: '7', device: 'pc', user: 'ann', file: 'a.exe' },
  });
  expect(second).toMatchObject({ sinks: [], itemId: null, device: null, user: null, file: null });
});

test('without an event the newest id is 0', async () => {
  expect(await newestEventId(db())).toBe(0);
});
