// A position that moves to another id: what stands under both ids afterwards, and who may move it.
import { describe, expect, test } from 'vitest';
import type { StoredPosition } from '../../src/kit/records/position.ts';
import { nameConsole, readPosition } from '../../src/store/cursors.ts';
import { insertPage } from '../../src/store/events.ts';
import { releaseLeases } from '../../src/store/leases.ts';
import { exchange, takePosition } from '../../src/store/take-position.ts';
import { drafts, hold, storePage, useDatabase } from './stored.ts';

const position = (source: string, more: Partial<StoredPosition> = {}): StoredPosition => ({
  ...{ source, cursor: 'c', generation: 1, console: 'A', former: null, updatedAt: '2026-02-03' },
  ...more,
});

describe('an exchange', () => {
  const old = position('old');
  const given = { old, occupant: undefined, to: 'new', console: null, newestId: 9 };
  const name = (source: string, generation = 1) => ({ source, generation, until: 9 });

  test('with an id that was never used keeps the generation, and leaves the old id empty', () => {
    const [next, rest] = exchange(given);
    expect(next).toEqual({
      ...position('new'),
      former: { generation: 1, names: [name('old')] },
    });
    expect(rest).toEqual({ ...old, cursor: null, console: '', generation: 2 });
  });

  test.each([
    ['is named anew, if that is known', 'B', 'B'],
    ['stays the same, if it is not', null, 'A'],
  ])('the console %s', (_, console, expected) => {
    expect(exchange({ ...given, console })[0].console).toBe(expected);
  });

  test.each<[string, Partial<StoredPosition>]>([
    ['was reset', { cursor: null }],
    ['was removed', { console: '' }],
    ['is of a release that named no console', { console: null }],
  ])('with a position that %s drops that one', (_, more) => {
    const [next, rest] = exchange({
      ...given,
      occupant: position('new', { generation: 4, ...more }),
    });
    expect([next.generation, rest.generation]).toEqual([5, 5]);
    expect(rest).toMatchObject({ source: 'old', cursor: null, console: '', former: null });
  });

  test('with the position of another console changes places, in a generation that neither had', () => {
    const occupant = position('new', { cursor: 'd', console: 'B', generation: 3 });
    const [next, rest] = exchange({ ...given, occupant });
    expect(next).toMatchObject({ source: 'new', cursor: 'c', console: 'A', generation: 4 });
    expect(rest).toMatchObject({ source: 'old', cursor: 'd', console: 'B', generation: 4 });
    expect([next.former, rest.former]).toEqual([
      { generation: 4, names: [name('old')] },
      { generation: 4, names: [name('new', 3)] },
    ]);
  });

  test.each([
    ['is kept', 1, ['older', 'old']],
    ['is dropped after a reset', 2, ['old']],
  ])('a former name %s', (_, generation, names) => {
    const former = { generation: 1, names: [name('older')] };
    const [next] = exchange({ ...given, old: { ...old, generation, former } });
    expect(next.former?.names.map(({ source }) => source)).toEqual(names);
  });
});

describe('a position', () => {
  const database = useDatabase();
  const taking = { from: 'old', to: 'new', console: 'A' };
  const readOld = () =>
    insertPage(database(), { fence: null, source: 'old', events: [], cursor: 'c' });

  test('is taken with the id of the newest event, up to which its events stand under the old id', async () => {
    const page = await storePage(database(), { source: 'old', events: drafts(1, 3), cursor: 'c' });
    const taken = await takePosition(database(), null, taking);
    const until = page!.events.at(-1)!.id;
    expect(taken).toMatchObject({
      ...{ source: 'new', cursor: 'c', console: 'A' },
      former: { names: [{ source: 'old', generation: 1, until }] },
    });
    expect(await readPosition(database(), 'new')).toMatchObject({ cursor: 'c', generation: 1 });
    expect(await readPosition(database(), 'old')).toMatchObject({ cursor: null, console: '' });
  });

  test('is not taken while another process reads it, but is once that one has left', async () => {
    await readOld();
    const reader = await hold(database(), 'source:old');
    expect(await takePosition(database(), null, taking)).toBe('held');
    expect(await readPosition(database(), 'new')).toBeUndefined();
    await releaseLeases(database(), reader.holder, null);
    expect(await takePosition(database(), null, taking)).toMatchObject({ source: 'new' });
  });

  test('may be taken by the process that reads it itself', async () => {
    await readOld();
    const lease = await hold(database(), 'source:new');
    await database().$client`
      insert into leases (name, holder, epoch) values ('source:old', ${lease.holder}::uuid, 1)`;
    expect(await takePosition(database(), lease, taking)).toMatchObject({ source: 'new' });
  });

  test('is lost if the role was lost, or if nothing was read', async () => {
    const lease = await hold(database(), 'source:new');
    expect(await takePosition(database(), lease, taking)).toBe('lost');
    await nameConsole(database(), lease, { source: 'old', console: 'A' });
    expect(await takePosition(database(), lease, taking)).toBe('lost');
    await readOld();
    const stale = { ...lease, epoch: lease.epoch - 1 };
    expect(await takePosition(database(), stale, taking)).toBe('lost');
    expect(await readPosition(database(), 'new')).toBeUndefined();
    expect(await takePosition(database(), lease, taking)).toMatchObject({ source: 'new' });
  });
});
