// Where the command stands among the words of a command line.
import { expect, test } from 'vitest';
import { firstOperand } from '../../src/cli/level.ts';

test.each([
  ['dead list', 0],
  ['--json list', 1],
  ['--sink soc list', 2],
  ['--sink=soc list', 1],
  ['-s soc list', 2],
  ['--sink', -1],
  ['--json -- list', -1],
  ['- list', 0],
  ['', 0],
])('of "%s" it is word %i', (line, index) => {
  expect(firstOperand(line.split(' '), new Set(['--sink', '-s']))).toBe(index);
});
