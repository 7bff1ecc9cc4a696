// A chain of acts: whatever is changed, added or taken away shows.
import { expect, test } from 'vitest';
import type { AuditRow } from '../../../src/kit/records/audit.ts';
import { auditHash, auditOrigin, firstBreak } from '../../../src/kit/records/audit-chain.ts';

function chainOf(count: number): AuditRow[] {
  const rows: AuditRow[] = [];
  for (let id = 1; id <= count; id += 1) {
    const row = {
      ...{ id, at: '2026-02-03T01:19:32.505Z', actor: 'ann', via: 'api', address: '127.0.0.1' },
      ...{ operation: 'sink-pause', target: 'sink:soc', input: `{"n":${id}}` },
      ...{ before: null, after: 'true', previous: rows.at(-1)?.hash ?? auditOrigin },
    };
    rows.push({ ...row, hash: auditHash(row) });
  }
  return rows;
}

test('a chain that nobody touched has no break, whole or in parts', () => {
  const rows = chainOf(4);
  expect(firstBreak(rows, auditOrigin)).toBeNull();
  expect(firstBreak(rows.slice(2), rows[1]!.hash)).toBeNull();
  expect(firstBreak([], auditOrigin)).toBeNull();
});

test.each([
  ['actor', 'bob'],
  ['at', '2026-02-03T01:19:32.506Z'],
  ['via', 'page'],
  ['address', null],
  ['operation', 'sink-resume'],
  ['target', null],
  ['input', '{}'],
  ['before', '{}'],
  ['after', null],
])('a row whose %s was changed is found', (field, value) => {
  const rows = chainOf(3);
  const changed = rows.map((row) => (row.id === 2 ? { ...row, [field]: value } : row));
  expect(firstBreak(changed, auditOrigin)).toBe(2);
  const rehashed = changed.map((row) => (row.id === 2 ? { ...row, hash: auditHash(row) } : row));
  expect(firstBreak(rehashed, auditOrigin)).toBe(3);
});

test('a row that was taken away or put in is found', () => {
  const rows = chainOf(4);
  expect(firstBreak(rows.toSpliced(1, 1), auditOrigin)).toBe(3);
  expect(firstBreak(rows.slice(1), auditOrigin)).toBe(2);
  expect(firstBreak(rows.toSpliced(1, 0, rows[2]!), auditOrigin)).toBe(3);
});

test('fields cannot be moved into each other', () => {
  const [row] = chainOf(1);
  expect(auditHash({ ...row!, actor: 'ann","api' })).not.toBe(auditHash({ ...row!, via: 'x' }));
});
