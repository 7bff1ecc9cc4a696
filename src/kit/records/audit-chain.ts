// The hash of a row of the audit log, and the check of a chain of them. Pure. Anybody can compute
// it from an export: SHA-256 of a JSON list of the row's fields, in the order below.
import { createHash } from 'node:crypto';
import type { AuditRow } from './audit.ts';

/** Stands for the hash of the row before the first. */
export const auditOrigin = '0'.repeat(64);

/** 64 hexadecimal digits. */
export function auditHash(row: Omit<AuditRow, 'id' | 'hash'>): string {
  const { previous, at, actor, via, address, operation, target, input, before, after } = row;
  const fields = [previous, at, actor, via, address, operation, target, input, before, after];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

/**
 * The id of the first row that does not follow from the one before it: it, or a row before it, was
 * changed, added or removed. Null: all follow.
 * @param rows in order, from the row that follows `from`
 */
export function firstBreak(rows: readonly AuditRow[], from: string): number | null {
  let previous = from;
  for (const row of rows) {
    if (row.previous !== previous || row.hash !== auditHash(row)) return row.id;
    previous = row.hash;
  }
  return null;
}
