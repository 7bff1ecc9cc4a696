// A position belongs to a console: which one a source goes on with, what is never announced twice,
// and what nobody may read.

import { describe, expect, test } from 'vitest';
import {
  type ClaimDependencies,
  type ConsoleOf,
  claimPosition,
  planPosition,
} from '../../../src/core/identity/position.ts';
import type { StoredPosition } from '../../../src/kit/records/position.ts';
import type { PollSource } from '../../../src/kit/source.ts';
import { listPositions, removeSource, resetSource } from '../../../src/store/cursors.ts';
import { drafts, hold, quiet, replicaWith, storePage, useDatabase } from '../../store/stored.ts';

const never = new AbortController().signal;

describe('the plan for a source', () => {
  const at = (
    source: string,
    console: string | null,
    cursor: string | null = 'c1',
  ): StoredPosition => {
    return { source, console, cursor, generation: 1, former: null, updatedAt: '' };
  };
  const a: ConsoleOf = { id: 'a', console: 'A' };
  const b: ConsoleOf = { id: 'b', console: 'B' };

  test.each<[string, StoredPosition[], ConsoleOf[], string, string?]>([
    ['nothing is stored: it is fresh', [], [a], 'fresh'],
    ['its own position goes on', [at('a', 'A')], [a], 'own'],
    ['its own, of a release that named no console', [at('a', null)], [a], 'own'],
    ['its own, though it was reset', [at('a', 'A', null)], [a], 'own'],
    ['its console was read under an id that is gone', [at('old', 'A')], [a], 'take', 'old'],
    [
      'its id held another console, and its own is elsewhere',
      [at('a', 'B'), at('b', 'A')],
      [a, b],
      'take',
      'b',
    ],
    ['its id was left behind before', [at('a', ''), at('old', 'A')], [a], 'take', 'old'],
    [
      'another configured source reads the same console',
      [at('x', 'A')],
      [a, { id: 'x', console: 'A' }],
      'fresh',
    ],
    ['two old ids of one console', [at('x', 'A'), at('y', 'A')], [a], 'several'],
    ['two new ids for one console', [at('x', 'A')], [a, { id: 'a2', console: 'A' }], 'several'],
    ['its id holds the position of another console', [at('a', 'B')], [a], 'other'],
    ['its id held another console, and was reset', [at('a', 'B', null)], [a], 'fresh'],
    ['an old id whose position is gone', [at('old', 'A', null)], [a], 'fresh'],
  ])('%s', (_title, stored, configured, kind, from) => {
    const plan = planPosition(stored, a, configured);
    expect(plan.kind).toBe(kind);
    if (plan.kind === 'take') expect(plan.from.source).toBe(from);
  });

  test('looks closer at old ids that name no console, or another one', () => {
    const plan = planPosition([at('x', null), at('y', 'B'), at('b', 'B'), at('z', '')], a, [a, b]);
    expect(plan.kind === 'fresh' && plan.strangers.map(({ source }) => source)).toEqual(['x', 'y']);
  });
});

