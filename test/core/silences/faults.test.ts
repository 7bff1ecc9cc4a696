// What a silence may not be, whoever asks for it.
import { describe, expect, test } from 'vitest';
import { parseInterval } from '../../../src/core/rules/schedule.ts';
import {
  endFaults,
  lengthFaults,
  recurringTextFaults,
  requestTextProblems,
  scopeFaults,
} from '../../../src/core/silences/faults.ts';
import { compileMatcher } from '../../../src/core/silences/index.ts';

describe('the texts', () => {
  test.each([
    [{ owner: 'anna', reason: 'upgrade' }, []],
    [{ owner: '', reason: '' }, ['has no owner', 'has no reason']],
    [{ owner: 'x'.repeat(101), reason: 'r' }, ['has an owner of more than 100 characters']],
    [{ owner: 'a', reason: '🔕'.repeat(500) }, []],
    [
      { owner: 'a\u202Eb', reason: 'r' },
      ['has line breaks, or characters that cannot be seen, in its owner'],
    ],
  ])('of a silence that people make: %j', (texts, problems) => {
    expect(requestTextProblems(texts)).toEqual(problems);
  });

  test.each([
    [{ name: 'backup', reason: 'each night' }, []],
    [{ name: undefined, reason: undefined }, []],
    [
      { name: 'x'.repeat(61), reason: '' },
      ['has a name of more than 60 characters', 'has no reason'],
    ],
  ])('of one that recurs, as far as they could be read: %j', (texts, problems) => {
    expect(recurringTextFaults(texts).map(({ problem }) => problem)).toEqual(problems);
  });
});

test.each([
  [false, false, 'has no end', []],
  [true, true, 'is written, and so is for', ['until']],
])('an end is written once: until %s, for %s', (until, isFor, problem, path) => {
  expect(endFaults({ until, for: isFor })).toMatchObject([{ path, problem }]);
  expect(endFaults({ until: true, for: false })).toEqual([]);
  expect(endFaults({ until: false, for: true })).toEqual([]);
});

test('one that recurs may not match every event', () => {
  const sources = ['di'];
  expect(scopeFaults(compileMatcher({}), sources)).toMatchObject([
    { path: [], problem: 'matches every event' },
  ]);
  expect(scopeFaults(compileMatcher({ types: ['RANSOM*'] }), sources)).toEqual([]);
});

test('no occurrence is longer than is allowed, over midnight and by the whole day', () => {
  const times = [
    { from: '02:00', to: '03:00' },
    { from: '23:30', to: '01:00' },
    { from: '00:00', to: '24:00' },
  ].map((one) => parseInterval({ ...one, timeZone: 'UTC' }));
  const paths = (maxMs: number) => lengthFaults(times, maxMs).map(({ path }) => path[1]);
  expect([3_600_000, 5_400_000, 86_400_000].map(paths)).toEqual([[1, 2], [2], []]);
});
