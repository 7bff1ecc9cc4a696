// The audit log: acts are appended, in one chain, and read. Nothing changes or removes a row.

import type { AuditEntry, AuditRow } from '../kit/records/audit.ts';
import { auditHash, auditOrigin } from '../kit/records/audit-chain.ts';
import { type Database, databaseErrorCode } from './database.ts';
import { type ColumnOf, type Row, RowReader } from './row.ts';
import type { auditLog } from './schema.ts';
import { inTransaction } from './transaction.ts';

const row = new RowReader<ColumnOf<typeof auditLog>>('audit_log');

/** Any number that nothing else locks. */
const chainLock = 0x0a0d_1706;
const uniqueViolation = '23505';
/** Whoever writes without a transaction takes no lock, and may come in between. */
const triesMax = 50;

/**
 * Appends a row. In a transaction it holds back other such writers until the end of it.
 * @returns its id
 * @throws the driver's error
 */
export async function appendAudit(
  db: Database,
  entry: AuditEntry,
  isInTransaction: boolean,
): Promise<number> {
  if (isInTransaction) await db.$client`select pg_advisory_xact_lock(${chainLock})`;
  for (let tries = 1; ; tries += 1) {
    try {
      return isInTransaction
        ? await inTransaction(db, (own) => appendNext(own, entry))
        : await appendNext(db, entry);
    } catch (error) {
      if (databaseErrorCode(error) !== uniqueViolation || tries >= triesMax) throw error;
    }
  }
}

async function appendNext(db: Database, entry: AuditEntry): Promise<number> {
  const client = db.$client;
  const [last] = await client`
    select extract(epoch from clock_timestamp()) * 1000 as at,
      (select hash from audit_log order by id desc limit 1) as hash`;
  const previous = row.textOrNull(last!, 'hash') ?? auditOrigin;
  const linked = { ...entry, previous, at: row.time(last!, 'at') };
  const { at, actor, via, address, operation, target, input, before, after } = linked;
  const [added] = await client`
    insert into audit_log (at, actor, via, address, operation, target, input, before, after,
      previous, hash)
    values (${at}::timestamptz, ${actor}, ${via}, ${address}, ${operation}, ${target}, ${input},
      ${before}, ${after}, ${previous}, ${auditHash(linked)})
    returning id`;
  return row.number(added!, 'id');
}

export interface AuditChoice {
  readonly actor?: string | undefined;
  readonly operation?: string | undefined;
  readonly target?: string | undefined;
  /** Milliseconds since the epoch: rows from then on. */
  readonly sinceMs?: number | undefined;
  /** Rows before this one. */
  readonly beforeId?: number | undefined;
  readonly limit: number;
}

/** The newest first. */
export async function listAudit(db: Database, choice: AuditChoice): Promise<AuditRow[]> {
  const { actor = null, operation = null, target = null, limit } = choice;
  const { sinceMs = null, beforeId = null } = choice;
  const client = db.$client;
  const rows = await client`
    select ${columns(db)} from audit_log
    where (${actor}::text is null or actor = ${actor})
      and (${operation}::text is null or operation = ${operation})
      and (${target}::text is null or target = ${target})
      and (${sinceMs}::float8 is null or at >= to_timestamp(${sinceMs}::float8 / 1000))
      and (${beforeId}::bigint is null or id < ${beforeId})
    order by id desc limit ${limit}`;
  return rows.map(toAuditRow);
}

/** In the order of the chain. */
export async function readAuditChain(
  db: Database,
  afterId: number,
  limit: number,
): Promise<AuditRow[]> {
  const rows = await db.$client`
    select ${columns(db)} from audit_log where id > ${afterId} order by id limit ${limit}`;
  return rows.map(toAuditRow);
}

function columns({ $client: client }: Database) {
  return client`id, extract(epoch from at) * 1000 as at, actor, via, address, operation, target,
    input, before, after, previous, hash`;
}

function toAuditRow(one: Row): AuditRow {
  return {
    id: row.number(one, 'id'),
    at: row.time(one, 'at'),
    actor: row.text(one, 'actor'),
    via: row.text(one, 'via'),
    address: row.textOrNull(one, 'address'),
    operation: row.text(one, 'operation'),
    target: row.textOrNull(one, 'target'),
    input: row.text(one, 'input'),
    before: row.textOrNull(one, 'before'),
    after: row.textOrNull(one, 'after'),
    previous: row.text(one, 'previous'),
    hash: row.text(one, 'hash'),
  };
}
