// Silences that the configuration repeats: the occurrences of now and the next are stored, whatever
// happened before.

import { describe, expect, test } from 'vitest';
import { parseInterval } from '../../../src/core/rules/schedule.ts';
import { addSilences } from '../../../src/core/silences/add.ts';
import { SilenceReader } from '../../../src/core/silences/reader.ts';
import {
  fileOwner,
  keepRecurring,
  planRecurring,
  type RecurringSilence,
} from '../../../src/core/silences/recurring.ts';
import type { StoredSilence } from '../../../src/kit/records/silence.ts';
import { endSilence, listSilences } from '../../../src/store/silences.ts';
import { draft, quiet, storePage, useDatabase } from '../../store/stored.ts';

const database = useDatabase();
const utc = (from: string, to: string, days?: string[]) =>
  parseInterval({ days, from, to, timeZone: 'UTC' });
const backup: RecurringSilence = {
  name: 'backup',
  reason: 'the file servers are copied',
  matcher: { devices: ['SRV-*'], when: 'event.severity < 5' },
  times: [utc('2:00', '4:00', ['sun'])],
};
const sunday = Date.parse('2026-03-22T02:00Z');
const hour = 3_600_000;
const week = 7 * 24 * hour;

describe('the plan', () => {
  const stored = (
    id: number,
    startsAtMs: number,
    more: Partial<StoredSilence & { isOpen: boolean }> = {},
  ) => ({
    ...{
      id,
      matcher: backup.matcher,
      owner: fileOwner,
      reason: 'backup: the file servers are copied',
    },
    ...{ startsAtMs, endsAtMs: startsAtMs + 2 * hour, isOpen: true, ...more },
  });
  const nothing = { add: [], move: [], withdraw: [] };
  const plan = (rows: ReturnType<typeof stored>[], atMs: number, silences = [backup]) =>
    planRecurring(silences, rows, atMs);

  test('of the first look: the occurrence of now, and the next within eight days, named by name and reason', () => {
    const { add, ...others } = plan([], sunday + hour);
    expect(others).toEqual({ move: [], withdraw: [] });
    expect(add.map(({ startsAtMs }) => startsAtMs)).toEqual([sunday, sunday + week]);
    const { id: _, isOpen: __, ...first } = stored(1, sunday);
    expect(add[0]).toEqual(first);
  });

  test('of what is stored already: nothing', () => {
    expect(plan([stored(1, sunday), stored(2, sunday + week)], sunday + hour)).toEqual(nothing);
  });

  test('of one that somebody ended: nothing, neither while it would last nor before it would begin', () => {
    const now = stored(1, sunday, { isOpen: false, endsAtMs: sunday + 60_000 });
    const next = stored(2, sunday + week, { isOpen: false, endsAtMs: sunday + 60_000 });
    expect(plan([now, next], sunday + hour)).toEqual(nothing);
  });

  test('of one that ends at another time now: its end is moved', () => {
    const longer = { ...backup, times: [utc('2:00', '5:00', ['sun'])] };
    const { add, move, withdraw } = plan(
      [stored(1, sunday), stored(2, sunday + week)],
      sunday + hour,
      [longer],
    );
    expect([add, withdraw]).toEqual([[], []]);
    expect(move).toEqual([
      { id: 1, endsAtMs: sunday + 3 * hour },
      { id: 2, endsAtMs: sunday + week + 3 * hour },
    ]);
  });

  test.each<[string, RecurringSilence[], number]>([
    ['was taken out', [], 0],
    ['is about something else', [{ ...backup, matcher: { devices: ['DB-*'] } }], 2],
    ['has another reason', [{ ...backup, reason: 'moved' }], 2],
    ['begins at another time', [{ ...backup, times: [utc('2:30', '4:00', ['sun'])] }], 2],
  ])('of one that %s: the old occurrences are withdrawn', (_, silences, added) => {
    const { add, move, withdraw } = plan(
      [stored(1, sunday), stored(2, sunday + week)],
      sunday + hour,
      silences,
    );
    expect([add.length, move, withdraw]).toEqual([added, [], [1, 2]]);
  });

  test('of one that two processes made at the same time: the second is withdrawn, also where the first was ended', () => {
    const rows = [stored(1, sunday), stored(2, sunday), stored(3, sunday + week)];
    expect(plan(rows, sunday + hour)).toEqual({ ...nothing, withdraw: [2] });
    const ended = [stored(1, sunday, { isOpen: false }), ...rows.slice(1)];
    expect(plan(ended, sunday + hour)).toEqual({ ...nothing, withdraw: [2] });
  });

  test('of two times that begin together: one occurrence, the longer one', () => {
    const times = [utc('2:00', '3:00', ['sun']), utc('2:00', '4:00', ['sun'])];
    for (const both of [times, times.toReversed()])
      expect(
        plan([], sunday, [{ ...backup, times: both }]).add.map(({ endsAtMs }) => endsAtMs - sunday),
      ).toEqual([2 * hour, 2 * hour + week]);
  });
});

