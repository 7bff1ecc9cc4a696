// docs/api.md has a row for each operation with a place in the API, as the table of operations has
// it. `npx vitest run test/tree/api-page.test.ts` shows the rows that are missing.
import { expect, test } from 'vitest';
import { operations } from '../../src/operations/index.ts';
import { readProjectFile } from './project-files.ts';

const [, table = ''] = readProjectFile('docs/api.md').split('\n## Operations\n');

test('every operation of the API has its row, and nothing else has one', () => {
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const expected = operations.flatMap(({ name, route, permission, summary }) =>
    route === undefined ? [] : [`| \`${name}\` | \`${route}\` | ${permission} | ${summary} |`],
  );
  expect(rows).toEqual(expected.sort());
});
