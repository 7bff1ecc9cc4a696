// What pauses of sources and sinks share.
import { expect, test } from 'vitest';
import { NotFoundError } from '../../src/operations/operation.ts';
import { assertKnown, beginPause, pauseOf } from '../../src/operations/pause.ts';
import { useDatabase } from '../store/stored.ts';
import { contextOn } from './acting.ts';

const db = useDatabase();

test('the pause that is on is found until its end', async () => {
  expect(await pauseOf(db(), 'source:a')).toBeNull();
  const until = new Date(Date.now() + 600_000).toISOString();
  const begun = await beginPause(contextOn(db()), 'source:a', { reason: 'r', until });
  expect(begun.until).toBe(until);
  expect(await pauseOf(db(), 'source:a')).toEqual(begun);
  expect(await pauseOf(db(), 'sink:a')).toBeNull();
  await db().$client`update controls set paused_at = now() - interval '2 hours',
    paused_until = now() - interval '1 hour'`;
  expect(await pauseOf(db(), 'source:a')).toBeNull();
});

test('an id that is none is answered with those that there are, twenty at most', () => {
  const known = Array.from({ length: 30 }, (_, n) => `id${n}`);
  expect(() => assertKnown('source', 'id3', known)).not.toThrow();
  expect(() => assertKnown('source', 'x', known)).toThrow(NotFoundError);
  expect(() => assertKnown('source', 'x', known)).toThrow(/there is id0, .*, id19\.$/);
  expect(() => assertKnown('sink', 'x', [])).toThrow('No sink is called "x"; there is none.');
});
