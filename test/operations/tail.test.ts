// What was stored last, as it goes over the wire.
import { expect, test } from 'vitest';
import { tail, tailMax } from '../../src/operations/tail.ts';
import { drafts, storePage, useDatabase } from '../store/stored.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();
const ask = (after: number | null, also: number[] = []) => overTheWire(db(), tail, { after, also });

test('first which is the newest, then what came after it', async () => {
  expect(await ask(null)).toEqual({ items: [], newest: 0 });
  await storePage(db(), { events: drafts(1, 2) });
  const { newest } = await ask(null);
  expect(newest).toBeGreaterThan(0);
  expect(await ask(newest)).toEqual({ items: [], newest });
  const { items } = await ask(0);
  expect(items.map(({ externalId }) => externalId)).toEqual(['1', '2']);
  expect(items.at(-1)?.id).toBe(String(newest));
  // One that was passed over moves nothing back.
  expect(await ask(newest, [newest - 1])).toMatchObject({ items: [{ externalId: '1' }], newest });
});

test('one answer is bounded', async () => {
  await storePage(db(), { events: drafts(1, tailMax + 1) });
  const first = await ask(0);
  expect(first.items.length).toBe(tailMax);
  expect((await ask(first.newest)).items.length).toBe(1);
});
