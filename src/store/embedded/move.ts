// Moves the embedded database to an empty Postgres: all rows with their ids, in one transaction
// there. What waits is then sent from there alone.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import type postgres from 'postgres';
import { appendAudit } from '../audit.ts';
import { connectPostgres } from '../connection.ts';
import { type Database, databaseErrorText, databaseOf } from '../database.ts';
import { compareMigrations, migrate } from '../migrate.ts';
import * as tables from '../schema.ts';
import { inTransaction } from '../transaction.ts';
import { DataDirectoryError } from './data-directory.ts';
import { lockDirectory } from './directory-lock.ts';
import { copyTable, shapeOf } from './move-table.ts';
import { dropMove, type Move, readMove, writeMove } from './moved.ts';
import { openEmbedded } from './open.ts';

export interface MoveOptions {
  readonly dataDir: string;
  /** Past a pooler, if there is one. */
  readonly url: string;
  /** `host:port` of it. */
  readonly address: string;
  /** Who moves, for the audit log. */
  readonly actor: string;
  /** Looks at both, and changes neither. */
  readonly isTrial: boolean;
  /** The embedded database ended by itself. */
  onFatal(error: Error): void;
}

export interface MoveReport {
  /** `finished`: an earlier move had been made and only lacked its mark. */
  readonly state: 'moved' | 'finished' | 'tried';
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly pending: number;
  readonly dead: number;
}

/** The move cannot be made. The message says why, what was left as it was, and what to do. */
export class MoveError extends Error {
  override readonly name = 'MoveError';
}

/** An arbitrary constant that stands for moves among the locks of a database. */
const lockKey = 7_406_241_196;
const lockMaxMs = 10_000;
/** A page of rows waits for indexes and triggers only, but a commit may flush gigabytes. */
const silenceMs = 600_000;

const shapes = Object.values(tables)
  .filter((table) => is(table, PgTable))
  .map((table) => shapeOf(table as PgTable));

/**
 * Makes the move, or finishes one that was interrupted: whatever happens, one of the two databases
 * can be used and the other cannot, or the same call again ends it.
 * @throws {DirectoryLockedError} a service works on DATA_DIR
 * @throws {DataDirectoryError} it holds no database, or cannot be used
 * @throws {MoveError} the other database has data or another schema, or what arrived is not what left
 */
export async function moveDatabase(options: MoveOptions): Promise<MoveReport> {
  const { dataDir, url, address } = options;
  if (!existsSync(join(dataDir, 'postgres')))
    throw new DataDirectoryError(dataDir, 'it holds no embedded database. Name its directory.');
  const lock = await lockDirectory(dataDir);
  const to = connectPostgres(url, {
    applicationName: 'tocsin move',
    prepare: false,
    connectionsMax: 1,
    silenceMs,
  });
  try {
    const mark = await readMove(dataDir);
    if (mark !== undefined && mark.address !== address) throw new MoveError(elsewhere(mark));
    if (mark !== undefined && (await isMade(to, mark.id))) return await finish(options, to, mark);
    if (mark?.state === 'done') throw new MoveError(lost(mark));
    return await move(options, to, mark?.id ?? randomUUID());
  } finally {
    await to.end({ timeout: 5 });
    await lock.release();
  }
}

function elsewhere({ state, address, at }: Move): string {
  return state === 'done'
    ? `DATA_DIR was moved to ${address} at ${at}. Move from there with pg_dump and pg_restore; ` +
        'or, to give up what happened there since, run "tocsin move --back" first.'
    : `a move to ${address} was interrupted at ${at}, and may have been made. Run it to that ` +
        'address again; or, if that database is gone, run "tocsin move --back" first.';
}

function lost({ address, at }: Move): string {
  return (
    `DATA_DIR was moved to ${address} at ${at}, and the database there does not have it. Name the ` +
    'database that was used then, or restore it; if it is gone, "tocsin move --back" goes back to ' +
    'what DATA_DIR held at that time.'
  );
}

