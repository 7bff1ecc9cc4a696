// A database of its own for a test of the core, roles held in it, and events to store.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import {
  createIntake,
  type IntakeOptions,
  type PageToStore,
  type Stored,
} from '../../src/core/intake/intake.ts';
import type { Lease } from '../../src/core/loops/lease.ts';
import type { EventDraft } from '../../src/kit/event.ts';
import { createLogger } from '../../src/observe/log.ts';
import { type Database, databaseOf, openPostgres } from '../../src/store/database.ts';
import { acquireLeases, createLeases, joinReplicas } from '../../src/store/leases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

export const quiet = createLogger({ level: 'error', secrets: [], destination: { write() {} } });
export const toSoc = [{ name: 'default', minSeverity: 1 as const, to: ['soc'] }];

/** Opens a database for all tests of the file, empty before each. */
export function useDatabase(): () => Database {
  let database: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
    db = openPostgres(database);
  });
  beforeEach(async () => {
    await db.$client`truncate events, deliveries, delivery_attempts, incidents, incident_changes, message_edits, chat_tokens, calendars, cursors, replicas, leases, sinks, groups, silences, conditions, controls, api_tokens, sessions, failed_logins, idempotency_keys`;
    // Its rows cannot be removed while its triggers are on.
    await db.$client`alter table audit_log disable trigger user`;
    await db.$client`truncate audit_log`;
    await db.$client`alter table audit_log enable trigger user`;
  });
  afterAll(async () => {
    await db.$client.end({ timeout: 5 });
    await database.drop();
  });
  return () => db;
}

/** What `use` does on the database is one transaction, which ends with it. */
export async function inTransaction<Result>(
  db: Database,
  use: (transaction: Database) => Promise<Result>,
): Promise<Result> {
  const client = await db.$client.reserve();
  try {
    await client`begin`;
    const { options } = db.$client;
    const result = await use(databaseOf(Object.assign(client, { options }) as never));
    await client`commit`;
    return result;
  } catch (error) {
    await client`rollback`;
    throw error;
  } finally {
    client.release();
  }
}

/** A replica that lives for `ttlMs` and holds the roles. */
export async function replicaWith(
  db: Database,
  names: readonly string[],
  ttlMs = 20_000,
): Promise<string> {
  const id = randomUUID();
  await createLeases(db, names);
  await joinReplicas(db, { id, ttlMs, predecessor: null });
  await acquireLeases(db, id, names);
  return id;
}

/** The role, taken from whoever has it. */
export async function hold(db: Database, name: string): Promise<Lease> {
  await createLeases(db, [name]);
  await db.$client`update leases set holder = null where name = ${name}`;
  const holder = await replicaWith(db, [name]);
  const [row] = await db.$client`select epoch from leases where name = ${name}`;
  let isLost = false;
  const lose = () => {
    isLost = true;
  };
  return {
    name,
    holder,
    epoch: Number(row?.epoch),
    isHeld: () => !isLost,
    outlasts: () => !isLost,
    lose,
  };
}

export function draft(id: number | string, more: Partial<EventDraft> = {}): EventDraft {
  return {
    externalId: String(id),
    subject: `event/${id}`,
    stream: 'event',
    type: 'STATIC_ANALYSIS',
    severity: 3,
    status: 'OPEN',
    action: 'PREVENTED',
    occurredAt: '2026-02-03T01:19:32.505Z',
    body: { itemId: String(id) },
    raw: `{"id": ${JSON.stringify(id)}}`,
    ...more,
  };
}

/** `count` drafts, numbered from `from` on. */
export const drafts = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => draft(from + n));

export type TestPage = Partial<PageToStore> &
  Partial<Pick<IntakeOptions, 'source' | 'fence' | 'routes' | 'silences'>> & {
    readonly nowMs?: number;
  };

/**
 * Stores a page of source `a`, for sink `soc`, by a process that holds no role; unless the page
 * says otherwise.
 */
export function storePage(db: Database, page: TestPage): Promise<Stored | null> {
  const { source = 'a', fence = null, routes = toSoc, silences, nowMs } = page;
  const now = nowMs === undefined ? Date.now : () => nowMs;
  const intake = createIntake({ db, source, fence, routes, silences, now });
  return intake.store({ events: [], cursor: null, ...page });
}
