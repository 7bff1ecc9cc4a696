// What of an item may change, and what did change between two looks at it. Pure.
import type { Change, ChangedField } from '../../../kit/incident.ts';
import { countOf, firstText, textOf, type Wire } from '../field.ts';
import { timeOf } from '../time.ts';

/** The most important first: the first one that changed is what an expression sees. */
const readers = {
  status: (wire) => textOf(wire.status, 100),
  severity: (wire) => textOf(wire.threat_severity, 100),
  action: (wire) => textOf(wire.action, 100),
  lastAction: (wire) => textOf(wire.last_action, 100),
  // 2.3 counts what came after the first, 5.x counts the first.
  recurrence: (wire) => {
    const count = countOf(wire.reoccurrence_count);
    return count === undefined ? undefined : String(Math.max(1, count));
  },
  fileStatus: (wire) => textOf(wire.file_status, 100),
  sandboxStatus: (wire) => textOf(wire.sandbox_status, 100),
  closeTrigger: (wire) => textOf(wire.close_trigger, 100),
  comment: (wire) => firstText(wire, 'comment'),
  closedAt: (wire) => timeOf(wire.close_timestamp) ?? undefined,
  lastSeenAt: (wire) => timeOf(wire.last_reoccurrence) ?? undefined,
} as const satisfies Readonly<Record<string, (wire: Wire) => string | undefined>>;

type Name = keyof typeof readers;
const names = Object.keys(readers) as Name[];

export type Snapshot = Readonly<Record<Name, string | null>>;

export function snapshotOf(wire: Wire): Snapshot {
  return Object.fromEntries(names.map((name) => [name, readers[name](wire) ?? null])) as Snapshot;
}

/** What a console takes away again. Of the others, a release or half an answer leaves them out. */
const removable: readonly Name[] = ['comment', 'closedAt', 'closeTrigger'];

/** Empty if nothing of significance changed. */
export function changesBetween(before: Snapshot, after: Snapshot): ChangedField[] {
  const has = (name: Name) =>
    before[name] !== after[name] && (after[name] !== null || removable.includes(name));
  // A time alone is no news: clocks are set.
  const isNewTime: Partial<Record<Name, boolean>> = {
    closedAt: has('status') || has('closeTrigger') || before.closedAt === null,
    lastSeenAt: has('recurrence') || (before.recurrence === null && before.lastSeenAt !== null),
  };
  return names
    .filter((name) => has(name) && isNewTime[name] !== false)
    .map((name) => ({ name, from: before[name], to: after[name] }));
}

/** What the fields mean for an incident. */
export function meaningOf(fields: readonly ChangedField[]): Pick<Change, 'closing' | 'seenAgain'> {
  const of = (name: Name) => fields.find((field) => field.name === name);
  const [status, recurrence] = [of('status'), of('recurrence')];
  const isClosed = (word: string | null | undefined) => word?.toUpperCase() === closed;
  const more = Number(recurrence?.to ?? 0) - Number(recurrence?.from ?? 1);
  return {
    ...(isClosed(status?.to) && { closing: 'closed' }),
    ...(isClosed(status?.from) && { closing: 'reopened' }),
    ...(more > 0 && { seenAgain: more }),
  };
}

/** The vendor's word for the status of what nobody need look at. */
export const closed = 'CLOSED';
