// docs/logs.md against the code: every line that there is, with its level and fields, and no other;
// and every field explained.
import { describe, expect, test } from 'vitest';
import { type LogLine, logLinesOf, unknown } from './log-lines.ts';
import { readProjectFile } from './project-files.ts';
import { readSourceFiles } from './source-files.ts';

const page = readProjectFile('docs/logs.md');
const quoted = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name!);

/** Rows of the table under a heading, as cells. */
function rowsUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading))!;
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1)
      .map((cell) => cell.trim()),
  );
}

const documented = rowsUnder('Lines').map(([level = '', message = '', fields = '']) => ({
  level,
  message,
  fields: quoted(fields),
}));
const written = readSourceFiles('src').flatMap(logLinesOf);

const pattern = (message: string) =>
  new RegExp(
    `^${message
      .split(unknown)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+')}$`,
  );
const textOf = ({ level, message, fields }: Pick<LogLine, 'level' | 'message' | 'fields'>) =>
  `${level} | ${message} | ${[...fields].sort().join(', ')}`;
const isOf = (line: LogLine) => (row: (typeof documented)[number]) =>
  pattern(line.message).test(row.message) &&
  textOf({ ...line, message: row.message }) === textOf(row);

describe('the page about the log', () => {
  test('has a row for every line that the code writes, with its level and its fields', () => {
    expect(written.length).toBeGreaterThan(50);
    expect(written.filter((line) => !documented.some(isOf(line))).map(textOf)).toEqual([]);
  });

  test('has no row for a line that no code writes, and none twice', () => {
    expect(
      documented.filter((row) => !written.some((line) => isOf(line)(row))).map(textOf),
    ).toEqual([]);
    expect(new Set(documented.map(({ message }) => message)).size).toBe(documented.length);
  });

  test('explains each field, and none that there is not', () => {
    const explained = rowsUnder('Fields').flatMap(([names = '']) => quoted(names));
    expect(explained.sort()).toEqual(
      [...new Set(documented.flatMap(({ fields }) => fields))].sort(),
    );
  });
});

describe('the reading of the code', () => {
  const read = (text: string) => logLinesOf({ path: 'src/core/bell.ts', text }).map(textOf);

  test('finds fields in what is spread, named before, or written in a condition', () => {
    expect(
      read(
        "const base = { a: f({ x: 1 }), b };\nlog.info({ ...base, c: `}, '`, ...(d && { d }) }, 'rung');",
      ),
    ).toEqual(['info | rung | a, b, c, d']);
    expect(read("deps.log.warn(\n  { a },\n  isLoud ? 'loud' : 'soft',\n);")).toEqual([
      'warn | loud | a',
      'warn | soft | a',
    ]);
    expect(read('options.logger.error({}, `role $' + '{parting}`);')).toEqual([
      `error | role ${unknown} | `,
    ]);
  });

  test('fails where it cannot tell, so that no line is passed over', () => {
    expect(() => read("log.info(fields, 'rung');")).toThrow('none that can be looked up');
    expect(() => read('log.info({}, message);')).toThrow('none that can be looked up');
  });
});
