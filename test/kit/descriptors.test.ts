// File descriptors: too few to start, few, enough; and what the limits of Linux look like.
import { expect, test } from 'vitest';
import {
  descriptorsMin,
  descriptorsWanted,
  isOutOfDescriptors,
  limitOf,
  shortageWarning,
  startProblem,
  visitorsMax,
} from '../../src/kit/descriptors.ts';

const limits = (
  soft: string,
) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             7821                 7821                 processes
Max open files            ${soft.padEnd(20)} 524288               files
Max locked memory         65536                65536                bytes
`;

test.each([
  ['160', 160],
  ['1048576', 1_048_576],
  ['unlimited', undefined],
])('a soft limit of %s', (soft, expected) => expect(limitOf(limits(soft))).toBe(expected));

test('a system that says nothing of limits', () => expect(limitOf('')).toBeUndefined());

test.each<[number | undefined, boolean, boolean]>([
  [20, true, true],
  [160, true, true],
  [descriptorsMin - 1, true, true],
  [descriptorsMin, false, true],
  [descriptorsWanted - 1, false, true],
  [descriptorsWanted, false, false],
  [undefined, false, false],
])('%s descriptors: too few to start %s, worth a warning %s', (limit, isTooFew, isWarned) => {
  expect(startProblem(limit)).toEqual(
    isTooFew ? expect.stringMatching(`${limit} file.* 256 .*LimitNOFILE`) : undefined,
  );
  expect(shortageWarning(limit)).toEqual(
    isWarned ? expect.stringMatching(`${limit} file.*LimitNOFILE`) : undefined,
  );
});

test.each<[number | undefined, number]>([
  [descriptorsMin, 24],
  [descriptorsWanted - 4, 127],
  [descriptorsWanted, 128],
  [65_536, 128],
  [100, 8],
  [undefined, 128],
])('with %s descriptors, %s visitors at once', (limit, visitors) =>
  expect(visitorsMax(limit, 128)).toBe(visitors),
);

test('the process and the machine may run out of them', () => {
  expect(['EMFILE', 'ENFILE', 'ECONNREFUSED', undefined].map(isOutOfDescriptors)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
