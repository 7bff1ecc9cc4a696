// What becomes of an incident: who may do what from which state, and what the vendor's changes and
// the time do to it. Pure.
import type { Severity } from '../../kit/event.ts';
import {
  type Change,
  type ChangedField,
  type IncidentState,
  vendorNames,
} from '../../kit/incident.ts';
import type { KnownIncident, NextIncident, Step } from '../../kit/records/incident.ts';
import { cutMiddle } from '../../kit/text.ts';
import { priorityOf } from '../routing/index.ts';

/** What somebody, the vendor or the time wants to do to an incident. */
export type Wanted =
  /** @property forMs until it must be renewed, in milliseconds; null: never */
  | { readonly kind: 'acknowledged'; readonly forMs: number | null }
  | { readonly kind: 'snoozed'; readonly forMs: number }
  | { readonly kind: 'resolved' | 'reopened' | 'noted' }
  /**
   * An acknowledgement or a snooze is over. Quiet: it is so old that nobody needs to know.
   */
  | { readonly kind: 'expired'; readonly isQuiet: boolean }
  | VendorChange
  /**
   * A step of the escalation; {@link Step.from} tells a repetition from the next one.
   * @property version of the incident on which somebody decided, who may also want the last step
   *   again; absent: the time did
   */
  | { readonly kind: 'escalated'; readonly step: Step; readonly version?: number };

/** The vendor changed the item. */
export interface VendorChange {
  readonly kind: 'vendor';
  readonly change: Change;
  /** As the vendor rates it now. */
  readonly severity: Severity;
  /** When it happened last, ISO 8601; null if the vendor does not say. */
  readonly seenAt: string | null;
}

/**
 * Why nothing is changed. `same`: it is so already. `taken`: another person has it. `resolved`: it
 * must be reopened first.
 */
export type Refusal = 'same' | 'taken' | 'resolved';

const heldStates: readonly IncidentState[] = ['acknowledged', 'snoozed'];

/** @param actor who wants it; the source's id for the vendor */
export function decide(
  known: KnownIncident,
  wanted: Wanted,
  actor: string,
): NextIncident | Refusal {
  const { view } = known;
  switch (wanted.kind) {
    case 'acknowledged':
    case 'snoozed':
      return hold(known, wanted, actor);
    case 'resolved':
      return view.state === 'resolved' ? 'same' : taken(known, 'resolved', 'resolved');
    case 'reopened':
      return view.state === 'open' ? 'same' : taken(known, 'reopened', 'open');
    case 'noted':
      return { ...unchanged(known), kind: 'noted' };
    case 'expired':
      return expire(known, wanted.isQuiet);
    case 'escalated':
      return escalate(known, wanted);
    case 'vendor':
      return follow(known, wanted);
  }
}

function unchanged({ view }: KnownIncident): Omit<NextIncident, 'kind'> {
  return {
    state: view.state,
    severity: view.severity,
    isTaken: false,
    untilMs: null,
    seenAgain: 0,
    seenAt: null,
    isTold: false,
    values: {},
  };
}

/** It becomes another's, or something else, and everybody is to know. */
function taken(
  known: KnownIncident,
  kind: NextIncident['kind'],
  state: IncidentState,
): NextIncident {
  const { view } = known;
  const before = { from: view.state, ...(view.by !== null && { by: view.by }) };
  return { ...unchanged(known), kind, state, isTaken: true, isTold: true, values: before };
}

/**
 * Acknowledging says who works on it; snoozing, that nobody has to before a time. Who has it may
 * renew it, and anybody may take what is only snoozed.
 */
function hold(
  known: KnownIncident,
  { kind, forMs }: { readonly kind: 'acknowledged' | 'snoozed'; readonly forMs: number | null },
  actor: string,
): NextIncident | Refusal {
  const { view, nowMs } = known;
  if (view.state === 'resolved') return 'resolved';
  const isAnothers = heldStates.includes(view.state) && view.by !== actor;
  if (isAnothers && !(view.state === 'snoozed' && kind === 'acknowledged')) return 'taken';
  const untilMs = forMs === null ? null : nowMs + forMs;
  const next = taken(known, kind, kind);
  const until = untilMs === null ? {} : { until: new Date(untilMs).toISOString() };
  return { ...next, untilMs, isTold: view.state !== kind, values: { ...next.values, ...until } };
}

function expire(known: KnownIncident, isQuiet: boolean): NextIncident | Refusal {
  const { view, nowMs } = known;
  const isOver = view.until !== null && Date.parse(view.until) <= nowMs;
  if (!heldStates.includes(view.state) || !isOver) return 'same';
  return { ...taken(known, 'expired', 'open'), isTold: !isQuiet };
}

function escalate(
  known: KnownIncident,
  { step, version }: Extract<Wanted, { readonly kind: 'escalated' }>,
): NextIncident | Refusal {
  const { state } = known.view;
  if (state === 'resolved') return 'resolved';
  if (state !== 'open') return 'taken';
  if (step.from !== known.step) return 'same';
  if (version !== undefined && version !== known.view.version) return 'same';
  const values = {
    ...{ step: String(step.step), to: step.to },
    // Read again where it is counted who was called by every step.
    ...(step.nextAtMs === null && { last: 'yes' }),
    ...step.values,
  };
  return { ...unchanged(known), kind: 'escalated', isTold: true, values, step };
}

/** Code points of a value that changed. */
const valueMax = 600;

/** `from.lastAction` and `to.lastAction`, of what a card says; empty for what is absent. */
function valuesOf(fields: readonly ChangedField[]): Readonly<Record<string, string>> {
  const shown = fields.filter(({ name }) => (vendorNames as readonly string[]).includes(name));
  const cut = (value: string | null) => cutMiddle(value ?? '', valueMax);
  return Object.fromEntries(
    shown.flatMap(({ name, from, to }) => [
      [`from.${name}`, cut(from)],
      [`to.${name}`, cut(to)],
    ]),
  );
}

/**
 * The vendor's closing resolves it. What happens again, gets worse or is opened again by the vendor
 * opens what somebody had acknowledged, snoozed or resolved.
 */
function follow(known: KnownIncident, { change, severity, seenAt }: VendorChange): NextIncident {
  const { view } = known;
  const { seenAgain = 0 } = change;
  const isWorse = priorityOf(severity) < priorityOf(view.severity);
  const news = {
    ...unchanged(known),
    severity: isWorse ? severity : view.severity,
    seenAgain,
    seenAt: seenAgain === 0 ? null : seenAt,
    values: {
      ...valuesOf(change.fields),
      ...(seenAgain > 0 && { occurrences: String(view.occurrences + seenAgain) }),
      ...(isWorse && { severity: String(severity) }),
    },
  };
  const into = (kind: NextIncident['kind'], state: IncidentState) => {
    const { isTaken, isTold, values } = taken(known, kind, state);
    return { ...news, kind, state, isTaken, isTold, values: { ...values, ...news.values } };
  };
  const opened = (kind: NextIncident['kind']) =>
    view.state === 'open'
      ? { ...news, kind, isTold: kind === 'severity_raised' }
      : into(kind, 'open');
  const { closing } = change;
  // A vendor that closes what happened again has seen it happen.
  if (closing === 'closed' && view.state !== 'resolved') return into('resolved', 'resolved');
  if (closing === 'closed') return { ...news, kind: 'vendor_changed' };
  if (isWorse) return opened('severity_raised');
  if (seenAgain > 0) return opened('seen_again');
  if (closing === 'reopened' && view.state === 'resolved') return opened('reopened');
  return { ...news, kind: 'vendor_changed' };
}
