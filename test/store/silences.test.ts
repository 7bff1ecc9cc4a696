// Silences as they are stored: which are active, who may end one, and what it hid.
import { describe, expect, test } from 'vitest';
import { silenceStates } from '../../src/kit/records/silence.ts';
import {
  countActiveSilences,
  endSilence,
  extendSilence,
  insertSilences,
  listSilences,
  markSummarised,
  moveEnd,
  readActiveSilences,
  readNowMs,
  readSilenceSummaries,
  readSilences,
  readSilencesOf,
  withdrawSilence,
} from '../../src/store/silences.ts';
import { draft, drafts, storePage, useDatabase } from './stored.ts';

const database = useDatabase();
const hourMs = 3_600_000;
const open = ['active', 'pending'] as const;

/** From and to in hours from now. @returns its id */
async function add(from: number, to: number, owner = 'ann'): Promise<number> {
  const now = await readNowMs(database());
  const times = { startsAtMs: now + from * hourMs, endsAtMs: now + to * hourMs };
  const silence = { matcher: { types: ['A'] }, owner, reason: 'works', ...times };
  const [id] = await insertSilences(database(), [silence]);
  return id!;
}
const row = async (id: number) =>
  (
    await database().$client`
      select reason, ends_at <= now() as is_over from silences where id = ${id}`
  )[0];

describe('silences that are added', () => {
  const times = { startsAtMs: 1_795_494_487_216.5, endsAtMs: 1_795_494_497_217 };
  const silence = (reason: string) => ({
    matcher: { when: 'a "b"\\' },
    owner: 'o',
    reason,
    ...times,
  });

  test('have ids in their order, and come back as they were', async () => {
    const added = ['one', 'two', 'three'].map(silence);
    const ids = await insertSilences(database(), added);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    await database().$client`update silences set ends_at = '3000-01-01'`;
    const { silences } = await readActiveSilences(database(), 1e13);
    expect(silences.map(({ id, reason }) => [id, reason])).toEqual(
      ids.map((id, n) => [id, added[n]!.reason]),
    );
    expect(silences[0]).toMatchObject({ ...added[0], endsAtMs: Date.parse('3000-01-01T00:00Z') });
  });

  test('are stored all or none, and none is no error', async () => {
    const nobody = { ...silence('two'), owner: '' };
    await expect(insertSilences(database(), [silence('one'), nobody])).rejects.toThrow();
    expect(await listSilences(database(), { states: silenceStates, limit: 10 })).toEqual([]);
    expect(await insertSilences(database(), [])).toEqual([]);
  });
});

describe('active silences', () => {
  test('are those of now, and those that begin soon enough, oldest first', async () => {
    const [soon, active] = [await add(1, 3), await add(-1, 1)];
    await add(-2, -1);
    await add(5, 6);
    const idsOf = async (aheadMs: number) =>
      (await readActiveSilences(database(), aheadMs)).silences.map(({ id }) => id);
    expect(await idsOf(0)).toEqual([active]);
    expect(await idsOf(2 * hourMs)).toEqual([soon, active]);
    expect(await countActiveSilences(database())).toBe(1);
  });

  test('come with the time, also where there are none', async () => {
    const before = await readNowMs(database());
    const { silences, nowMs } = await readActiveSilences(database(), 0);
    expect(silences).toEqual([]);
    expect(nowMs).toBeGreaterThanOrEqual(before);
    expect(nowMs).toBeLessThanOrEqual(await readNowMs(database()));
  });

  test('are no longer those with a summary', async () => {
    await markSummarised(database(), await add(-1, 1));
    expect((await readActiveSilences(database(), 0)).silences).toEqual([]);
    expect(await countActiveSilences(database())).toBe(0);
  });
});

