// What was given up is read whole, and put back by number, by sink, or all of it.
import { beforeEach, expect, test } from 'vitest';
import { dead } from '../../src/operations/index.ts';
import { insertPage } from '../../src/store/events.ts';
import { draft, useDatabase } from '../store/stored.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();

beforeEach(async () => {
  const decisions = ['a', 'b'].map(
    (sink) => ({ sink, state: 'pending', reason: null, priority: 1 }) as const,
  );
  const drafts = [
    draft('1', { body: { itemId: '17', device: { name: 'PC-1' } } }),
    draft('2', { body: {} }),
  ];
  const events = drafts.map((one) => ({ draft: one, routes: [], decisions }));
  await insertPage(db(), { fence: null, source: 'di', events, cursor: null });
  await db()
    .$client`update deliveries set state = 'dead', reason = 'rejected', attempts = 2, finalized_at = now()`;
  await db().$client`
    insert into delivery_attempts (event_id, sink, outcome, reason, status, duration_ms, answer)
    select event_id, sink, 'reject_event', 'rejected', 413, 1, 'Too long' from deliveries where sink = 'a'`;
});

test('the list has every fact of each', async () => {
  const all = await overTheWire(db(), dead.list, {});
  expect(all).toHaveLength(4);
  expect(all.find(({ sink, itemId }) => sink === 'a' && itemId === '17')).toMatchObject({
    ...{ itemId: '17', device: 'PC-1', reason: 'rejected', attempts: 2 },
    ...{ lastStatus: 413, lastAnswer: 'Too long', deadSince: expect.stringMatching(/^20.*Z$/) },
  });
  expect(all.find(({ sink, itemId }) => sink === 'b' && itemId === null)).toMatchObject({
    ...{ device: null, lastStatus: null, lastAnswer: null },
  });
  expect(await overTheWire(db(), dead.list, { sink: 'a', limit: 1 })).toHaveLength(1);
});

test('some are put back by number, the rest of a sink, then all that is left', async () => {
  const [first] = await overTheWire(db(), dead.list, { sink: 'a', limit: 1 });
  expect(await overTheWire(db(), dead.redrive, { sink: 'a', eventIds: [first!.eventId] })).toBe(1);
  expect(await overTheWire(db(), dead.redrive, { sink: 'b' })).toBe(2);
  expect(await overTheWire(db(), dead.redrive, {})).toBe(1);
});

test('no number at all is refused rather than taken for all', () => {
  expect(dead.redrive.input.safeParse({ eventIds: [] }).success).toBe(false);
  expect(dead.list.input.safeParse({ limit: 1001 }).success).toBe(false);
});
