// Incidents as the database keeps them, and what one change of an incident does to them. Types
// alone.
import type { Severity } from '../event.ts';
import type { IncidentChangeKind, IncidentState, IncidentView, News } from '../incident.ts';

/** An incident, with what its change depends on. */
export interface KnownIncident {
  /** Version 0 and id 0: it has no row yet. */
  readonly view: IncidentView;
  /** What a reader knows its root event by. */
  readonly about: News['about'];
  /** Of the escalation: how many steps were made. */
  readonly step: number;
  /** Milliseconds since the epoch, by the database's clock. */
  readonly nowMs: number;
}

/** An incident in a list, with what people know its root event by. */
export interface ListedIncident extends IncidentView {
  readonly source: string;
  readonly type: string;
  readonly device: string | null;
  /** The vendor's number or name of the item. */
  readonly itemId: string | null;
  /** To the vendor's console. */
  readonly link: string | null;
  /** When the root event arrived, ISO 8601 in UTC. */
  readonly receivedAt: string;
}

/** How many incidents are in a state, and since when the first of them is. */
export interface IncidentCount {
  readonly state: IncidentState;
  readonly severity: Severity;
  readonly count: number;
  /** Of the one that has been so for longest: its root event, and since when, ISO 8601 in UTC. */
  readonly oldestEventId: number;
  readonly oldestAt: string;
}

/** A row of `incident_changes`. Times are ISO 8601 in UTC. */
export interface StoredChange {
  readonly id: number;
  readonly at: string;
  /** One of `incidentChangeKinds`; a later release may have others. */
  readonly kind: string;
  readonly from: IncidentState;
  readonly to: IncidentState;
  readonly actor: string;
  readonly via: string;
  readonly note: string | null;
  readonly values: Readonly<Record<string, string>>;
}

/** How far a posted message of a root event shows what became of its incident. */
export interface StoredEdit {
  readonly sink: string;
  /** Versions of the incident: the one to be shown, and the one that is. */
  readonly wanted: number;
  readonly done: number;
  readonly editedAt: string | null;
  /** `gone`: somebody removed the message. `dead`: it was given up. */
  readonly state: 'current' | 'gone' | 'dead';
  readonly reason: string | null;
}

/** The delivery of a step of an escalation. */
export interface StepDelivery {
  readonly sink: string;
  /** See `priorityOf`. */
  readonly priority: number;
  /** The route whose settings apply; null: it has none. */
  readonly route: string | null;
}

/** The next step of an escalation, as it is stored with the incident. */
export interface Step {
  /** How many had passed before it; it is stored only if that is still so. */
  readonly from: number;
  /** How many have passed with this one: some may have been left out. */
  readonly step: number;
  /** When the next one is made, in milliseconds since the epoch; null: this was the last. */
  readonly nextAtMs: number | null;
  /** Whom this one tells. */
  readonly to: string;
  /** Configured text that pings, in the sinks' own syntax. */
  readonly mention?: string | undefined;
  /** Why it is made, and what else is to be said of it. */
  readonly values?: Readonly<Record<string, string>>;
  readonly deliveries: readonly StepDelivery[];
}

/** What a change makes of an incident. */
export interface NextIncident {
  readonly kind: IncidentChangeKind;
  readonly state: IncidentState;
  readonly severity: Severity;
  /**
   * Whether it becomes something else, or is renewed: then it is the actor's, with this end and
   * note. Else it stays whose it is.
   */
  readonly isTaken: boolean;
  /** When the new state ends, in milliseconds since the epoch; null: never. */
  readonly untilMs: number | null;
  /** How many times more it happened. */
  readonly seenAgain: number;
  /** When it happened again, ISO 8601; null: it did not. */
  readonly seenAt: string | null;
  /** Whether people must not miss it: it is also a reply to each message of the root event. */
  readonly isTold: boolean;
  readonly values: Readonly<Record<string, string>>;
  readonly step?: Step | undefined;
}
