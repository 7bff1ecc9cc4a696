// The tables, for Drizzle: queries and generated migrations. CHECK constraints enforce the states
// and which columns belong together.

import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import type { EventBody } from '../kit/event.ts';
import type { DeliveryKind, HeldBy } from '../kit/records/delivery.ts';
import type { FormerNames } from '../kit/records/position.ts';
import type { Works } from '../kit/records/role.ts';
import type { StormFacts } from '../kit/records/sink-state.ts';

const time = <Name extends string>(name: Name) =>
  timestamp(name, { withTimezone: true, mode: 'string' });

/** What sources reported; a row is never updated. `id` is the order of arrival, not of commit. */
export const events = pgTable(
  'events',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    source: text().notNull(),
    externalId: text('external_id').notNull(),
    subject: text().notNull(),
    stream: text().notNull(),
    type: text().notNull(),
    severity: smallint().notNull(),
    status: text(),
    action: text(),
    occurredAt: time('occurred_at'),
    receivedAt: time('received_at').notNull().defaultNow(),
    body: json().$type<EventBody>().notNull(),
    /**
     * As the vendor wrote it, byte for byte. `json`, as `body` is: `jsonb` costs several times as
     * much.
     */
    raw: json().notNull(),
    /** Names of the routes that matched; empty if none did. */
    routes: text().array().notNull(),
    /** The trace that its deliveries continue, as W3C `traceparent`; null if it has none. */
    traceparent: text(),
    /**
     * What it is found by: numbers of its device, users, addresses, hash, and of an id or subject
     * that the external id does not give (`kit/event-keys.ts`).
     * Null: a release without them stored the event.
     */
    keys: integer().array(),
  },
  (t) => [
    unique('events_source_external_id_key').on(t.source, t.externalId),
    check('events_severity_check', sql`${t.severity} between 0 and 5`),
    // With the block of the event's id, so that the newest of many can be found without the others.
    // What waits in the list of an index is looked through by each search: it is kept short.
    index('events_keys_idx')
      .using('gin', sql`array_append(${t.keys}, (${t.id} >> 13)::integer)`)
      .with({ gin_pending_list_limit: 128 }),
    index('events_unkeyed_idx').on(t.id).where(sql`keys is null`),
  ],
);

/**
 * One event for one sink. Rows are made with their event, in one statement, so there is no foreign
 * key to pay for. A smaller `priority` goes first; from 10 up the delivery is held: it waits in a
 * group, or travels in a digest. `form` is what the next attempt carries.
 */
export const deliveries = pgTable(
  'deliveries',
  {
    eventId: bigint('event_id', { mode: 'number' }).notNull(),
    sink: text().notNull(),
    state: text().$type<'pending' | 'delivered' | 'suppressed' | 'dead'>().notNull(),
    /** Why it is suppressed, dead, or not yet delivered. */
    reason: text(),
    priority: smallint().notNull(),
    /** Attempts that counted: a failure while its sink was down does not. */
    attempts: integer().notNull().default(0),
    form: text().$type<'full' | 'short' | 'bare'>().notNull().default('full'),
    scheduledAt: time('scheduled_at').notNull().defaultNow(),
    finalizedAt: time('finalized_at'),
    /** The route whose settings for this sink apply; null if it has none. */
    route: text(),
    /**
     * Set while it waits for its group: a JSON list of the route's name and the values by which it
     * groups.
     */
    groupKey: text('group_key'),
    /** The event that is the digest in which it travels. */
    digestId: bigint('digest_id', { mode: 'number' }),
    /** The silence that suppressed it. */
    silenceId: bigint('silence_id', { mode: 'number' }),
    /**
     * The far end's own id of the message, by which it can be edited and replied to; null if it
     * gave none, and for what travelled in a digest, whose own delivery has it.
     */
    remoteId: text('remote_id'),
    /** What held it before it went out as a card of its own, and until when; null: nothing did. */
    heldBy: text('held_by').$type<HeldBy>(),
    heldUntil: time('held_until'),
    /** A card of its own; a reply to a message; a step of an escalation. */
    kind: text().$type<DeliveryKind>().notNull().default('card'),
    /** The root event of the incident that a reply or a step is about; null: it is a card. */
    toEvent: bigint('to_event', { mode: 'number' }),
  },
  (t) => [
    primaryKey({ columns: [t.eventId, t.sink] }),
    check(
      'deliveries_state_check',
      sql`${t.state} in ('pending', 'delivered', 'suppressed', 'dead')`,
    ),
    check('deliveries_kind_check', sql`${t.kind} in ('card', 'reply', 'step')`),
    check('deliveries_to_event_check', sql`(${t.kind} = 'card') = (${t.toEvent} is null)`),
    check('deliveries_form_check', sql`${t.form} in ('full', 'short', 'bare')`),
    check('deliveries_finalized_check', sql`(${t.state} = 'pending') = (${t.finalizedAt} is null)`),
    check(
      'deliveries_reason_check',
      sql`${t.state} not in ('suppressed', 'dead') or ${t.reason} is not null`,
    ),
    check(
      'deliveries_held_check',
      sql`(${t.priority} >= 10) = (${t.groupKey} is not null or ${t.digestId} is not null)`,
    ),
    index('deliveries_pending_idx').on(t.sink, t.priority, t.eventId).where(sql`state = 'pending'`),
    index('deliveries_dead_idx').on(t.sink, t.eventId).where(sql`state = 'dead'`),
    index('deliveries_group_idx')
      .on(t.sink, t.groupKey, t.priority, t.eventId)
      .where(sql`state = 'pending' and digest_id is null and group_key is not null`),
    index('deliveries_digest_idx').on(t.digestId, t.sink).where(sql`digest_id is not null`),
    index('deliveries_silence_idx').on(t.silenceId).where(sql`silence_id is not null`),
    index('deliveries_to_event_idx').on(t.toEvent, t.sink).where(sql`to_event is not null`),
  ],
);