describe('claiming a position', () => {
  const database = useDatabase();
  const lines: string[] = [];
  const log = {
    ...quiet,
    info: (_fields: unknown, message: string) => void lines.push(message),
  } as typeof quiet;
  const sourceOf = (console: string, recognises?: PollSource['recognises']): PollSource => {
    const poll = async () => ({ events: [], cursor: null, more: false });
    return { kind: 'poll', console, poll, ...(recognises && { recognises }) };
  };
  const leave = (id: string) =>
    database().$client`update leases set holder = null where name = ${`source:${id}`}`;
  const claim = async (id: string, source: PollSource, more: Partial<ClaimDependencies> = {}) => {
    const lease = await hold(database(), `source:${id}`);
    const claiming = claimPosition({ id, source, db: database(), log, ...more }, lease, never);
    return claiming.finally(() => leave(id));
  };
  /** Reads these numbers under the id, as a poll would. @returns how many are announced */
  async function read(
    id: string,
    source: PollSource,
    from: number,
    count: number,
    more?: Partial<ClaimDependencies>,
  ) {
    const { generation, former } = await claim(id, source, more);
    const lease = await hold(database(), `source:${id}`);
    const cursor = `c${from + count - 1}`;
    const stored = await storePage(database(), {
      fence: lease,
      source: id,
      generation,
      events: drafts(from, count),
      cursor,
      former,
    });
    await leave(id);
    return stored!.events.length;
  }
  const rowsOf = async () =>
    Object.fromEntries(
      (await listPositions(database())).map((row) => [row.source, [row.cursor, row.console]]),
    );

  test('of a renamed source goes on where it was, and what is read again is not announced again', async () => {
    expect(await read('old', sourceOf('A'), 1, 10)).toBe(10);
    expect(await claim('new', sourceOf('A'))).toMatchObject({ cursor: 'c10', generation: 1 });
    // Half of it is known.
    expect(await read('new', sourceOf('A'), 6, 10)).toBe(5);
    expect(await rowsOf()).toEqual({ new: ['c15', 'A'], old: [null, ''] });
    expect(await claim('new', sourceOf('A'))).toMatchObject({ cursor: 'c15' });
    expect(await read('old', sourceOf('A'), 1, 20)).toBe(5);
    expect(await rowsOf()).toEqual({ old: ['c20', 'A'], new: [null, ''] });
  });

  test('of two sources that change names follows each console, and equal numbers of two consoles stay two events', async () => {
    const swapped = {
      consoles: [
        { id: 'a', console: 'B' },
        { id: 'b', console: 'A' },
      ],
    };
    expect(await read('a', sourceOf('A'), 1, 10)).toBe(10);
    expect(await read('b', sourceOf('B'), 1, 3)).toBe(3);
    expect(await claim('a', sourceOf('B'), swapped)).toMatchObject({ cursor: 'c3' });
    expect(await claim('b', sourceOf('A'), swapped)).toMatchObject({ cursor: 'c10' });
    expect(await read('a', sourceOf('B'), 1, 10, swapped)).toBe(7);
    expect(await read('b', sourceOf('A'), 1, 12, swapped)).toBe(2);
  });

  test('of another console is refused at once, and read again after a reset', async () => {
    await read('a', sourceOf('A'), 1, 10);
    const other = sourceOf('B', async () => false);
    await expect(claim('a', other)).rejects.toMatchObject({
      reason: 'other_console',
      message: /of A.*names B.*source reset a/,
    });
    await expect(claim('a', sourceOf('B'))).rejects.toMatchObject({ message: /cannot be told/ });
    expect(await rowsOf()).toEqual({ a: ['c10', 'A'] });
    await resetSource(database(), 'a', 'B');
    expect(await read('a', other, 1, 10)).toBe(10);
  });

  test('of the same console at a new address goes on', async () => {
    await read('a', sourceOf('https://old'), 1, 10);
    const asked: string[] = [];
    const moved = sourceOf('https://new', async (cursor) => asked.push(cursor) > 0);
    expect(await claim('a', moved)).toMatchObject({ cursor: 'c10', generation: 1 });
    expect(asked).toEqual(['c10']);
    expect(await read('a', moved, 1, 11)).toBe(1);
    expect(asked).toEqual(['c10']);
  });

  test('of a release that named no console is the own one, or is recognised under its old id', async () => {
    await database()
      .$client`insert into cursors (source, cursor) values ('a', 'c1'), ('old', 'c7')`;
    const more = { consoles: ['a', 'b', 'c'].map((id) => ({ id, console: id.toUpperCase() })) };
    const [a, b, c] = [
      sourceOf('A', async () => false),
      sourceOf('B', async () => undefined),
      sourceOf('C', async () => true),
    ];
    expect(await claim('a', a, more)).toMatchObject({ cursor: 'c1' });
    expect(await claim('b', b, more)).toEqual({ cursor: null, generation: 1, former: [] });
    expect(await claim('c', c, more)).toMatchObject({ cursor: 'c7' });
    expect(await rowsOf()).toEqual({
      a: ['c1', 'A'],
      b: [null, 'B'],
      c: ['c7', 'C'],
      old: [null, ''],
    });
  });

  test('waits while another process reads the console under the old id', async () => {
    await read('old', sourceOf('A'), 1, 10);
    await replicaWith(database(), ['source:other']);
    await database().$client`
      update leases set holder = (select holder from leases where name = 'source:other') where name = 'source:old'`;
    await expect(claim('new', sourceOf('A'))).rejects.toMatchObject({
      message: /still reads A as source "old"/,
    });
    await database().$client`update leases set holder = null where name = 'source:old'`;
    expect(await claim('new', sourceOf('A'))).toMatchObject({ cursor: 'c10' });
  });

  test('with several old ids reads nothing until somebody says which', async () => {
    await database()
      .$client`insert into cursors (source, cursor, console) values ('x', 'c1', 'A'), ('y', 'c2', 'A')`;
    await expect(claim('a', sourceOf('A'))).rejects.toMatchObject({
      reason: 'other_console',
      message: /"x", "y"/,
    });
    expect(await removeSource(database(), 'x')).toBe(true);
    expect(await claim('a', sourceOf('A'))).toMatchObject({ cursor: 'c2' });
  });

  test('after a reset, numbers of before are new, under whatever name they were read', async () => {
    await read('old', sourceOf('A'), 1, 10);
    await claim('new', sourceOf('A'));
    await resetSource(database(), 'new');
    expect(await read('new', sourceOf('A'), 1, 10)).toBe(10);
  });

  test('an id that was removed and reads another console later takes none of its events for known', async () => {
    await read('a', sourceOf('A'), 1, 10);
    expect(await removeSource(database(), 'a')).toBe(true);
    expect(await removeSource(database(), 'a')).toBe(false);
    expect(await read('a', sourceOf('B'), 1, 10)).toBe(10);
  });
});
