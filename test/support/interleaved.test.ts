// What the order of the test files promises: none is lost, and both kinds come all the time.
import { expect, test } from 'vitest';
import { interleave } from './interleaved.ts';

test.each<readonly [string, string, string]>([
  ['', '', ''],
  ['abc', '', 'abc'],
  ['', 'xyz', 'xyz'],
  ['ab', 'xyzu', 'axybzu'],
  ['abcd', 'x', 'axbcd'],
])('%j and %j are put together as %j', (left, right, both) => {
  expect(interleave([...left], [...right]).join('')).toBe(both);
});