/** A group of deliveries of one sink, from its first event until its interval passed quietly. */
export const groups = pgTable(
  'groups',
  {
    sink: text().notNull(),
    key: text().notNull(),
    /** When the current interval began: with the last digest, or the first card. */
    sentAt: time('sent_at').notNull().defaultNow(),
    /** Single cards in the current interval. */
    cards: integer().notNull().default(0),
    /** Events sent since the group was opened, one by one or in digests. */
    total: integer().notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.sink, t.key] })],
);

/**
 * What must not be announced, until when, by whose wish and why. Ending a silence early moves
 * `ends_at`; a row that suppressed something is never removed.
 */
export const silences = pgTable(
  'silences',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** What it silences, as written: the keys of a route's `match`, `when`, and `sinks`. */
    matcher: json().$type<Readonly<Record<string, unknown>>>().notNull(),
    owner: text().notNull(),
    reason: text().notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    startsAt: time('starts_at').notNull().defaultNow(),
    endsAt: time('ends_at').notNull(),
    /** When its summary was stored; null until then. */
    summarisedAt: time('summarised_at'),
  },
  (t) => [
    check('silences_owner_check', sql`${t.owner} <> ''`),
    check('silences_reason_check', sql`${t.reason} <> ''`),
    index('silences_open_idx').on(t.endsAt).where(sql`summarised_at is null`),
  ],
);

/** One row for each failed attempt, and for the success that followed failures. */
export const deliveryAttempts = pgTable(
  'delivery_attempts',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    eventId: bigint('event_id', { mode: 'number' }).notNull(),
    sink: text().notNull(),
    at: time('at').notNull().defaultNow(),
    outcome: text().notNull(),
    reason: text(),
    /** HTTP status, if there was an answer. */
    status: integer(),
    durationMs: integer('duration_ms').notNull(),
    /** The far end's answer: redacted, at most 300 characters. */
    answer: text(),
  },
  (t) => [index('delivery_attempts_delivery_idx').on(t.eventId, t.sink)],
);

/** How far each source was read. `cursor` null: begin again (by an operator's `source reset`). */
export const cursors = pgTable('cursors', {
  source: text().primaryKey(),
  cursor: text(),
  /** Part of the dedupe key from 2 on: a rebuilt tenant counts its items from the start again. */
  generation: integer().notNull().default(1),
  updatedAt: time('updated_at').notNull().defaultNow(),
  /**
   * Which console was read. Null: not known yet. Empty: the position was moved to another id, or
   * removed.
   */
  console: text(),
  /** Under which ids it was read before. Null: only under this one. */
  former: json().$type<FormerNames>(),
});

/** The heartbeat of each live process, by the database's clock. */
export const replicas = pgTable('replicas', {
  id: uuid().primaryKey(),
  expiresAt: time('expires_at').notNull(),
  /** What the process works. Null: an earlier release wrote the row. */
  works: json().$type<Works>(),
});

/** Who holds each role. `epoch`, the fencing number, grows with each change of holder. */
export const leases = pgTable('leases', {
  name: text().primaryKey(),
  holder: uuid(),
  epoch: bigint({ mode: 'number' }).notNull().default(0),
});

/** The state of each sink, so that a takeover or a restart continues from it. */
export const sinks = pgTable(
  'sinks',
  {
    sink: text().primaryKey(),
    state: text().$type<'ok' | 'backing_off' | 'paused'>().notNull(),
    reason: text(),
    since: time('since').notNull().defaultNow(),
    /** The current storm of this sink; null while there is none. */
    storm: json().$type<StormFacts>(),
    /** Where it posts to: the sink's `place`, without a secret. Null: not known yet. */
    place: text(),
  },
  (t) => [check('sinks_state_check', sql`${t.state} in ('ok', 'backing_off', 'paused')`)],
);

/** Lasting problems, from when each was first seen until its end was announced. */
export const conditions = pgTable('conditions', {
  /** `source:<id>`, `credential:<id>`, `sink:<id>`, `dead:<id>`. */
  name: text().primaryKey(),
  since: time('since').notNull().defaultNow(),
  /** What was last announced about it; null: nothing yet. */
  told: text(),
});

export * from './schema-incidents.ts';
export * from './schema-people.ts';
