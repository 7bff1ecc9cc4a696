// The audit log: one chain whoever writes, and no row that can be changed.
import { expect, test } from 'vitest';
import { auditOrigin, firstBreak } from '../../src/kit/records/audit-chain.ts';
import { appendAudit, listAudit, readAuditChain } from '../../src/store/audit.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { useDatabase } from './stored.ts';

const db = useDatabase();
const entry = {
  ...{ actor: 'ann', via: 'cli', address: null, operation: 'sink-pause', target: 'sink:soc' },
  ...{ input: '{"sink":"soc"}', before: null, after: '{}' },
};

test('rows are one chain, also of writers at once, in transactions and without', async () => {
  await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      n % 2 === 0
        ? appendAudit(db(), { ...entry, actor: `a${n}` }, false)
        : inTransaction(db(), (own) => appendAudit(own, { ...entry, actor: `a${n}` }, true)),
    ),
  );
  const rows = await readAuditChain(db(), 0, 100);
  expect(rows).toHaveLength(12);
  expect(firstBreak(rows, auditOrigin)).toBeNull();
});

test.each(['update audit_log set actor = null', 'delete from audit_log', 'truncate audit_log'])(
  '"%s" is refused',
  async (statement) => {
    await appendAudit(db(), entry, false);
    await expect(db().$client.unsafe(statement)).rejects.toThrow('never changed or removed');
  },
);

test('a row says who did what, and the newest comes first', async () => {
  await appendAudit(db(), entry, false);
  await appendAudit(db(), { ...entry, actor: 'bob', operation: 'delivery-redrive' }, false);
  const rows = await listAudit(db(), { limit: 10 });
  expect(rows.map(({ actor }) => actor)).toEqual(['bob', 'ann']);
  expect(rows[1]).toMatchObject(entry);
  expect(Math.abs(Date.parse(rows[1]!.at) - Date.now())).toBeLessThan(3_600_000);
  expect(await listAudit(db(), { actor: 'ann', limit: 10 })).toHaveLength(1);
  expect(await listAudit(db(), { operation: 'delivery-redrive', limit: 10 })).toHaveLength(1);
  expect(await listAudit(db(), { target: 'sink:other', limit: 10 })).toEqual([]);
  expect(await listAudit(db(), { beforeId: rows[0]!.id, limit: 10 })).toEqual([rows[1]]);
});