describe('the list', () => {
  test('says the state of each, newest first, and leaves out what is over unless asked', async () => {
    const ids = [await add(-2, -1), await add(-1, 1), await add(1, 2)];
    const list = async (areOverToo: boolean, limit = 10) =>
      (await listSilences(database(), { states: areOverToo ? silenceStates : open, limit })).map(
        ({ id, state }) => [id, state],
      );
    const all = [
      [ids[2], 'pending'],
      [ids[1], 'active'],
      [ids[0], 'over'],
    ];
    expect(await list(true)).toEqual(all);
    expect(await list(false)).toEqual(all.slice(0, 2));
    expect(await list(true, 1)).toEqual(all.slice(0, 1));
  });

  test('counts an event once that a silence hid from several sinks', async () => {
    const id = await add(-1, 1);
    const other = await add(-1, 1);
    await storePage(database(), { events: drafts(1, 2) });
    await database().$client`
      insert into deliveries (event_id, sink, state, reason, priority, finalized_at, silence_id)
      select id, sink, 'suppressed', 'silenced', 3, now(), ${id}
      from events, unnest(array['boss', 'night']) sink`;
    const listed = await listSilences(database(), { states: open, limit: 10 });
    expect(listed.map((one) => [one.id, one.hidden])).toEqual([
      [other, 0],
      [id, 2],
    ]);
    expect(listed[1]).toMatchObject({ matcher: { types: ['A'] }, owner: 'ann', reason: 'works' });
  });
});

describe('the list', () => {
  test('goes on before an id, and may be of one owner', async () => {
    const ids = [await add(-1, 1), await add(-1, 2, 'bob'), await add(-1, 3)];
    const list = async (more: { beforeId?: number; owner?: string }) =>
      (await listSilences(database(), { states: open, limit: 9, ...more })).map(({ id }) => id);
    expect(await list({ beforeId: ids[2]! })).toEqual([ids[1], ids[0]]);
    expect(await list({ owner: 'ann' })).toEqual([ids[2], ids[0]]);
    expect((await readSilences(database(), [ids[1]!, 4711])).map(({ id }) => id)).toEqual([ids[1]]);
  });
});

describe('the version of a silence', () => {
  const versionOf = async (id: number) => (await readSilences(database(), [id]))[0]!.version;

  test('is another one after each change, and guards against a change by somebody else', async () => {
    const id = await add(-1, 1);
    const version = await versionOf(id);
    const endsAtMs = Math.round(await readNowMs(database())) + 9 * hourMs;
    const extend = () => extendSilence(database(), id, { owner: null, version, endsAtMs });
    expect(await extend()).toBeUndefined();
    expect(await versionOf(id)).not.toBe(version);
    expect(await extend()).toBe('changed');
    expect(await endSilence(database(), id, { owner: null, version })).toBe('changed');
    expect(await readSilences(database(), [id])).toMatchObject([{ state: 'active', endsAtMs }]);
  });

  test('lets one of two through who change it at once', async () => {
    const id = await add(-1, 1);
    const guard = { owner: null, version: await versionOf(id) };
    const outcomes = await Promise.all([
      endSilence(database(), id, guard),
      extendSilence(database(), id, { ...guard, endsAtMs: Date.now() + hourMs * 5 }),
    ]);
    expect(outcomes.filter((one) => one === undefined)).toHaveLength(1);
  });

  test('brings back nothing that is over', async () => {
    const endsAtMs = Date.now() + hourMs;
    const over = await add(-2, -1);
    const summarised = await add(-2, 1);
    await markSummarised(database(), summarised);
    for (const id of [over, summarised])
      expect(await extendSilence(database(), id, { owner: null, version: null, endsAtMs })).toBe(
        'over',
      );
  });
});

