// Which items of a vendor are stored, also those of an earlier generation of the source.
import { expect, test } from 'vitest';
import { resetSource } from '../../src/store/cursors.ts';
import { storedItems } from '../../src/store/items.ts';
import { drafts, storePage, useDatabase } from './stored.ts';

const db = useDatabase();

test('those that are stored have their number, of one source alone', async () => {
  await storePage(db(), { source: 'a', events: drafts(1, 2), cursor: '2' });
  await storePage(db(), { source: 'b', events: drafts(3, 3), cursor: '3' });
  const stored = await storedItems(db(), 'a', ['1', '2', '3', "'; drop table events", '']);
  expect([...stored.keys()].sort()).toEqual(['1', '2']);
  expect(stored.get('2')!).toBeGreaterThan(stored.get('1')!);
  expect(await storedItems(db(), 'a', [])).toEqual(new Map());
  expect(await storedItems(db(), 'c', ['1'])).toEqual(new Map());
});

test('of a number that came again after a reset, it is the newest', async () => {
  await storePage(db(), { source: 'a', events: drafts(1, 2), cursor: '2' });
  await resetSource(db(), 'a');
  const before = await storedItems(db(), 'a', ['1', '2']);
  await storePage(db(), { source: 'a', events: drafts(1, 1), cursor: '1', generation: 2 });
  const after = await storedItems(db(), 'a', ['1', '2']);
  expect(after.get('1')!).toBeGreaterThan(before.get('1')!);
  expect(after.get('2')).toBe(before.get('2'));
});
