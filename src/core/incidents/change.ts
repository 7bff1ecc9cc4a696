// The one way in which an incident changes, whoever wants it: a person through any door, the vendor,
// the time, or an escalation.
import type { ChangedField, IncidentView } from '../../kit/incident.ts';
import type { Database } from '../../store/database.ts';
import { writeChange } from '../../store/incident-changes.ts';
import { readIncident } from '../../store/incidents.ts';
import { decide, type Refusal, type Wanted } from './decide.ts';

export interface WantedChange {
  /** Id of the root event; `rootEventOf` finds it for any other event. */
  readonly eventId: number;
  readonly wanted: Wanted;
  /** Who; the source's id for the vendor, `tocsin` for the time. */
  readonly actor: string;
  /** The door; `vendor` for the vendor, `time` for the time. */
  readonly via: string;
  readonly note?: string | undefined;
}

export interface ChangeOutcome {
  /** `changed`, or why nothing was. */
  readonly outcome: 'changed' | Refusal;
  readonly before: IncidentView;
  /** As it is now. */
  readonly incident: IncidentView;
}

/** Each further one means that somebody else changed the incident in between. */
const attemptsMax = 100;

/**
 * Changes an incident by the rules of `decide`, in the caller's transaction if there is one. Of
 * several who want it at the same time each decides on what the one before left, so one of them
 * wins and the others learn who. What a change does besides is said at `writeChange`.
 *
 * @returns null if there is no such event, or no longer
 * @throws the driver's error
 */
export async function changeIncident(
  db: Database,
  { eventId, wanted, actor, via, note }: WantedChange,
): Promise<ChangeOutcome | null> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const known = await readIncident(db, eventId);
    if (known === null) return null;
    const before = known.view;
    const next = decide(known, wanted, actor);
    if (typeof next === 'string') return { outcome: next, before, incident: before };
    const fields = fieldsOf(wanted);
    const incident = await writeChange(db, {
      ...{ known, next, actor, via, note: note ?? null },
      ...(fields !== undefined && { fields }),
    });
    if (incident !== null) return { outcome: 'changed', before, incident };
  }
  throw new Error(`the incident of event ${eventId} is being changed by too many at once`);
}

function fieldsOf(wanted: Wanted): readonly ChangedField[] | undefined {
  return wanted.kind === 'vendor' ? wanted.change.fields : undefined;
}
