// How a page is cut until the database holds all of it; on a real Postgres, intake.test.ts.
import { expect, test } from 'vitest';
import { insertOrBisect, unrecognised } from '../../../src/core/intake/bisect.ts';
import type { DecidedEvent } from '../../../src/kit/records/decision.ts';
import { draft } from '../../store/stored.ts';

const page = (count: number): DecidedEvent[] =>
  Array.from({ length: count }, (_, n) => ({ draft: draft(n + 1), routes: ['r'], decisions: [] }));
const unstorable = Object.assign(new Error('invalid byte sequence'), { code: '22021' });

/** A database that cannot hold these ids as they are. */
function refusing(bad: readonly string[]) {
  const calls: [ids: string[], cursor: string | null][] = [];
  const insert = async (events: readonly DecidedEvent[], cursor: string | null) => {
    calls.push([events.map(({ draft }) => draft.externalId), cursor]);
    const isBad = ({ draft }: DecidedEvent) =>
      bad.includes(draft.externalId) && draft.type !== 'UNRECOGNISED';
    if (events.some(isBad)) throw unstorable;
    return events.map((_, index) => ({ index, id: index, receivedAtMs: 0 }));
  };
  return { calls, insert };
}

test.each([
  ['none', [], 1],
  ['the first of eight', ['1'], 8],
  ['the last of eight', ['8'], 8],
  ['all of eight', ['1', '2', '3', '4', '5', '6', '7', '8'], 23],
])(
  '%s that cannot be stored: all are kept, and the cursor moves last',
  async (_title, bad, most) => {
    const { calls, insert } = refusing(bad);
    const rows = await insertOrBisect(page(8), 'c8', insert);
    expect(rows?.map(({ event }) => event.draft.externalId)).toEqual([...'12345678']);
    const unknown = rows?.filter(({ event }) => event.draft.type === 'UNRECOGNISED');
    expect(unknown?.map(({ event }) => event.draft.externalId)).toEqual(bad);
    const moving = calls.filter(([, cursor]) => cursor !== null);
    expect(calls.at(-1)?.[1]).toBe('c8');
    expect(moving.every(([ids]) => ids.includes('8'))).toBe(true);
    expect(calls.length).toBeLessThanOrEqual(most);
  },
);

test('who lost the role in the middle writes nothing more', async () => {
  const { insert } = refusing(['8']);
  let left = 1;
  const rows = await insertOrBisect(page(8), 'c8', async (events, cursor) => {
    const stored = await insert(events, cursor);
    left -= 1;
    return left < 0 ? null : stored;
  });
  expect(rows).toBeNull();
});

test('an error that is about no text is thrown at once', async () => {
  const calls: number[] = [];
  const stored = insertOrBisect(page(8), 'c8', async (events) => {
    calls.push(events.length);
    throw Object.assign(new Error('connection lost'), { code: '08006' });
  });
  await expect(stored).rejects.toThrow('connection lost');
  expect(calls).toEqual([8]);
});

test('what was replaced already is not replaced again, which would never end', () => {
  const [event] = page(1);
  expect(() => unrecognised(unrecognised(event!))).toThrow('could not be stored');
});
