// The stored position: how it moves on and back, what it survives, and how people read it.
import { describe, expect, test } from 'vitest';
import {
  advance,
  backOf,
  type Cursor,
  describeCursor,
  formatCursor,
  hasTakenNumber,
  isAt,
  isSameTime,
  latestMsOf,
  measuredBy,
  numberBefore,
  type Place,
  parseCursor,
} from '../../../src/sources/deepinstinct/cursor.ts';
import {
  minutesAgo as at,
  drain,
  externalIds,
  failure,
  nowMs,
  numbers,
  sourceOf,
  startFakeTenant,
} from './fake-tenant.ts';

const inserted = '2026-02-03T01:00:54.123456Z';
const words = 'up to event 17000, inserted 2026-02-03T01:00:54.123Z';

test.each([
  [{ id: 17000, at: inserted, start: 0 }, words],
  [{ id: 17000, at: null, start: 0 }, 'up to event 17000'],
  [{ id: 17000, at: 'soon', start: 0 }, 'up to event 17000, inserted soon'],
  [{ id: 17000, at: inserted, start: 16950 }, `${words}, announced from event 16951 on`],
  [
    { id: 17000, at: inserted, start: 0, before: { id: 12, at: null } },
    `${words}, leapt there from event 12`,
  ],
  [{ id: 0, at: null, start: 0 }, 'nothing yet, from the first event on'],
  [17000, 'up to event 17000, announced from event 17001 on'],
  [{ id: 'x' }, undefined],
  [{ offset: 5 }, undefined],
  [null, undefined],
  [[], undefined],
])('%j reads: %s', (cursor, expected) => {
  expect(describeCursor(JSON.stringify(cursor))).toBe(expected);
});

test('what is no JSON is no position of this source', () => {
  expect(describeCursor('{')).toBeUndefined();
});

test('reads the number that an operator wrote in place of a cursor, and refuses anything else', async () => {
  const tenant = await startFakeTenant();
  tenant.streams.events.ids = numbers(95, 20);
  expect(externalIds(await drain(sourceOf(tenant), '110'))).toEqual(['111', '112', '113', '114']);
  for (const cursor of ['', 'x', '-1', '{"id":"5"}', '[]', 'null']) {
    expect(await failure(tenant, cursor)).toMatchObject({
      reason: 'malformed',
      message: expect.stringContaining('source reset'),
    });
  }
});

describe('a cursor', () => {
  const whole: Cursor = {
    id: 100,
    at: at(50),
    start: 10,
    latest: at(40),
    before: { id: 20, at: at(70), latest: at(60) },
    vanished: [{ id: 300, at: null }],
  };

  test('is the same after it was stored', () => {
    expect(parseCursor(formatCursor(whole))).toEqual(whole);
    const bare = { id: 5, at: null, start: 0 };
    expect(parseCursor(formatCursor(bare))).toEqual(bare);
    expect(parseCursor('7')).toEqual({ id: 7, at: null, start: 7 });
  });

  test.each([
    ['a way back that goes forwards', { before: { id: 100, at: null } }, {}],
    ['a way back without a number', { before: { at: null } }, {}],
    ['a latest time that is no text', { latest: 5 }, {}],
    ['vanished items that are none', { vanished: [null, { id: -1, at: null }] }, { vanished: [] }],
    ['vanished items in no list', { vanished: 'x' }, {}],
  ])('with %s is as good without', (_what, hint, kept) => {
    const stored = JSON.stringify({ id: 100, at: null, start: 0, ...hint });
    expect(parseCursor(stored)).toEqual({ id: 100, at: null, start: 0, ...kept });
  });

  test.each(['{"id":1.5}', '{"id":1,"start":-1}', '{"id":1,"at":7}', '{"start":1}', '1e300'])(
    'is not what %s says',
    (text) => {
      expect(() => parseCursor(text)).toThrow('tocsin source reset');
    },
  );
});

