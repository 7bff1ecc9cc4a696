// Lines for people: text of far ends does nothing, and a list that was cut says so.
import { expect, test } from 'vitest';
import type { CommandIo } from '../../src/cli/command.ts';
import { onOneLine, remarkIfCut, row } from '../../src/cli/lines.ts';
import { listMax } from '../../src/operations/index.ts';

test('what a terminal would obey is shown, and a line stays one', () => {
  expect(onOneLine('a\u001B[2J\nb\u202E')).toBe('a\\u{1B}[2J⏎b\\u{202E}');
});

test.each([
  [listMax - 1, ''],
  [listMax, 'these are the newest 1000; there may be more\n'],
])('of %i rows: %j', (count, said) => {
  const printed: string[] = [];
  const io = { stderr: (text: string) => printed.push(text) } as unknown as CommandIo;
  remarkIfCut(Array.from({ length: count }), io);
  expect(printed.join('')).toBe(said);
});

test('a row has its cells apart, and stays on its line', () => {
  expect(row('a', 1, null, undefined, 'b\nc\u001B[2J')).toBe('a  1  -  -  b⏎c\\u{1B}[2J\n');
});
