// Positions of sources: who may change them, and what a new generation forgets.
import { describe, expect, test } from 'vitest';
import {
  adoptConsole,
  externalIdIn,
  knownUnderFormer,
  listPositions,
  nameConsole,
  readCursor,
  readPosition,
  removeSource,
  resetSource,
  toPosition,
} from '../../src/store/cursors.ts';
import { insertPage } from '../../src/store/events.ts';
import { drafts, hold, storePage, useDatabase } from './stored.ts';

const database = useDatabase();
const readTo = (source: string, cursor: string) =>
  insertPage(database(), { fence: null, source, events: [], cursor });

describe('a reset', () => {
  test('makes old numbers new again', async () => {
    const lease = await hold(database(), 'source:a');
    await storePage(database(), { fence: lease, events: drafts(1, 3), cursor: 'c' });
    expect(await resetSource(database(), 'a')).toBe(2);
    expect(await readCursor(database(), 'a')).toEqual({ cursor: null, generation: 2 });
    expect(
      (
        await storePage(database(), {
          fence: lease,
          generation: 2,
          events: drafts(1, 3),
          cursor: 'c',
        })
      )?.events,
    ).toHaveLength(3);
  });

  test('starts at no cursor in a new generation, and a source that was never read has none', async () => {
    const db = database();
    expect(await resetSource(db, 'a')).toBeUndefined();
    await insertPage(db, { fence: null, source: 'a', events: [], cursor: 'c1' });
    expect([await resetSource(db, 'a'), await resetSource(db, 'a')]).toEqual([2, 3]);
    expect(await db.$client`select cursor, generation from cursors`).toEqual([
      { cursor: null, generation: 3 },
    ]);
  });

  test('of a source that was never read makes its row, if its console is known', async () => {
    expect(await resetSource(database(), 'a', 'https://c')).toBe(1);
    expect(await readPosition(database(), 'a')).toMatchObject({
      ...{ cursor: null, generation: 1, console: 'https://c' },
    });
    expect(await resetSource(database(), 'a', 'https://d')).toBe(2);
    expect(await readPosition(database(), 'a')).toMatchObject({ console: 'https://d' });
    expect(await resetSource(database(), 'a')).toBe(3);
    expect(await readPosition(database(), 'a')).toMatchObject({ console: 'https://d' });
  });
});

test('a source that was never read has no position, and starts at no cursor', async () => {
  await readTo('b', 'c1');
  expect(await readPosition(database(), 'a')).toBeUndefined();
  expect(await readCursor(database(), 'a')).toEqual({ cursor: null, generation: 1 });
  await readTo('a', 'c2');
  expect((await listPositions(database())).map(({ source }) => source)).toEqual(['a', 'b']);
});

describe('the console of a position', () => {
  test('is named by the holder of the role, even before anything was read', async () => {
    const lease = await hold(database(), 'source:a');
    const stale = { ...lease, epoch: lease.epoch - 1 };
    await nameConsole(database(), stale, { source: 'a', console: 'c' });
    expect(await readPosition(database(), 'a')).toBeUndefined();
    await nameConsole(database(), lease, { source: 'a', console: 'c' });
    expect(await readPosition(database(), 'a')).toMatchObject({ cursor: null, console: 'c' });
    await readTo('a', 'c1');
    await nameConsole(database(), lease, { source: 'a', console: 'd' });
    expect(await readPosition(database(), 'a')).toMatchObject({ cursor: 'c1', console: 'd' });
  });

  test('is adopted by an operator, if there is a position', async () => {
    expect(await adoptConsole(database(), 'a', 'c')).toBe(false);
    await readTo('a', 'c1');
    expect(await adoptConsole(database(), 'a', 'c')).toBe(true);
    expect(await readPosition(database(), 'a')).toMatchObject({ cursor: 'c1', console: 'c' });
  });
});

test('a source that is removed keeps counting generations, and is removed once', async () => {
  await readTo('a', 'c1');
  expect(await removeSource(database(), 'a')).toBe(true);
  expect(await readPosition(database(), 'a')).toMatchObject({
    ...{ cursor: null, console: '', former: null, generation: 2 },
  });
  expect([await removeSource(database(), 'a'), await removeSource(database(), 'b')]).toEqual([
    false,
    false,
  ]);
});

test('an item is known under a former name up to the event with which that name ended', async () => {
  const page = await storePage(database(), { source: 'old', events: drafts(1, 3) });
  const [, second] = page!.events.map(({ id }) => id);
  await storePage(database(), { source: 'older', events: [] });
  await insertPage(database(), {
    ...{ fence: null, source: 'older', cursor: null },
    events: [{ draft: { ...drafts(7, 1)[0]!, externalId: 'g2/7' }, routes: [], decisions: [] }],
  });
  const former = [
    { source: 'old', generation: 1, until: second! },
    { source: 'older', generation: 2, until: 1e9 },
  ];
  const known = await knownUnderFormer(database(), former, ['1', '2', '3', '7', '9']);
  expect([...known].sort()).toEqual(['1', '2', '7']);
  expect(await knownUnderFormer(database(), [], ['1'])).toEqual(new Set());
});

test.each([
  [1, '7', '7'],
  [2, '7', 'g2/7'],
  [30, 'g2/7', 'g30/g2/7'],
])('in generation %i the key of item %s is %s', (generation, item, key) => {
  expect(externalIdIn(generation, item)).toBe(key);
});

describe('the row of a position', () => {
  const row = {
    ...{ source: 'a', cursor: null, generation: 2, console: null, updated_at: '2026-02-03' },
    former: '{"generation":2,"names":[]}',
  };

  test('is read with its former names', () => {
    expect(toPosition(row)).toEqual({
      ...{ source: 'a', cursor: null, generation: 2, console: null, updatedAt: '2026-02-03' },
      former: { generation: 2, names: [] },
    });
    expect(toPosition({ ...row, former: null }).former).toBeNull();
  });

  test('with a value that the schema does not allow is an error', () => {
    expect(() => toPosition({ ...row, generation: null })).toThrow('cursors.generation');
    expect(() => toPosition({ ...row, former: '7' })).toThrow('cursors.former');
  });
});
