// The tables of what people do: what they ask of sources and sinks, their acts, their ways in.
import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

const time = <Name extends string>(name: Name) =>
  timestamp(name, { withTimezone: true, mode: 'string' });

/**
 * What people asked of a running source or sink: to rest until a time, or to poll at once. The
 * processes read it every few seconds.
 */
export const controls = pgTable(
  'controls',
  {
    /** `source:<id>` or `sink:<id>`. */
    name: text().primaryKey(),
    pausedBy: text('paused_by'),
    pauseReason: text('pause_reason'),
    pausedAt: time('paused_at'),
    /** The pause ends by itself. */
    pausedUntil: time('paused_until'),
    /** When somebody asked for a poll. */
    pollAskedAt: time('poll_asked_at'),
  },
  (t) => [
    check(
      'controls_pause_check',
      sql`num_nulls(${t.pausedBy}, ${t.pauseReason}, ${t.pausedAt}, ${t.pausedUntil}) in (0, 4)`,
    ),
  ],
);

/**
 * Every act of a person, in one chain: `hash` is that of the row with the hash of the row before
 * it. Triggers refuse to change or remove a row.
 */
export const auditLog = pgTable('audit_log', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  at: time('at').notNull(),
  actor: text().notNull(),
  /** The door: `cli`, `api`, `page`. An open set. */
  via: text().notNull(),
  /** Address of the client; null for a command. */
  address: text(),
  operation: text().notNull(),
  /** What it was done to: `sink:soc`, `silence:3`. */
  target: text(),
  /** JSON texts, masked. `before` and `after` are null where the act has none. */
  input: text().notNull(),
  before: text(),
  after: text(),
  /** Unique, so that the chain cannot fork. */
  previous: text().notNull().unique(),
  hash: text().notNull(),
});

/** Bearer tokens. The token itself is nowhere. */
export const apiTokens = pgTable(
  'api_tokens',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    /** SHA-256, in hexadecimal digits. */
    hash: text().notNull(),
    role: text().$type<'read' | 'operate' | 'admin'>().notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    /** Null: never. */
    expiresAt: time('expires_at'),
    revokedAt: time('revoked_at'),
    /** To the minute; null: not yet. */
    usedAt: time('used_at'),
  },
  (t) => [
    uniqueIndex('api_tokens_hash_idx').on(t.hash),
    uniqueIndex('api_tokens_name_idx').on(t.name).where(sql`revoked_at is null`),
    check('api_tokens_role_check', sql`${t.role} in ('read', 'operate', 'admin')`),
  ],
);

/** Browsers that are signed in. The cookie's value is nowhere. */
export const sessions = pgTable(
  'sessions',
  {
    /** SHA-256 of the cookie's value, in hexadecimal digits. */
    hash: text().primaryKey(),
    subject: text().notNull(),
    role: text().$type<'read' | 'operate' | 'admin'>().notNull(),
    /** How it began: `token`, `oidc`. */
    via: text().notNull(),
    /** The token by which it began: revoking that ends the session. */
    tokenId: bigint('token_id', { mode: 'number' }),
    createdAt: time('created_at').notNull().defaultNow(),
    seenAt: time('seen_at').notNull().defaultNow(),
    expiresAt: time('expires_at').notNull(),
  },
  (t) => [check('sessions_role_check', sql`${t.role} in ('read', 'operate', 'admin')`)],
);

/** Refused logins of all replicas, by the client's address and the minute. */
export const failedLogins = pgTable(
  'failed_logins',
  {
    address: text().notNull(),
    minute: time('minute').notNull(),
    count: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.address, t.minute] })],
);

/** Answers to writes that carried an `Idempotency-Key`, for a day. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    actor: text().notNull(),
    key: text().notNull(),
    /** SHA-256 of the request, in hexadecimal digits. */
    request: text().notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    /** Null while it is in progress. */
    status: integer(),
    answer: text(),
  },
  (t) => [primaryKey({ columns: [t.actor, t.key] })],
);