test('what it hides names it, a repetition changes nothing, and what was taken out hides nothing', async () => {
  const always = { ...backup, times: [utc('0:00', '24:00')] };
  for (const _ of [1, 2]) await keepRecurring(database(), [always]);
  const listed = await listSilences(database(), {
    states: ['active', 'pending', 'over'],
    limit: 10,
  });
  expect(listed.map(({ state, owner }) => [state, owner])).toEqual([
    ['pending', fileOwner],
    ['active', fileOwner],
  ]);
  const hidden = async (id: string) => {
    const device = { name: 'SRV-1' };
    const page = [
      draft(id, { severity: 4, body: { device } }),
      draft(`${id}c`, { severity: 5, body: { device } }),
    ];
    const routes = [{ name: 'all', minSeverity: 0 as const, to: ['soc'] }];
    const silences = new SilenceReader(database(), quiet);
    await storePage(database(), { routes, events: page, silences });
    return database().$client`
      select s.reason from deliveries d join silences s on s.id = d.silence_id join events e on e.id = d.event_id
      where d.reason = 'silenced' and d.state = 'suppressed' and e.external_id = ${id}`;
  };
  expect([...(await hidden('1'))]).toEqual([{ reason: 'backup: the file servers are copied' }]);

  await keepRecurring(database(), []);
  expect(
    (await listSilences(database(), { states: ['active', 'pending', 'over'], limit: 10 })).map(
      ({ state, hidden }) => [state, hidden],
    ),
  ).toEqual([['over', 1]]);
  expect([...(await hidden('2'))]).toEqual([]);
});

test('one that was ended by hand stays ended, and one with another end goes on until then', async () => {
  const always = { ...backup, times: [utc('0:00', '24:00')] };
  await keepRecurring(database(), [always]);
  const [next, current] = await listSilences(database(), {
    states: ['active', 'pending'],
    limit: 10,
  });
  for (const { id } of [next!, current!])
    expect(await endSilence(database(), id, { owner: fileOwner, version: null })).toBeUndefined();
  await keepRecurring(database(), [always]);
  expect(await listSilences(database(), { states: ['active', 'pending'], limit: 10 })).toEqual([]);

  const other = { ...backup, name: 'other', times: [utc('0:00', '24:00')] };
  await keepRecurring(database(), [other]);
  await keepRecurring(database(), [{ ...other, times: [utc('0:00', '23:59')] }]);
  const listed = await listSilences(database(), { states: ['active', 'pending'], limit: 10 });
  expect(listed.map(({ startsAtMs, endsAtMs }) => (endsAtMs - startsAtMs) / 60_000)).toEqual([
    1439, 1439,
  ]);
});

test('one that a replica with the file before withdrew in a rollout is made again, and only once', async () => {
  const always = { ...backup, times: [utc('0:00', '24:00')] };
  for (const file of [[always], [], [always], [always]]) await keepRecurring(database(), file);
  const listed = await listSilences(database(), {
    states: ['active', 'pending', 'over'],
    limit: 10,
  });
  expect(listed.map(({ state, reason }) => [state, reason]).sort()).toEqual([
    ['active', 'backup: the file servers are copied'],
    ['over', 'backup: the file servers are copied (withdrawn)'],
    ['pending', 'backup: the file servers are copied'],
  ]);
});

test('nobody can be its owner, so that nothing that people made is withdrawn', async () => {
  const times = { startsAtMs: null, endsAtMs: null, forMs: hour };
  const request = { matcher: { types: ['A'] }, owner: ` ${fileOwner} `, reason: 'why', ...times };
  const rules = { maxMs: week, sources: ['a'], sinks: [], isEverythingAllowed: false };
  const problem = { code: 'silenceOwner', values: { owner: 'tocsin.yaml' } };
  expect(await addSilences(database(), [request], rules)).toEqual({
    refused: [{ index: 0, problem }],
  });
  expect(await addSilences(database(), [{ ...request, owner: 'anna' }], rules)).toMatchObject({
    added: [{}],
  });
  await keepRecurring(database(), []);
  expect(await listSilences(database(), { states: ['active', 'pending'], limit: 10 })).toHaveLength(
    1,
  );
});