describe('the end of a silence', () => {
  test.each([
    ['an active one of the owner', -1, 1, 'ann', undefined, true],
    ['one of the owner that has not begun', 1, 2, 'ann', undefined, true],
    ['one that is over', -2, -1, 'ann', 'over', true],
    ['one of somebody else', -1, 1, 'bob', 'other_owner', false],
  ] as const)('of %s', async (_, from, to, owner, outcome, isOver) => {
    const id = await add(from, to);
    expect(await endSilence(database(), id, { owner, version: null })).toBe(outcome);
    expect(await row(id)).toMatchObject({ is_over: isOver });
  });

  test('of one that does not exist', async () => {
    expect(await endSilence(database(), 4711, { owner: null, version: null })).toBe('unknown');
  });

  test('moves while the silence is open, and never brings back one that is over', async () => {
    const [open, over] = [await add(-1, 1), await add(-2, -1)];
    const later = Math.round(await readNowMs(database())) + 9 * hourMs;
    for (const id of [open, over]) await moveEnd(database(), id, later);
    const ends = (await listSilences(database(), { states: silenceStates, limit: 10 })).map(
      ({ endsAtMs }) => endsAtMs,
    );
    expect(ends[1]).toBe(later);
    expect(ends[0]).toBeLessThan(later - 9 * hourMs);
  });
});

describe('a silence that the program withdraws', () => {
  test('ends and is marked, if it has begun', async () => {
    const id = await add(-1, 1);
    await withdrawSilence(database(), id);
    expect(await row(id)).toEqual({ reason: 'works (withdrawn)', is_over: true });
    await withdrawSilence(database(), id);
    expect(await row(id)).toEqual({ reason: 'works (withdrawn)', is_over: true });
  });

  test('goes without a trace, if it has hidden nothing yet', async () => {
    const id = await add(1, 2);
    const other = await add(1, 2);
    await withdrawSilence(database(), id);
    expect([await row(id), await row(other)]).toEqual([undefined, expect.anything()]);
  });
});

test('an owner has silences that are open, to come, or began within two days', async () => {
  const ids = [await add(-1, 1), await add(1, 2), await add(-47, -46)];
  await add(-50, -49);
  await add(-1, 1, 'bob');
  const own = await readSilencesOf(database(), 'ann');
  expect(own.map(({ id, isOpen }) => [id, isOpen])).toEqual([
    [ids[0], true],
    [ids[1], true],
    [ids[2], false],
  ]);
  expect(own[0]).toMatchObject({ matcher: { types: ['A'] }, reason: 'works' });
  await markSummarised(database(), ids[0]!);
  expect((await readSilencesOf(database(), 'ann'))[0]).toMatchObject({ isOpen: false });
});

describe('the summary of a silence', () => {
  test('counts events by severity and names the sinks, once the silence has been over for long enough', async () => {
    const id = await add(-3, -1);
    await storePage(database(), {
      events: [draft(1, { severity: 5 }), draft(2, { severity: 5 }), draft(3, { severity: 1 })],
    });
    await database().$client`
      insert into deliveries (event_id, sink, state, reason, priority, finalized_at, silence_id)
      select id, sink, 'suppressed', 'silenced', 3, now(), ${id}
      from events, unnest(array['night', 'boss']) sink`;
    expect(await readSilenceSummaries(database(), 2 * hourMs, 10)).toEqual([]);
    expect(await readSilenceSummaries(database(), 0, 10)).toEqual([
      {
        ...{ id, owner: 'ann', reason: 'works' },
        severities: [0, 1, 0, 0, 0, 2],
        sinks: ['boss', 'night'],
      },
    ]);
  });

  test('of silences that hid nothing is empty; the first to end come first', async () => {
    const [late, early] = [await add(-3, -1), await add(-3, -2)];
    const empty = { severities: [0, 0, 0, 0, 0, 0], sinks: [] };
    const all = await readSilenceSummaries(database(), 0, 10);
    expect(all.toSorted((a, b) => a.id - b.id)).toMatchObject([
      { id: late, ...empty },
      { id: early, ...empty },
    ]);
    expect((await readSilenceSummaries(database(), 0, 1)).map(({ id }) => id)).toEqual([early]);
  });

  test('is asked for until it was stored', async () => {
    const id = await add(-3, -1);
    await markSummarised(database(), id);
    const when = async () =>
      (await database().$client`select summarised_at::text as at from silences`)[0]!.at;
    const first = await when();
    expect(first).not.toBeNull();
    expect(await readSilenceSummaries(database(), 0, 10)).toEqual([]);
    await markSummarised(database(), id);
    expect(await when()).toBe(first);
  });
});