/** Waits for a transaction that may still be about to commit. */
async function isMade(to: postgres.Sql, id: string): Promise<boolean> {
  return await inTransaction(databaseOf(to), async ({ $client: tx }) => {
    await takeLock(tx);
    const [table] = await tx`select to_regclass('audit_log') is not null as is_there`;
    if (table?.is_there !== true) return false;
    return (await tx`select 1 from audit_log where target = ${`move:${id}`}`).length > 0;
  });
}

async function takeLock(tx: postgres.Sql): Promise<void> {
  await tx.unsafe(`set local lock_timeout = ${lockMaxMs}`);
  await tx`select pg_advisory_xact_lock(${lockKey})`;
}

async function finish(options: MoveOptions, to: postgres.Sql, mark: Move): Promise<MoveReport> {
  if (!options.isTrial && mark.state !== 'done')
    await writeMove(options.dataDir, { ...mark, state: 'done' });
  const [row] = await to`select after from audit_log where target = ${`move:${mark.id}`}`;
  const { rows, pending, dead } = JSON.parse(String(row?.after)) as MoveReport;
  return { state: 'finished', rows, pending, dead };
}

async function move(options: MoveOptions, to: postgres.Sql, id: string): Promise<MoveReport> {
  const { dataDir, isTrial } = options;
  const embedded = await openEmbedded({ dataDir, onFatal: options.onFatal });
  try {
    if (isTrial) return await tried(embedded.sql, to);
    await migrate(embedded.sql);
    await migrate(to);
    await assertSameSchema(embedded.sql, to);
    return await commit(options, { from: embedded.sql, to, id });
  } finally {
    await embedded.close();
  }
}

interface Way {
  readonly from: postgres.Sql;
  readonly to: postgres.Sql;
  readonly id: string;
}

/** From the mark to the end of the commit nobody knows but the other database. */
async function commit(options: MoveOptions, { from, to, id }: Way): Promise<MoveReport> {
  const { dataDir, address } = options;
  const mark: Move = { id, state: 'begun', address, at: new Date().toISOString() };
  let isMarked = false;
  let report: MoveReport | undefined;
  try {
    await inTransaction(databaseOf(to), async (db) => {
      report = await copyAll(from, db, { id, actor: options.actor });
      await writeMove(dataDir, mark);
      isMarked = true;
    });
  } catch (error) {
    if (!isMarked) throw error;
    const isThere = await isMade(to, id).catch(() => undefined);
    if (isThere === undefined) throw new MoveError(unknown(address, error));
    if (!isThere) {
      await dropMove(dataDir);
      throw error;
    }
  }
  await writeMove(dataDir, { ...mark, state: 'done' });
  return report!;
}

function unknown(address: string, error: unknown): string {
  return (
    `all was copied, but ${address} did not confirm it: ${databaseErrorText(error)}. Nothing is lost; ` +
    'when it answers, run the same command again, which finds out and ends the move. Until then ' +
    'Tocsin does not start on DATA_DIR.'
  );
}

async function copyAll(
  from: postgres.Sql,
  db: Database,
  { id, actor }: { readonly id: string; readonly actor: string },
): Promise<MoveReport> {
  const tx = db.$client;
  await takeLock(tx);
  // A service that starts there now waits for the end, and goes on with what came.
  await tx.unsafe(
    `lock table ${shapes.map(({ name }) => `"${name}"`).join(', ')} in exclusive mode`,
  );
  await assertEmpty(tx);
  const rows: Record<string, number> = {};
  for (const shape of shapes) rows[shape.name] = await copyTable(from, tx, shape);
  const [left, arrived] = [await countAll(from), await countAll(tx)];
  if (JSON.stringify(left) !== JSON.stringify(arrived))
    throw new MoveError(
      `what arrived is not what left: ${JSON.stringify(left)} and ${JSON.stringify(arrived)}. ` +
        'Nothing was changed in either database.',
    );
  const report: MoveReport = { state: 'moved', rows, ...(await openOf(tx)) };
  await appendAudit(
    db,
    {
      ...{ actor, via: 'cli', address: null, operation: 'move', target: `move:${id}` },
      ...{ input: '{}', before: null, after: JSON.stringify(report) },
    },
    true,
  );
  return report;
}

