// The table of disaster drills: each test that it names exists.
import { expect, test } from 'vitest';
import { projectFiles, readProjectFile } from './project-files.ts';

/** Path and beginning of the title, as the last column has them. */
const shown = /^`(test\/[\w./-]+)`: (.+)$/;

/** The cells of each drill. */
function drillsOf(page: string): string[][] {
  const [, section = ''] = page.split('\n## Disaster drills\n');
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((line) =>
    line
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.trim()),
  );
}

/** What is wrong with a row; empty if nothing is. */
function faultOf(cells: readonly string[]): string {
  const [, path = '', title = ''] = shown.exec(cells.at(-1) ?? '') ?? [];
  if (cells.length !== 4 || path === '') return `names no test: ${cells[0]}`;
  if (!projectFiles().includes(path)) return `there is no ${path}`;
  return readProjectFile(path).includes(title) ? '' : `${path} has no test of that name: ${title}`;
}

const drills = drillsOf(readProjectFile('docs/operating.md'));

test('each drill names a test that there is', () => {
  expect(drills.length).toBeGreaterThan(10);
  expect(drills.map(faultOf).filter((fault) => fault !== '')).toEqual([]);
});

test('a drill without a test, or with one that is gone, is found', () => {
  const row = (last: string) => faultOf(['a', 'b', 'c', last]);
  expect(row('by hand')).toBe('names no test: a');
  expect(row('`test/faults/gone.test.ts`: anything')).toBe('there is no test/faults/gone.test.ts');
  expect(row('`test/faults/kill.test.ts`: a case that is gone')).toMatch(
    /has no test of that name/,
  );
  expect(row('`test/faults/kill.test.ts`: kill -9 at random instants')).toBe('');
});
