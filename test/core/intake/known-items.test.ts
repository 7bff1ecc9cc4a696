// What a source that follows items sees of the store, and how a failure of the database is told
// from one of the far end.
import { expect, test } from 'vitest';
import { createKnownItems, KnownItemsError } from '../../../src/core/intake/known-items.ts';
import { drafts, storePage, useDatabase } from '../../store/stored.ts';

const db = useDatabase();

test('are the events of the named sources, and their objects', async () => {
  await storePage(db(), { source: 'a', events: drafts(1, 2), cursor: '2' });
  await storePage(db(), { source: 'b', events: drafts(1, 2), cursor: '2' });
  const known = createKnownItems(db(), ['a']);
  const events = await known.after(await known.olderThan(3_600_000), 10);
  expect(events.map(({ source, externalId }) => source + externalId)).toEqual(['a1', 'a2']);
  const raws = await known.raws(events.map(({ eventId }) => eventId));
  expect([...raws.values()]).toEqual(drafts(1, 2).map(({ raw }) => raw));
});

test('a failure of the database is one of its own, with its cause', async () => {
  const cause = new Error('connection lost');
  const client = Object.assign(() => Promise.reject(cause), {});
  const known = createKnownItems({ $client: client } as never, ['a']);
  for (const answer of [known.after(0, 1), known.olderThan(1), known.raws([1])]) {
    const error: unknown = await answer.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KnownItemsError);
    expect((error as Error).cause).toBe(cause);
  }
});
