// From a page to the store, on a real Postgres: decided once, offered once, and no item can stop a
// page.

import { describe, expect, test } from 'vitest';
import { noticeEvent } from '../../../src/core/notices/notice.ts';
import type { EventDraft, Severity } from '../../../src/kit/event.ts';
import { resetSource } from '../../../src/store/cursors.ts';
import { draft, drafts, hold, storePage, useDatabase } from '../../store/stored.ts';

const database = useDatabase();
const nul = (id: number, more: Partial<EventDraft> = {}) =>
  draft(id, { type: 'A\u0000B', ...more });
const cursorOf = async (source: string) =>
  (await database().$client`select cursor from cursors where source = ${source}`).map(
    (row) => row.cursor,
  );
const typesById = async () => {
  const rows = await database()
    .$client`select external_id, type, severity from events where source = 'a' order by id`;
  return rows.map((row) => [row.external_id, row.type, row.severity]);
};

describe('a page', () => {
  test('says what is new, what was known, and what is to be sent to whom', async () => {
    const routes = [
      { name: 'all', minSeverity: 1 as Severity, to: ['soc'] },
      { name: 'high', minSeverity: 4 as Severity, to: ['boss'] },
    ];
    await storePage(database(), { routes, events: [draft(1)], cursor: 'c1' });
    const page = [draft(1), draft(2), draft(2, { type: 'SECOND' }), draft(3, { severity: 5 })];
    const stored = await storePage(database(), { routes, events: page, cursor: 'c3' });
    expect(stored?.events.map((event) => event.externalId)).toEqual(['2', '3']);
    expect(stored?.duplicates).toBe(2);
    expect(stored?.suppressed).toEqual([{ sink: 'boss', reason: 'below_min_severity' }]);
    const fresh = [...stored!.fresh].map(([sink, due]) => [
      sink,
      due.map((d) => [d.event.externalId, d.priority]),
    ]);
    expect(fresh).toEqual([
      [
        'soc',
        [
          ['2', 2],
          ['3', 0],
        ],
      ],
      ['boss', [['3', 0]]],
    ]);
    expect(await typesById()).toEqual([
      ['1', 'STATIC_ANALYSIS', 3],
      ['2', 'STATIC_ANALYSIS', 3],
      ['3', 'STATIC_ANALYSIS', 5],
    ]);
  });

  test('that is empty moves the cursor', async () => {
    expect((await storePage(database(), { events: [], cursor: 'c9' }))?.events).toEqual([]);
    expect(await cursorOf('a')).toEqual(['c9']);
  });
});

describe('an item that the database cannot hold', () => {
  test('is kept also if it looks like one that was replaced already', async () => {
    const raw = '{"base64":"\\u0000"}';
    const page = [
      draft(1),
      nul(2, { type: 'UNRECOGNISED', body: {}, raw }),
      nul(3, { type: 'UNRECOGNISED', raw }),
    ];
    expect((await storePage(database(), { events: page, cursor: 'c3' }))?.events).toHaveLength(3);
    expect(await cursorOf('a')).toEqual(['c3']);
  });

  test.each([1, 2, 5, 8])(
    'as number %i of eight keeps its place, its severity and its sinks',
    async (place) => {
      const page = drafts(1, 8).map((one, n) =>
        n + 1 === place ? nul(place, { severity: 5 }) : one,
      );
      const stored = await storePage(database(), { events: page, cursor: 'c8' });
      expect(stored?.events.map((event) => [event.externalId, event.severity])).toEqual(
        page.map((one) => [one.externalId, one.severity]),
      );
      expect(stored?.fresh.get('soc')).toHaveLength(8);
      expect(await typesById()).toEqual(
        page.map((one, n) => [
          one.externalId,
          n + 1 === place ? 'UNRECOGNISED' : 'STATIC_ANALYSIS',
          one.severity,
        ]),
      );
      const raw = await database()
        .$client`select raw::text as raw from events where type = 'UNRECOGNISED'`;
      expect(Buffer.from(JSON.parse(raw[0]?.raw).base64, 'base64').toString()).toBe(
        page[place - 1]!.raw,
      );
      expect(await cursorOf('a')).toEqual(['c8']);
    },
  );

  test.each([
    [1000, 'STATIC_ANALYSIS'],
    [1001, 'UNRECOGNISED'],
  ])('by its depth is known before it is tried: %i levels make it %s', async (depth, type) => {
    const raw = `${'{"a":['.repeat(depth / 2)}${depth % 2 ? '[]' : ''}${']}'.repeat(depth / 2)}`;
    await storePage(database(), { events: [draft(1, { raw })], cursor: 'c1' });
    expect(await typesById()).toEqual([['1', type, 3]]);
  });

  test('may be every one of them', async () => {
    const page = [1, 2, 3, 4, 5].map((id) => nul(id));
    expect((await storePage(database(), { events: page, cursor: 'c5' }))?.events).toHaveLength(5);
    expect(new Set((await typesById()).map(([, type]) => type))).toEqual(new Set(['UNRECOGNISED']));
  });

  test('leaves the cursor where it was until the whole page is stored', async () => {
    await storePage(database(), { events: [draft(1)], cursor: 'c1' });
    // Of the second half one cannot be stored whatever is tried, as if the process died there.
    const impossible = nul(5, { externalId: 'A\u0000B' });
    await expect(
      storePage(database(), { events: [...drafts(2, 3), impossible], cursor: 'c5' }),
    ).rejects.toThrow();
    expect(await cursorOf('a')).toEqual(['c1']);
  });
});

