// Which sweep is due when, what it asks for, and what an answer moves.
import { describe, expect, test } from 'vitest';
import { neverSwept, nowhere } from '../../../../src/sources/deepinstinct/changes/position.ts';
import {
  advanced,
  dueInMs,
  filterOf,
  isHeeded,
  runOf,
  sweepEveryMs,
  tasksOf,
} from '../../../../src/sources/deepinstinct/changes/sweep.ts';
import { parsePage } from '../../../../src/sources/deepinstinct/page.ts';

const nowMs = Date.parse('2026-03-05T12:00:00Z');
const minuteMs = 60_000;
const pace = { streams: ['event', 'suspicious'], budget: 6 } as const;
const [closed, recurred, reopened] = tasksOf(['event']) as [
  ReturnType<typeof tasksOf>[0],
  ReturnType<typeof tasksOf>[0],
  ReturnType<typeof tasksOf>[0],
];
const page = (...items: object[]) => parsePage(JSON.stringify({ last_id: 1, events: items }));
const closedAt = (id: number, time: unknown) => ({ id, close_timestamp: time, type: 'A' });
const time = { nowMs, watchForMs: 86_400_000 };

test('sweeps take some third of the budget, and none is made more often than twice a minute', () => {
  expect(sweepEveryMs('closed', pace)).toBe(2 * minuteMs);
  expect(sweepEveryMs('recurred', { ...pace, streams: ['event'] })).toBe(minuteMs);
  expect(sweepEveryMs('recurred', { ...pace, budget: 600 })).toBe(minuteMs / 2);
  expect(sweepEveryMs('reopened', pace)).toBe(10 * minuteMs);
  for (const budget of [1, 6, 20]) {
    const perMinute = tasksOf(pace.streams).reduce(
      (sum, { sweep }) => sum + minuteMs / sweepEveryMs(sweep, { ...pace, budget }),
      0,
    );
    expect(perMinute / budget).toBeCloseTo(0.367);
  }
});

describe('a sweep is due', () => {
  const due = (sweep: object, atMs = nowMs) =>
    dueInMs(
      closed,
      { ...nowhere, sweeps: { 'event closed': { ...neverSwept, ...sweep } } },
      { ...pace, nowMs: atMs },
    );

  test('at once if it was never made, or is not at its end', () => {
    expect(dueInMs(closed, nowhere, { ...pace, nowMs })).toBe(0);
    const run = { from: '', to: '', after: 1, latest: null };
    expect(due({ doneMs: nowMs, run })).toBe(0);
  });

  test('when its time is over, or the clock went back', () => {
    expect(due({ doneMs: nowMs - minuteMs })).toBe(minuteMs);
    expect(due({ doneMs: nowMs - 3 * minuteMs })).toBe(-minuteMs);
    expect(due({ doneMs: nowMs + 86_400_000 })).toBe(0);
  });
});

describe('what is asked for', () => {
  test('reaches from before what was seen to beyond every clock that is right', () => {
    const sweep = { ...neverSwept, reached: '2026-03-05T11:00:00.000Z' };
    const run = runOf(closed, sweep, time);
    expect(filterOf('closed', run)).toEqual({
      close_timestamp: { from: '2026-03-05T10:50:00.000Z', to: '2026-03-06T12:00:00.000Z' },
    });
    expect(filterOf('recurred', runOf(recurred, sweep, time))).toEqual({
      last_reoccurrence: { from: '2026-03-05T10:58:00.000Z', to: '2026-03-06T12:00:00.000Z' },
    });
    expect(filterOf('reopened', runOf(reopened, sweep, time))).toEqual({
      status: ['REOPEN'],
      insertion_timestamp: { from: '2026-03-04T12:00:00.000Z', to: '2026-03-06T12:00:00.000Z' },
    });
  });

  test('begins an hour back at first, and never ahead of our own clock', () => {
    expect(runOf(closed, neverSwept, time).from).toBe('2026-03-05T10:50:00.000Z');
    const ahead = { ...neverSwept, reached: '2027-01-01T00:00:00.000Z' };
    expect(runOf(closed, ahead, time).from).toBe('2026-03-05T11:50:00.000Z');
  });

  test('goes on where the page before ended', () => {
    const run = { from: 'a', to: 'b', after: 50, latest: null };
    expect(runOf(closed, { ...neverSwept, run }, time)).toBe(run);
  });
});

describe('an answer', () => {
  const run = runOf(closed, neverSwept, time);
  const inside = '2026-03-05T11:30:00.000000Z';

  test.each<[string, object[], boolean]>([
    ['that is empty', [], true],
    ['with what was asked for', [closedAt(1, inside)], true],
    ['with garbage beside it', [closedAt(1, inside), ['x']], true],
    ['with an older one', [closedAt(1, '2026-03-04T11:30:00Z')], false],
    ['with one of another age', [closedAt(1, '2028-03-04T11:30:00Z')], false],
    ['with one that is not closed', [closedAt(1, inside), closedAt(2, null)], false],
  ])('%s is heeded: %s', (_, items, expected) => {
    expect(isHeeded('closed', run, page(...items))).toBe(expected);
  });

  test('of what was opened again holds nothing else', () => {
    expect(isHeeded('reopened', run, page({ id: 1, status: 'REOPEN' }))).toBe(true);
    expect(isHeeded('reopened', run, page({ id: 1, status: 'OPEN' }))).toBe(false);
  });

  test('moves the position to the latest time of the console, and not back', () => {
    const sweep = { ...neverSwept, reached: '2026-03-05T11:00:00.000Z' };
    const facts = { sweep, run, nowMs };
    const last = page(closedAt(1, inside), closedAt(2, '2026-03-05T11:10:00Z'));
    expect(advanced('closed', { ...facts, page: last })).toEqual({
      ...{ reached: '2026-03-05T11:30:00.000Z', doneMs: nowMs, run: null },
    });
    expect(advanced('closed', { ...facts, page: page() }).reached).toBe(sweep.reached);
    expect(advanced('closed', { sweep: neverSwept, run, nowMs, page: page() }).reached).toBe(
      run.from,
    );
  });

  test('of a whole page goes on behind it, and moves the position at the end alone', () => {
    const items = Array.from({ length: 50 }, (_, index) => closedAt(index + 1, inside));
    const next = advanced('closed', { sweep: neverSwept, run, page: page(...items), nowMs });
    expect(next).toEqual({
      ...{ reached: null, doneMs: null },
      run: { ...run, after: 50, latest: '2026-03-05T11:30:00.000Z' },
    });
    const end = advanced('closed', { sweep: next, run: next.run!, page: page(), nowMs });
    expect(end.reached).toBe('2026-03-05T11:30:00.000Z');
  });
});
