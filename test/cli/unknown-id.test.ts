// An id that stands for nothing is wrong usage, and those that there are are named.
import { expect, test } from 'vitest';
import { UsageError } from '../../src/cli/command.ts';
import { unknownId } from '../../src/cli/unknown-id.ts';

test.each([
  [['a', 'b'], 'No sink is called "x"; there is a, b.'],
  [[], 'No sink is called "x"; there is none.'],
])('of %j', (known, message) => {
  const error = unknownId('sink', 'x', known);
  expect(error).toBeInstanceOf(UsageError);
  expect(error.message).toBe(message);
});
