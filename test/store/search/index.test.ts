// Whatever is searched for: the steps together find what a reader of every row finds, the newest
// first, each once; on Postgres and on the embedded database.
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { EventDraft, Severity } from '../../../src/kit/event.ts';
import { isFoundBy, type KeyKind, keyKinds } from '../../../src/kit/event-keys.ts';
import type { Decision } from '../../../src/kit/records/decision.ts';
import type { FoundEvent, SearchFilter } from '../../../src/kit/records/search.ts';
import { type Database, databaseOf } from '../../../src/store/database.ts';
import { insertPage } from '../../../src/store/events.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { searchEvents, searchOn } from '../../../src/store/search/index.ts';
import { useEmbedded } from '../embedded/opened.ts';
import { draft, useDatabase } from '../stored.ts';
import { fillMany, searchAll } from './many.ts';

const database = useDatabase();
const place = useEmbedded();

const toSinks = (index: number): Decision[] => [
  { sink: `s${index % 3}`, state: 'pending', reason: null, priority: index % 5 },
  { sink: 'chat', state: 'suppressed', reason: 'muted', priority: 1 },
];

async function store(db: Database, drafts: readonly EventDraft[], source = 'di') {
  const events = drafts.map((one, index) => ({
    draft: one,
    routes: [],
    decisions: toSinks(index),
  }));
  await insertPage(db, { fence: null, source, events, cursor: null });
}

/** The next events get ids from here on. */
async function goOnAt(db: Database, id: number): Promise<void> {
  await db.$client`select setval(pg_get_serial_sequence('events', 'id'), ${id}::bigint)`;
}

const words = ['a', 'b', 'c'] as const;

/** Numbered drafts of a small world, so that they share most of their values. */
function worldOf(count: number): EventDraft[] {
  const pick = (n: number, salt: number) => words[(n * 7 + salt * n * n) % words.length]!;
  return Array.from({ length: count }, (_, n) =>
    draft(n, {
      severity: (n % 6) as Severity,
      type: n % 5 === 0 ? 'RANSOMWARE' : 'STATIC_ANALYSIS',
      subject: `event/${n - (n % 2)}`,
      status: n % 4 === 0 ? null : 'OPEN',
      body: {
        ...(n % 3 > 0 && { itemId: String(n - (n % 2)) }),
        device: { id: pick(n, 1), name: `WS-${pick(n, 2)}`, ip: `10.0.0.${n % 3},${n % 2}::1` },
        user: `SHOP\\${pick(n, 3)},${pick(n, 4)}`,
        file: { hash: pick(n, 5), path: `C:\\Temp\\${n}.exe`, size: n },
      },
    }),
  );
}

/** Some with keys, some as an earlier release stored them, over several blocks of the index. */
async function fill(db: Database): Promise<readonly FoundEvent[]> {
  await db.$client`delete from events`;
  await db.$client`delete from deliveries`;
  await goOnAt(db, 1);
  const world = worldOf(240);
  for (const [index, at] of [10, 8_170, 8_300, 60_000, 200_000, 209_000].entries()) {
    await goOnAt(db, at);
    await store(db, world.slice(index * 40, (index + 1) * 40), index % 2 ? 'di' : 'other');
    if (index < 2) await db.$client`update events set keys = null`;
  }
  await db.$client`update events set keys = null where id % 11 = 0`;
  return (await searchAll(db, {}, 200)).found;
}

