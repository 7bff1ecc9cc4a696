// The tables of what became of events: incidents and their changes, the posted messages that must be
// made true again, and the buttons that were pressed.
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
} from 'drizzle-orm/pg-core';
import type { IncidentState } from '../kit/incident.ts';
import type { ReadCalendar } from '../kit/records/calendar.ts';

const time = <Name extends string>(name: Name) =>
  timestamp(name, { withTimezone: true, mode: 'string' });

/** Calendars of who is on duty, as they were last read. */
export const calendars = pgTable('calendars', {
  name: text().primaryKey(),
  /** A digest of where it is read from and how: of another one nothing here is true. */
  origin: text().notNull(),
  /** What was read of it; null: it was never read. */
  read: json().$type<ReadCalendar>(),
  /** What the far end calls this state of it, for the next request; null: it says nothing. */
  etag: text(),
  lastModified: text('last_modified'),
  /** When this process began to read it. */
  since: time('since').notNull().defaultNow(),
  /** When it was last as it is here; null: never. */
  readAt: time('read_at'),
  /** When its text was last read whole; null: never. */
  wholeAt: time('whole_at'),
  /** Why the last attempt failed, in words; null: it did not. */
  error: text(),
});

/**
 * A subject as people work on it. A row exists only once something happened to the subject after
 * its first event, or if its route escalates; a subject without a row is open.
 */
export const incidents = pgTable(
  'incidents',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    source: text().notNull(),
    subject: text().notNull(),
    /** The first event of the subject, whose messages show the incident. */
    eventId: bigint('event_id', { mode: 'number' }).notNull(),
    state: text().$type<IncidentState>().notNull(),
    /** The highest that was seen. */
    severity: smallint().notNull(),
    /** Grows by one with each change that a card shows. */
    version: integer().notNull().default(1),
    openedAt: time('opened_at').notNull().defaultNow(),
    changedAt: time('changed_at').notNull().defaultNow(),
    /** Who made it what it is, and through which door; null: nobody did yet. */
    by: text(),
    via: text(),
    /** When an acknowledgement or a snooze ends by itself; null: never. */
    until: time('until'),
    note: text(),
    /** The first time; null: never. */
    acknowledgedAt: time('acknowledged_at'),
    /** The last time; null: never. */
    resolvedAt: time('resolved_at'),
    /** How often it happened, 1 for once. */
    occurrences: integer().notNull().default(1),
    /** The last time that it happened again; null: it did not. */
    lastSeenAt: time('last_seen_at'),
    /** The route whose steps escalate it; null: none. */
    route: text(),
    /** How many of its steps were made. */
    step: integer().notNull().default(0),
    /** When the next one is made; null: none will be. */
    stepAt: time('step_at'),
    /** Whom the last step told; null: there was none. */
    escalatedTo: text('escalated_to'),
  },
  (t) => [
    unique('incidents_source_subject_key').on(t.source, t.subject),
    check(
      'incidents_state_check',
      sql`${t.state} in ('open', 'acknowledged', 'snoozed', 'resolved')`,
    ),
    check('incidents_snoozed_check', sql`${t.state} <> 'snoozed' or ${t.until} is not null`),
    index('incidents_event_idx').on(t.eventId),
    index('incidents_unresolved_idx').on(t.changedAt).where(sql`state <> 'resolved'`),
    index('incidents_until_idx').on(t.until).where(sql`until is not null`),
    index('incidents_step_idx').on(t.stepAt).where(sql`step_at is not null`),
  ],
);

/** What happened to an incident; a row is never updated. */
export const incidentChanges = pgTable(
  'incident_changes',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    incidentId: bigint('incident_id', { mode: 'number' }).notNull(),
    at: time('at').notNull().defaultNow(),
    /** See `incidentChangeKinds` of `kit/incident.ts`; an open set. */
    kind: text().notNull(),
    fromState: text('from_state').$type<IncidentState>().notNull(),
    toState: text('to_state').$type<IncidentState>().notNull(),
    /** Who, and through which door; the vendor's own changes have the source's id. */
    actor: text().notNull(),
    via: text().notNull(),
    note: text(),
    /** What the change says besides: numbers, names and times as text. */
    values: json().$type<Readonly<Record<string, string>>>(),
  },
  (t) => [index('incident_changes_incident_idx').on(t.incidentId, t.id)],
);

/**
 * A posted message of a root event that must show its incident as it is. A change raises `wanted`,
 * so that many changes cost one edit.
 */
export const messageEdits = pgTable(
  'message_edits',
  {
    /** The root event, whose delivery to the sink has the far end's id of the message. */
    eventId: bigint('event_id', { mode: 'number' }).notNull(),
    sink: text().notNull(),
    /** Versions of the incident: the one to be shown, and the one that is. */
    wanted: integer().notNull(),
    done: integer().notNull().default(0),
    /** Not before. */
    scheduledAt: time('scheduled_at').notNull().defaultNow(),
    editedAt: time('edited_at'),
    /** Failures since the last that passed. */
    attempts: integer().notNull().default(0),
    /** `gone`: somebody removed the message. `dead`: given up, until the incident changes again. */
    state: text().$type<'current' | 'gone' | 'dead'>().notNull().default('current'),
    reason: text(),
  },
  (t) => [
    primaryKey({ columns: [t.eventId, t.sink] }),
    check('message_edits_state_check', sql`${t.state} in ('current', 'gone', 'dead')`),
    index('message_edits_pending_idx')
      .on(t.sink, t.scheduledAt)
      .where(sql`wanted > done and state = 'current'`),
  ],
);

/** Buttons that were pressed: the token of each changes something once. */
export const chatTokens = pgTable('chat_tokens', {
  /** SHA-256 of the token, in hexadecimal digits. */
  hash: text().primaryKey(),
  usedAt: time('used_at').notNull().defaultNow(),
  /** The row may go then. */
  expiresAt: time('expires_at').notNull(),
});