describe('a cursor that moves on', () => {
  const cursor: Cursor = { id: 100, at: at(50), start: 10 };
  const on = (from: Cursor, ...items: [number | undefined, string | null][]) =>
    advance(
      from,
      items.map(([id, its]) => ({ id, at: its })),
      nowMs,
    );

  test('stands at the newest item, and keeps where it started', () => {
    expect(on(cursor, [101, at(40)], [102, at(30)])).toEqual({ id: 102, at: at(30), start: 10 });
  });

  test('stays where nothing new was read, and learns the time of its own item', () => {
    expect(on(cursor)).toEqual(cursor);
    expect(on(cursor, [99, at(51)], [100, at(50)])).toEqual(cursor);
    expect(on({ ...cursor, at: null }, [100, at(50)])).toEqual(cursor);
    expect(on(cursor, [undefined, at(1)])).toEqual(cursor);
  });

  test('keeps the time of a late item, which is later than its own', () => {
    expect(on(cursor, [99, at(20)], [100, at(50)])).toEqual({ ...cursor, latest: at(20) });
    expect(on({ ...cursor, latest: at(20) }, [101, at(40)])).toMatchObject({ latest: at(20) });
    expect(on({ ...cursor, latest: at(20) }, [101, at(10)])).not.toHaveProperty('latest');
    // Nobody can have inserted anything two days from now.
    expect(on(cursor, [99, at(-2 * 24 * 60)])).not.toHaveProperty('latest');
  });

  test('remembers where it leapt from, until an item follows at hand', () => {
    const leapt = on(cursor, [151, at(1)]);
    expect(leapt).toMatchObject({ id: 151, before: { id: 100, at: at(50) } });
    expect(on(cursor, [101, at(3)], [152, at(1)]).before).toEqual({ id: 101, at: at(3) });
    expect(on(cursor, [150, at(1)])).not.toHaveProperty('before');
    expect(on(leapt, [152, at(1)])).not.toHaveProperty('before');
    expect(on(leapt).before).toEqual(leapt.before);
  });

  test('goes back to before a leap, and remembers what vanished', () => {
    const leapt = on({ ...cursor, latest: at(20) }, [5000, at(1)]);
    expect(backOf(leapt)).toEqual({
      ...{ ...cursor, latest: at(20) },
      vanished: [{ id: 5000, at: at(1) }],
    });
    expect(backOf(cursor)).toBeUndefined();
  });

  test('remembers each number once, those at hand alone, and twenty at most', () => {
    const before = { id: 20_000, at: null };
    const from = (vanished: Place[]) =>
      backOf({ id: 90_000, at: at(1), start: 0, before, vanished })?.vanished;
    expect(from([{ id: 90_000, at: at(9) }])).toEqual([{ id: 90_000, at: at(9) }]);
    expect(from([{ id: 10_000, at: null }])).toEqual([{ id: 90_000, at: at(1) }]);
    const many = numbers(20_001, 30).map((id) => ({ id, at: null }));
    expect(from(many)?.map(({ id }) => id)).toEqual(numbers(20_001, 20));
  });
});

test.each([
  ['the same time', 30, at(5), at(5), false],
  ['another time', 30, at(5), at(6), true],
  ['a time that nobody knew', 30, null, at(6), true],
  ['no time any more', 30, at(5), null, true],
  ['another number', 31, at(5), at(6), false],
])(
  'an item of %s, where 30 has vanished: its number is taken: %s',
  (_what, id, before, now, isTaken) => {
    expect(hasTakenNumber({ id, at: now }, [{ id: 30, at: before }])).toBe(isTaken);
    expect(hasTakenNumber({ id, at: now })).toBe(false);
  },
);

test.each([
  [at(5), at(5), true],
  ['2026-03-04T10:40:00Z', '2026-03-04T17:40:00.900+07:00', true],
  ['2026-03-04T10:40:00Z', '2026-03-04T10:40:01.001Z', false],
  [null, at(5), undefined],
  ['soon', at(5), undefined],
])('%s and %s are the same time: %s', (before, now, isSame) => {
  expect(isSameTime(before, now)).toBe(isSame);
});

test('what else a tenant shows measures a cursor without a time, and no other', () => {
  const cursor: Cursor = { id: 100, at: null, start: 0 };
  const items = [
    { id: 7, at: at(20) },
    { id: 8, at: null },
  ];
  expect(measuredBy(cursor, items, nowMs)).toEqual({ ...cursor, latest: at(20) });
  expect(latestMsOf(measuredBy(cursor, items, nowMs), nowMs)).toBe(Date.parse(at(20)));
  expect(measuredBy(cursor, [], nowMs)).toEqual(cursor);
  const known = { ...cursor, at: at(50) };
  expect(measuredBy(known, items, nowMs)).toBe(known);
});

test('a place is its number and its time, and is shown beyond the number before it', () => {
  const place = { id: 7, at: at(5) };
  expect(isAt({ id: 7, at: at(5) }, place)).toBe(true);
  expect(isAt({ id: 7, at: null }, place)).toBe(false);
  expect(isAt({ id: 8, at: at(5) }, place)).toBe(false);
  expect(numberBefore(place)).toBe(6);
  expect(numberBefore({ id: 0 })).toBe(0);
});
