// What became of an event: its incident, what changed, and what is announced of that. Types and
// constants.
import type { Severity } from './severity.ts';

export const incidentStates = ['open', 'acknowledged', 'snoozed', 'resolved'] as const;
export type IncidentState = (typeof incidentStates)[number];

/** What may happen to an incident. */
export const incidentChangeKinds = [
  'acknowledged',
  'snoozed',
  'resolved',
  'reopened',
  /** It happened again. */
  'seen_again',
  /** The vendor rates it higher than before. */
  'severity_raised',
  /** Anything else that the vendor changed. */
  'vendor_changed',
  /** An acknowledgement that nobody renewed, or a snooze, ended: it is open again. */
  'expired',
  'escalated',
  'noted',
] as const;
export type IncidentChangeKind = (typeof incidentChangeKinds)[number];

/** An incident as its card shows it. Times are ISO 8601 in UTC, by the database's clock. */
export interface IncidentView {
  readonly id: number;
  /** Its root event. */
  readonly eventId: number;
  readonly state: IncidentState;
  /** 0: nothing happened yet, and it has no row. */
  readonly version: number;
  readonly severity: Severity;
  /** Who made it what it is; null: nobody. */
  readonly by: string | null;
  /** The door: `chat`, `page`, …; `vendor` for the vendor's own closing. */
  readonly via: string | null;
  /** When it became what it is. */
  readonly changedAt: string;
  /** When an acknowledgement or a snooze ends; null: never. */
  readonly until: string | null;
  readonly note: string | null;
  readonly occurrences: number;
  readonly lastSeenAt: string | null;
  readonly escalatedTo: string | null;
  /** What the vendor says now where that is not what it said first. Absent: nowhere, or not asked. */
  readonly vendor?: VendorWords | undefined;
}

/** What a card says in the vendor's words and the vendor may change. */
export const vendorNames = [
  'status',
  'action',
  'lastAction',
  'fileStatus',
  'sandboxStatus',
  'comment',
] as const;
/** By name; an empty text was taken away. */
export type VendorWords = Readonly<Partial<Record<(typeof vendorNames)[number], string>>>;

/** One value that differs. Both are the vendor's words or ISO times; null: absent. */
export interface ChangedField {
  /** `status`, `lastAction`, `recurrence`, `lastSeenAt`, `closedAt`, `closeTrigger`, … */
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** A later change of an item that a source reported before. The event has the item's subject. */
export interface Change {
  /** Id of the source that reported the item, and its external id there. */
  readonly source: string;
  readonly externalId: string;
  readonly fields: readonly ChangedField[];
  /** The vendor says that it is closed, or open again; absent: neither changed. */
  readonly closing?: 'closed' | 'reopened';
  /** How many times more it happened; absent: none. */
  readonly seenAgain?: number;
}

/** One change in one line. */
export type NewsLine = Pick<News, 'kind' | 'actor' | 'via' | 'note' | 'values'>;

/**
 * News of an incident as a message of its own: a reply to the messages of its root event, or a step
 * of its escalation.
 */
export interface News {
  readonly kind: IncidentChangeKind;
  readonly incidentId: number;
  /** Its root event, with what a reader knows it by. */
  readonly eventId: number;
  readonly about: {
    readonly severity: Severity;
    readonly type: string;
    readonly device?: string;
    readonly itemId?: string;
    readonly link?: string;
  };
  readonly state: IncidentState;
  /** Who, as the door knows the person; the source's id for the vendor. */
  readonly actor: string;
  readonly via: string;
  readonly note?: string;
  /** What the vendor changed. */
  readonly fields?: readonly ChangedField[];
  /** Numbers, names, and ISO times as text: `until`, `occurrences`, `step`, `to`, `reason`. */
  readonly values: Readonly<Record<string, string>>;
  /** What happened besides at the same time, each a line of its own; the oldest first. */
  readonly also?: readonly NewsLine[];
  /** How many more there were than `also` names. */
  readonly more?: number;
  /** Of a step: configured text that pings, already in the sink's own syntax. */
  readonly mention?: string;
}
