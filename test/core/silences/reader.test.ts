// Silences on the way from the database to a page, on a real Postgres: in time, at little cost, and
// never by what cannot be read.

import { expect, test } from 'vitest';
import { noticeEvent } from '../../../src/core/notices/notice.ts';
import { SilenceReader } from '../../../src/core/silences/reader.ts';
import { createLogger } from '../../../src/observe/log.ts';
import { readEvent } from '../../../src/store/history.ts';
import { endSilence, insertSilences } from '../../../src/store/silences.ts';
import { draft, drafts, quiet, storePage, useDatabase } from '../../store/stored.ts';

const database = useDatabase();
const both = [{ name: 'all', minSeverity: 0 as const, to: ['soc', 'boss'] }];
const hour = 3_600_000;
const written = (matcher: object, more: object = {}) => ({
  matcher: matcher as Record<string, unknown>,
  owner: 'anna',
  reason: 'patch night',
  startsAtMs: Date.now() - hour,
  endsAtMs: Date.now() + hour,
  ...more,
});
const stateOf = async () => {
  const rows = await database().$client`
    select e.external_id, d.sink, d.state, d.reason, d.silence_id from events e join deliveries d on d.event_id = e.id order by e.id, sink`;
  return rows.map((row) => [row.external_id, row.sink, row.reason ?? row.state, row.silence_id]);
};
/** A reader whose clock the test moves, and how often it asked. */
function reader() {
  let nowMs = 0;
  let queries = 0;
  const counted = new Proxy(database(), {
    get: (db, key) => {
      if (key === '$client') queries += 1;
      return Reflect.get(db, key);
    },
  });
  const silences = new SilenceReader(counted, quiet, () => nowMs);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { silences, pass, queries: () => queries };
}
const store = (page: ReturnType<typeof drafts>, { silences }: ReturnType<typeof reader>) =>
  storePage(database(), { routes: both, events: page, silences });

test('what a silence covers is stored as suppressed with its id, and offered to nobody; notices and the rest go out', async () => {
  const [id] = await insertSilences(database(), [written({ types: ['SPY*'], sinks: ['soc'] })]);
  const notice = noticeEvent({
    notice: { kind: 'watching', values: {} },
    key: 'k',
    to: ['soc'],
    nowMs: 0,
  });
  const page = [draft(1, { type: 'SPYWARE' }), draft(2)];
  const { silences } = reader();
  const stored = await storePage(database(), {
    routes: both,
    events: page,
    notices: [notice],
    silences,
  });
  expect(await stateOf()).toEqual([
    [expect.stringMatching(/^watching/), 'soc', 'pending', null],
    ['1', 'boss', 'pending', null],
    ['1', 'soc', 'silenced', id],
    ['2', 'boss', 'pending', null],
    ['2', 'soc', 'pending', null],
  ]);
  expect(stored?.suppressed).toEqual([{ sink: 'soc', reason: 'silenced' }]);
  expect([...stored!.fresh].map(([sink, due]) => [sink, due.length])).toEqual([
    ['boss', 2],
    ['soc', 1],
  ]);
});

test('not before it begins, and not after it ended, by the database’s clock also while nothing new is read', async () => {
  const soon = { startsAtMs: Date.now() + 60_000, endsAtMs: Date.now() + 120_000 };
  const [, , over] = await insertSilences(database(), [
    written({}, { startsAtMs: Date.now() - 2 * hour, endsAtMs: Date.now() - hour }),
    written({}, soon),
    written({ types: ['X'] }),
  ]);
  const { silences, pass } = reader();
  const active = async () => (await silences.current()).silences.map(({ id }) => id);
  expect(await active()).toEqual([over]);
  await endSilence(database(), over!, { owner: 'anna', version: null });
  pass(1999);
  expect(await active()).toEqual([over]);
  pass(1);
  expect(await active()).toEqual([]);
});

test('a silence that begins within the time for which the last reading holds begins when it says', async () => {
  await insertSilences(database(), [written({}, { startsAtMs: Date.now() + 1500 })]);
  const around = reader();
  await store([draft(1)], around);
  around.pass(1600);
  await store([draft(2)], around);
  expect((await stateOf()).map(([id, sink, state]) => [id, sink, state])).toEqual([
    ['1', 'boss', 'pending'],
    ['1', 'soc', 'pending'],
    ['2', 'boss', 'silenced'],
    ['2', 'soc', 'silenced'],
  ]);
});

test('an empty page asks for no silences, and pages in a row ask once in two seconds', async () => {
  const around = reader();
  await store([], around);
  expect(around.queries()).toBe(0);
  await Promise.all([store(drafts(1, 2), around), store(drafts(3, 2), around)]);
  await store(drafts(5, 2), around);
  expect(around.queries()).toBe(1);
  around.pass(2000);
  await store(drafts(7, 2), around);
  expect(around.queries()).toBe(2);
});

test('a silence of a newer release silences nothing, and is told once; the others do their work', async () => {
  const [newer] = await insertSilences(database(), [
    written({ moon: 'full' }),
    written({ types: ['STATIC*'] }),
  ]);
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const log = createLogger({ level: 'error', secrets: [], destination: { write } });
  let nowMs = 0;
  const silences = new SilenceReader(database(), log, () => nowMs);
  expect((await silences.current()).silences).toHaveLength(1);
  nowMs += 5000;
  const { silences: again } = await silences.current();
  expect(again.map(({ id }) => id)).toEqual([newer! + 1]);
  expect(lines).toMatchObject([
    { silence: newer, error: expect.stringContaining('moon is not a key that belongs here') },
  ]);
});

test('silences that cannot be read keep the page from being stored; it is read again', async () => {
  const silences = { current: () => Promise.reject(new Error('no answer')) };
  await expect(
    storePage(database(), { routes: both, events: drafts(1, 1), cursor: 'c', nowMs: 0, silences }),
  ).rejects.toThrow();
  expect(await stateOf()).toEqual([]);
});

test('what covers an event in a sink counts from the moment on that it is stored', async () => {
  const { silences } = reader();
  await store(drafts(1, 1), reader());
  const [row] = await database().$client`select id::text as id from events`;
  const event = (await readEvent(database(), { id: row!.id }))!;
  // What was read a moment ago does not count.
  await silences.current();
  expect(await silences.coverOf(event, 'soc')).toBeNull();
  const [id] = await insertSilences(database(), [written({ sinks: ['soc'] })]);
  expect(await silences.coverOf(event, 'soc')).toBe(id);
  expect(await silences.coverOf(event, 'boss')).toBeNull();
  await endSilence(database(), id!, { owner: null, version: null });
  expect(await silences.coverOf(event, 'soc')).toBeNull();
});