describe.each(['Postgres', 'the embedded database'])('on %s', (which) => {
  let db: Database;
  beforeEach(async () => {
    if (which === 'Postgres') {
      db = database();
      return;
    }
    const { sql } = await place.open();
    await migrate(sql);
    db = databaseOf(sql);
  });

  test('a value finds exactly the events that have it', { timeout: 120_000 }, async () => {
    const all = await fill(db);
    expect(all).toHaveLength(240);
    const value = fc.constantFrom(
      ...['a', 'B', 'ws-a', 'shop\\a', 'SHOP\\a,b', '10.0.0.1', '0::1', '10', '101', 'event/20'],
      ...['absent', 'event/absent', 'event/100'],
    );
    const sought = fc.record({ kind: fc.constantFrom<KeyKind>(...keyKinds), value });
    await fc.assert(
      fc.asyncProperty(
        fc.array(sought, { minLength: 1, maxLength: 2 }),
        fc.constantFrom(3, 50),
        async (values, limit) => {
          const { found } = await searchAll(db, { values }, limit);
          const expected = all.filter((one) =>
            values.every(({ kind, value }) => isFoundBy(one, kind, value)),
          );
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: which === 'Postgres' ? 60 : 15 },
    );
    for (const kind of keyKinds)
      expect(
        all.some(
          (one) =>
            isFoundBy(one, kind, 'a') ||
            isFoundBy(one, kind, '10') ||
            isFoundBy(one, kind, '10.0.0.1') ||
            isFoundBy(one, kind, 'event/20'),
        ),
      ).toBe(true);
  });

  test('every other filter finds what a reader of each row finds', async () => {
    const all = await fill(db);
    const cases: [SearchFilter, (one: FoundEvent) => boolean][] = [
      [{ severities: [3, 5] }, ({ severity }) => severity === 3 || severity === 5],
      [{ types: ['RANSOMWARE'] }, ({ type }) => type === 'RANSOMWARE'],
      [{ streams: ['none'] }, () => false],
      [{ sources: ['other'] }, ({ source }) => source === 'other'],
      [{ statuses: ['OPEN'] }, ({ status }) => status === 'OPEN'],
      [
        { text: 'c:\\tEMP\\17' },
        ({ body }) => body.file?.path?.startsWith('C:\\Temp\\17') === true,
      ],
      [{ text: 'ransom' }, ({ type }) => type === 'RANSOMWARE'],
      [{ sink: 's1' }, ({ deliveries }) => deliveries.some(({ sink }) => sink === 's1')],
      [{ states: ['suppressed'] }, () => true],
      [
        { states: ['pending'], sink: 's2' },
        ({ deliveries }) => deliveries.some(({ sink }) => sink === 's2'),
      ],
      [{ states: ['pending'], sink: 'chat' }, () => false],
      [{ states: ['pending'] }, () => true],
      [
        { values: [{ kind: 'hash', value: 'a' }], severities: [4], sources: ['di'] },
        ({ source, severity, body }) =>
          source === 'di' && severity === 4 && body.file?.hash === 'a',
      ],
    ];
    for (const [filter, isExpected] of cases) {
      const { found } = await searchAll(db, filter);
      expect(
        found.map(({ id }) => id),
        JSON.stringify(filter),
      ).toEqual(all.filter(isExpected).map(({ id }) => id));
    }
  });
});

test('the words of the form itself are no text of an event', async () => {
  await store(database(), [draft(1, { body: { device: { name: 'x' } } })]);
  expect((await searchAll(database(), { text: 'device' })).ids).toEqual([]);
  expect((await searchAll(database(), { text: 'X' })).ids).toEqual(['1']);
});

test('text in quotes, in Thai and with signs of SQL is found as it is', async () => {
  const name = `"ก่อน" 50% _a\\b'; drop table events`;
  await store(database(), [draft(1, { body: { file: { name } } }), draft(2)]);
  for (const text of [name, '50%', '_a\\', 'ก่อน', '"ก', "'; DROP", 'a\\b'])
    expect((await searchAll(database(), { text })).ids, text).toEqual(['1']);
  expect((await searchAll(database(), { text: '5_%' })).ids).toEqual([]);
});

test('dead deliveries are found by their state, of one sink or of any', async () => {
  const db = database();
  await store(db, worldOf(30));
  await db.$client`
    update deliveries set state = 'dead', reason = 'rejected', finalized_at = now()
    where sink = 's1' or (sink = 's2' and event_id % 2 = 0)`;
  const [{ count } = {}] = await db.$client`
    select count(distinct event_id)::int as count from deliveries where state = 'dead'`;
  expect((await searchAll(db, { states: ['dead'] })).ids).toHaveLength(count);
  expect((await searchAll(db, { states: ['dead'], sink: 's1' })).ids).toHaveLength(10);
  expect((await searchAll(db, { states: ['dead'], sink: 's0' })).ids).toEqual([]);
});

test('what Tocsin says of itself is found only by its source', async () => {
  await store(database(), [draft(1)]);
  await store(database(), [draft('n')], 'tocsin');
  expect((await searchAll(database(), {})).ids).toEqual(['1']);
  expect((await searchAll(database(), { sources: ['tocsin'] })).ids).toEqual(['n']);
});

test('a time finds the events that arrived in it', async () => {
  const db = database();
  await store(db, worldOf(100));
  await db.$client`
    update events set received_at = '2026-03-02T00:00:00Z'::timestamptz + (external_id || ' h')::interval`;
  const at = (hour: number) => Date.parse('2026-03-02T00:00:00Z') + hour * 3_600_000;
  const { ids } = await searchAll(db, { sinceMs: at(10), untilMs: at(20) });
  expect(ids).toEqual(['19', '18', '17', '16', '15', '14', '13', '12', '11', '10']);
});

test('a filter that fits nothing ends, and says how far each step came', async () => {
  await fillMany(database(), { count: 12_000, gap: 1 });
  const { found, steps } = await searchAll(database(), { types: ['NONE'] });
  expect([found.length, steps]).toEqual([0, 3]);
  const text = await searchAll(database(), { text: 'none of it' });
  expect([text.found.length, text.steps]).toEqual([0, 6]);
  const step = await searchEvents(database(), { types: ['NONE'] }, { range: null, limit: 5 });
  expect(step).toMatchObject({ events: [], next: { beforeId: 7001 } });
  expect(step.searchedTo).toMatch(/^20.*Z$/);
});

test('several steps find as much as is wanted, all, or what they come to', async () => {
  await fillMany(database(), { count: 12_000, gap: 1 });
  await database().$client`update events set type = 'RARE' where id in (100, 200, 6000, 11000)`;
  const filter = { types: ['RARE'] };
  const search = async (choice: { limit?: number; stepsMax?: number; isOver?: () => boolean }) => {
    const all = { range: null, limit: 9, stepsMax: 9, isOver: () => false, ...choice };
    const { events, next } = await searchOn(database(), filter, all);
    return [events.map(({ externalId }) => externalId), next?.beforeId];
  };
  expect(await search({})).toEqual([['11000', '6000', '200', '100'], undefined]);
  expect(await search({ limit: 3 })).toEqual([['11000', '6000', '200'], 200]);
  expect(await search({ stepsMax: 2 })).toEqual([['11000', '6000'], 2001]);
  expect(await search({ isOver: () => true })).toEqual([['11000'], 7001]);
});
