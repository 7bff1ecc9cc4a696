// Ids that were passed over are waited for, for a while and so many.
import { expect, test } from 'vitest';
import { MissingIds } from '../../src/operations/missing-ids.ts';

test('what is between two events is waited for until it comes, or its time is over', () => {
  const missing = new MissingIds({ waitMs: 100, max: 10 });
  missing.note(5, [6, 9], 0);
  expect(missing.waitedFor(0)).toEqual([7, 8]);
  missing.note(9, [8], 50);
  expect(missing.waitedFor(100)).toEqual([7]);
  missing.note(9, [11], 90);
  expect(missing.waitedFor(101)).toEqual([10]);
  missing.clear();
  expect(missing.waitedFor(101)).toEqual([]);
});

test('of a great many only the newest are', () => {
  const missing = new MissingIds({ waitMs: 100, max: 3 });
  missing.note(0, [1_000_000_000], 0);
  expect(missing.waitedFor(0)).toEqual([999_999_997, 999_999_998, 999_999_999]);
  missing.note(1_000_000_000, [1_000_000_003], 1);
  expect(missing.waitedFor(1)).toEqual([999_999_999, 1_000_000_001, 1_000_000_002]);
});

test('an early one alone notes nothing', () => {
  const missing = new MissingIds({ waitMs: 100, max: 10 });
  missing.note(9, [3], 0);
  missing.note(9, [], 0);
  expect(missing.waitedFor(0)).toEqual([]);
});
