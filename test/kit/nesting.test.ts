import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNestedDeeper } from '../../src/kit/nesting.ts';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test('the depth of any JSON is told, whatever stands in its strings', () => {
  const hostile = fc.string({ unit: fc.constantFrom('[', '{', ']', '}', '"', '\\', 'a') });
  const json = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 6 },
      hostile,
      fc.integer(),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(hostile, tie('any'), { maxKeys: 3 }),
    ),
  })).any;
  fc.assert(
    fc.property(json, fc.nat(6), (value, depthMax) => {
      expect(isNestedDeeper(JSON.stringify(value), depthMax)).toBe(depthOf(value) > depthMax);
    }),
    { numRuns: 2000 },
  );
});

test('many brackets side by side are not deep, and a hundred thousand levels are', () => {
  expect(isNestedDeeper(JSON.stringify(Array.from({ length: 5000 }, () => [{}])), 1000)).toBe(
    false,
  );
  expect(isNestedDeeper('['.repeat(100_000) + ']'.repeat(100_000), 1000)).toBe(true);
});

test('a text of many megabytes beside many brackets is read to its end', () => {
  const text = 'x"'.repeat(10_000_000);
  expect(
    isNestedDeeper(JSON.stringify([Array.from({ length: 2000 }, () => [1]), text]), 1000),
  ).toBe(false);
});
