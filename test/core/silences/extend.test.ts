// When a silence may get another end, and what is said when it may not.
import { expect, test } from 'vitest';
import { extensionProblem } from '../../../src/core/silences/extend.ts';
import type { ListedSilence } from '../../../src/kit/records/silence.ts';
import { refusalText } from '../../../src/kit/refusals.ts';

const hourMs = 3_600_000;
const nowMs = Date.parse('2026-02-03T10:00:00Z');
const silence = (more: Partial<ListedSilence> = {}): ListedSilence => ({
  ...{ id: 1, matcher: {}, owner: 'ann', reason: 'works', hidden: 0, version: 'a' },
  ...{ startsAtMs: nowMs - hourMs, endsAtMs: nowMs + hourMs, state: 'active' },
  ...more,
});
const problem = (hours: number, more: Partial<ListedSilence> = {}) => {
  const times = { endsAtMs: nowMs + hours * hourMs, nowMs, maxMs: 24 * hourMs };
  const found = extensionProblem(silence(more), times);
  return found && refusalText(found);
};

test('it may end later, as far ahead as a new one may reach', () => {
  expect([1.1, 2, 24].map((hours) => problem(hours))).toEqual([undefined, undefined, undefined]);
  expect(problem(24.1)).toBe(
    'Silence 1 would end more than 24 hours ahead, the most that is allowed.',
  );
});

test('one that has not begun counts from its beginning', () => {
  const later = { startsAtMs: nowMs + 9 * hourMs, endsAtMs: nowMs + 10 * hourMs };
  expect(problem(33, { ...later, state: 'pending' })).toBeUndefined();
  expect(problem(34, { ...later, state: 'pending' })).toContain('more than 24 hours ahead');
});

test.each([
  ['is no later', 1, {}, 'ends 2026-02-03T11:00:00.000Z already. Name a later time, or end it'],
  ['is sooner', 0.5, {}, 'ends 2026-02-03T11:00:00.000Z already. Name a later time, or end it'],
  ['is of one that is over', 2, { state: 'over' as const }, 'is over. Make a new one'],
  ['is of one that recurs', 2, { owner: 'tocsin.yaml' }, 'is written in tocsin.yaml, which says'],
])('an end that %s is refused', (_, hours, more, words) => {
  expect(problem(hours, more)).toContain(words);
});