/** @throws {MoveError} one of the two was migrated by a newer release */
async function assertSameSchema(from: postgres.Sql, to: postgres.Sql): Promise<void> {
  for (const [client, name] of [
    [from, 'the embedded database'] as const,
    [to, 'the other one'] as const,
  ]) {
    const { state } = await compareMigrations(client);
    if (state !== 'current')
      throw new MoveError(
        `${name} was migrated by a newer release. Use that release of Tocsin to move it.`,
      );
  }
}

/** Tables of Tocsin's that are there; a database that no release has migrated has none. */
async function presentIn(client: postgres.ISql) {
  const names = shapes.map(({ name }) => name).join(',');
  const found = await client`
    select name from unnest(string_to_array(${names}, ',')) as t(name)
    where to_regclass(quote_ident(name)) is not null`;
  return shapes.filter(({ name }) => found.some((row) => row.name === name));
}

/** @throws {MoveError} */
async function assertEmpty(client: postgres.ISql): Promise<void> {
  const filled: string[] = [];
  for (const { name } of await presentIn(client))
    if ((await client.unsafe(`select 1 from "${name}" limit 1`)).length > 0) filled.push(name);
  if (filled.length === 0) return;
  throw new MoveError(
    `the database there has data of Tocsin already (${filled.join(', ')}), which would be mixed with ` +
      'what comes. Name an empty database. To add to one that is in use what waits here, run ' +
      '"tocsin migrate --from-data-dir".',
  );
}

async function countAll(client: postgres.ISql): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name } of await presentIn(client)) {
    const [row] = await client.unsafe(`select count(*)::int as count from "${name}"`);
    counts[name] = Number(row?.count);
  }
  const states = await client`
    select sink, state, count(*)::int as count from deliveries group by 1, 2 order by 1, 2`;
  for (const { sink, state, count } of states) counts[`${state} of ${sink}`] = Number(count);
  return counts;
}

async function openOf(client: postgres.ISql): Promise<Pick<MoveReport, 'pending' | 'dead'>> {
  const [row] = await client`
    select count(*) filter (where state = 'pending')::int as pending,
      count(*) filter (where state = 'dead')::int as dead from deliveries`;
  return { pending: Number(row?.pending), dead: Number(row?.dead) };
}

async function tried(from: postgres.Sql, to: postgres.Sql): Promise<MoveReport> {
  const { state } = await compareMigrations(to);
  if (state === 'newer') await assertSameSchema(from, to);
  await assertEmpty(to);
  const names = (await presentIn(from)).map(({ name }) => name);
  const counts = Object.entries(await countAll(from)).filter(([name]) => names.includes(name));
  return { state: 'tried', rows: Object.fromEntries(counts), ...(await openOf(from)) };
}

/**
 * Lets DATA_DIR be used again, as it was when it was moved.
 * @param url of the other database, if it is still there
 * @returns the move that is taken back
 * @throws {MoveError} it was not moved, or a process works on the other database
 */
export async function moveBack(dataDir: string, url: string | undefined): Promise<Move> {
  const lock = await lockDirectory(dataDir);
  try {
    const mark = await readMove(dataDir);
    if (mark === undefined)
      throw new MoveError('DATA_DIR was not moved: Tocsin may be started on it as it is.');
    if (url !== undefined) await assertAtRest(url, mark.address);
    await dropMove(dataDir);
    return mark;
  } finally {
    await lock.release();
  }
}

async function assertAtRest(url: string, address: string): Promise<void> {
  const client = connectPostgres(url, {
    applicationName: 'tocsin move',
    prepare: false,
    connectionsMax: 1,
    silenceMs: lockMaxMs,
  });
  try {
    const [table] = await client`select to_regclass('replicas') is not null as is_there`;
    const living =
      table?.is_there === true ? await client`select 1 from replicas where expires_at > now()` : [];
    if (living.length > 0)
      throw new MoveError(
        `Tocsin runs on ${address}. Stop it, wait 20 s, and try again: on both, all would be sent twice.`,
      );
  } finally {
    await client.end({ timeout: 5 });
  }
}
