// The audit log as a file: its rows chain as they do in the log, and it says where it ends.
import { expect, test } from 'vitest';
import { auditLog } from '../../../src/http/api/exported.ts';
import type { AuditRow } from '../../../src/kit/records/audit.ts';
import { auditOrigin, firstBreak } from '../../../src/kit/records/audit-chain.ts';
import { appendAudit } from '../../../src/store/audit.ts';
import { contextOn } from '../../operations/acting.ts';
import { useDatabase } from '../../store/stored.ts';

const db = useDatabase();

async function note(count: number): Promise<void> {
  const target = { operation: 'sink-pause', target: 'sink:soc', input: '{}' };
  for (let n = 0; n < count; n += 1) {
    const who = { actor: n % 2 === 0 ? 'ann' : 'bob', via: 'cli' as const, address: null };
    await appendAudit(db(), { ...who, ...target, before: null, after: '{}' }, false);
  }
}

async function linesOf(fields: Parameters<typeof auditLog.pages>[1], rowsMax = 1000) {
  let text = '';
  for await (const piece of auditLog.pages(contextOn(db()), fields, rowsMax)) text += piece;
  const lines = text.trimEnd().split('\n');
  return {
    rows: lines.slice(0, -1).map((line) => JSON.parse(line)),
    end: JSON.parse(lines.at(-1)!),
  };
}

test('all rows, over several pages, are one chain', async () => {
  await note(250);
  const { rows, end } = await linesOf({});
  expect([rows.length, end]).toEqual([250, { end: true, next: null }]);
  const chain = rows.toReversed().map((row): AuditRow => ({ ...row, id: Number(row.id) }));
  expect(firstBreak(chain, auditOrigin)).toBeNull();
});

test('a filter chooses among them, and where there are more the next file goes on', async () => {
  await note(10);
  const first = await linesOf({ actor: 'ann' }, 3);
  expect(first.rows.map(({ actor }) => actor)).toEqual(['ann', 'ann', 'ann']);
  const second = await linesOf({ actor: 'ann', cursor: first.end.next }, 3);
  expect([second.rows.length, second.end.next]).toEqual([2, null]);
});
