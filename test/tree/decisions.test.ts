// Decision records are cited by number, so each number is one record, and the record says it
// itself.
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { projectFiles, readProjectFile } from './project-files.ts';

const records = projectFiles().filter(
  (path) => path.startsWith('docs/decisions/') && path.endsWith('.md'),
);
const numberOf = (path: string) => Number(basename(path).slice(0, 4));

test('each number is that of one decision', () => {
  const twice = records.filter((path) =>
    records.some((other) => other !== path && numberOf(other) === numberOf(path)),
  );
  expect(twice).toEqual([]);
});

test('each decision begins with its own number', () => {
  expect(records.length).toBeGreaterThan(0);
  for (const path of records) {
    expect(Number(/^# (\d+)/.exec(readProjectFile(path))?.[1]), path).toBe(numberOf(path));
  }
});
