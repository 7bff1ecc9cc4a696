// What waits for a sink is counted, given to another, or given up.
import { beforeEach, expect, test } from 'vitest';
import { backlog } from '../../src/operations/index.ts';
import { insertPage } from '../../src/store/events.ts';
import { draft, useDatabase } from '../store/stored.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();

beforeEach(async () => {
  const decisions = [{ sink: 'old', state: 'pending', reason: null, priority: 1 } as const];
  const events = ['1', '2', '3'].map((id) => ({ draft: draft(id), routes: [], decisions }));
  await insertPage(db(), { fence: null, source: 'di', events, cursor: null });
});

test('lists what waits and where each sink posted, moves it, and drops it', async () => {
  await db()
    .$client`insert into sinks (sink, state, place) values ('old', 'ok', 'https://chat.example'), ('other', 'ok', null)`;
  const { counts, places } = await overTheWire(db(), backlog.list, {});
  expect(counts).toEqual([
    expect.objectContaining({
      sink: 'old',
      pending: 3,
      dead: 0,
      grouped: 0,
      oldestUrgentSeconds: expect.any(Number),
    }),
  ]);
  expect(places).toContainEqual({ id: 'old', place: 'https://chat.example' });
  expect(await overTheWire(db(), backlog.move, { sink: 'old', to: 'new' })).toBe(3);
  expect((await overTheWire(db(), backlog.list, {})).counts).toMatchObject([
    { sink: 'new', pending: 3 },
  ]);
  expect(await overTheWire(db(), backlog.drop, { sink: 'new' })).toBe(3);
});

test('a sink without a name is refused', () => {
  expect(backlog.move.input.safeParse({ sink: '', to: 'new' }).success).toBe(false);
  expect(backlog.drop.input.safeParse({}).success).toBe(false);
});
