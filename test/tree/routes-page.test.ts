// docs/routes.md names every key, reason and field that there is, and no other.

import { expect, test } from 'vitest';
import { route as schema } from '../../src/config/read/schema/route.ts';
import { expressionFields } from '../../src/core/rules/rule-event.ts';
import { suppressions } from '../../src/kit/records/suppression.ts';
import { readProjectFile } from './project-files.ts';

const text = readProjectFile('docs/routes.md');
/** What stands between back-ticks in the first cells of the table's rows. */
function cells(heading: string, column: number): string[] {
  const lines = text.slice(text.indexOf(heading)).split('\n');
  const first = lines.findIndex((line) => line.startsWith('| --- |')) + 1;
  const rows = lines.slice(
    first,
    lines.findIndex((line, index) => index > first && !line.startsWith('|')),
  );
  return rows.flatMap((row) =>
    [...row.split(' | ')[column]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  );
}

test('the keys of a route', () => {
  expect(cells('| key | meaning |', 0)).toEqual(Object.keys(schema.shape));
});

test('the keys of its match', () => {
  expect(cells('| key | holds if |', 0)).toEqual(Object.keys(schema.shape.match.unwrap().shape));
});

test('the fields of an event', () => {
  const own = Object.entries(expressionFields);
  const groups = own.filter(([, fields]) => typeof fields === 'object');
  const named = cells('| of `event` | fields |', 1);
  const processes = Object.keys(expressionFields.process);
  const plain = own.filter(([, fields]) => typeof fields !== 'object').map(([name]) => name);
  const nested = groups
    .filter(([name]) => name !== 'process')
    .flatMap(([, fields]) => Object.keys(fields));
  expect(named.slice(-processes.length)).toEqual(processes);
  expect([...named].sort()).toEqual([...plain, ...nested].sort());
  expect(cells('| of `event` | fields |', 0)).toEqual(groups.map(([name]) => name));
});

test('the reasons', () => {
  expect(suppressions.length).toBeGreaterThan(10);
  for (const reason of suppressions) expect(text).toContain(`\`${reason}\``);
});
