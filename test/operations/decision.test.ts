// The decision about an event at a time: a silence counts only while it is active, and one that
// this release cannot read counts never.
import { expect, test } from 'vitest';
import { decisionOn } from '../../src/operations/decision.ts';
import { insertSilences, readNowMs } from '../../src/store/silences.ts';
import { useDatabase } from '../store/stored.ts';
import { contextOn } from './acting.ts';

const db = useDatabase();
const facts = { stream: 'event', type: 'A', severity: 4, status: null, action: null } as const;
const arriving = { source: 'a', event: { ...facts, body: {} } };

test('the oldest silence that covers it is named, with its owner', async () => {
  const nowMs = await readNowMs(db());
  const times = { startsAtMs: nowMs - 1000, endsAtMs: nowMs + 3_600_000, reason: 'works' };
  const [unread, first] = await insertSilences(db(), [
    { matcher: { newer: 1 }, owner: 'next release', ...times },
    { matcher: { types: ['A'] }, owner: 'ann', ...times },
    { matcher: { types: ['*'] }, owner: 'bob', ...times },
  ]);
  expect(unread).toBeLessThan(first!);
  const decided = await decisionOn(contextOn(db()), { ...arriving, at: undefined });
  expect(decided).toMatchObject({
    routes: [{ name: 'default', reason: null, words: 'takes it' }],
    sinks: [{ id: 'soc', state: 'suppressed', silence: { id: String(first), owner: 'ann' } }],
  });
  const at = new Date(nowMs + 7_200_000).toISOString();
  expect(await decisionOn(contextOn(db()), { ...arriving, at })).toMatchObject({
    ...{ at, sinks: [{ state: 'pending', silence: null }] },
  });
});