test('an error that is not about the text is thrown, and nothing becomes UNRECOGNISED', async () => {
  // Were it bisected, it would pass in the end.
  await database().$client`alter table events add constraint refused check (type = 'UNRECOGNISED')`;
  try {
    await expect(storePage(database(), { events: drafts(1, 3), cursor: 'c3' })).rejects.toThrow(
      'refused',
    );
  } finally {
    await database().$client`alter table events drop constraint refused`;
  }
  expect([await typesById(), await cursorOf('a')]).toEqual([[], []]);
});

test('in a later generation the same ids are new once more, and once only', async () => {
  await storePage(database(), { events: drafts(1, 2), cursor: 'c' });
  await resetSource(database(), 'a');
  expect(
    (await storePage(database(), { generation: 2, events: drafts(1, 2), cursor: 'c' }))?.events,
  ).toHaveLength(2);
  expect(
    (await storePage(database(), { generation: 2, events: drafts(1, 2), cursor: 'c' }))?.events,
  ).toEqual([]);
});

describe('a notice', () => {
  const paused = { kind: 'sink_paused', values: { sink: 'soc' } } as const;

  test('is said once under its key, whenever that is, to the named sinks whatever the routes say', async () => {
    for (const [key, atMs] of [
      ['soc 1', 0],
      ['soc 1', 60_000],
      ['soc 2', 60_000],
    ] as const)
      await storePage(database(), {
        routes: [],
        events: [],
        notices: [noticeEvent({ notice: paused, key, to: ['boss', 'archive'], nowMs: atMs })],
      });
    const rows = await database().$client`
      select sink, state, priority, count(*)::int as count from deliveries group by 1, 2, 3 order by 1`;
    expect(rows).toEqual([
      { sink: 'archive', state: 'pending', priority: 0, count: 2 },
      { sink: 'boss', state: 'pending', priority: 0, count: 2 },
    ]);
  });

  test('that all is well is no alarm', () => {
    const severityOf = (
      kind: 'watching' | 'sink_back' | 'sample' | 'source_reset' | 'source_rejected',
    ) => noticeEvent({ notice: { kind, values: {} }, key: 'k', to: [], nowMs: 0 }).draft.severity;
    expect((['watching', 'sink_back', 'sample'] as const).map(severityOf)).toEqual([1, 1, 1]);
    expect((['source_reset', 'source_rejected'] as const).map(severityOf)).toEqual([4, 4]);
  });

  test('is not stored by a holder that lost its role', async () => {
    const lease = await hold(database(), 'source:a');
    const stale = { ...lease, epoch: 0 };
    const said = [noticeEvent({ notice: paused, key: 'k', to: ['boss'], nowMs: 0 })];
    expect(
      await storePage(database(), { fence: stale, routes: [], events: [], notices: said }),
    ).toBeNull();
    expect(await database().$client`select 1 from events`).toEqual([]);
  });
});
