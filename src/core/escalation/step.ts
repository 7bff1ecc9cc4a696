// What a step says and whom it pings, and the step that somebody asks for before its time. Pure.
import type { Step } from '../../kit/records/incident.ts';
import type { EscalatedIncident } from '../../store/escalation.ts';
import type { Route } from '../routing/index.ts';
import { type Duty, onDuty, type Person, shiftAt } from '../rules/duty.ts';
import { type EscalationStep, momentsOf } from '../rules/escalation.ts';

/** Whoever a step calls that mentions who is on duty. */
interface Called {
  readonly person: Person;
  readonly values: Readonly<Record<string, string>>;
}

/** Undefined: no step mentions who is on duty. */
export function callOf(
  steps: readonly EscalationStep[],
  duty: Duty | undefined,
  atMs: number,
): Called | undefined {
  if (duty === undefined || !steps.some(({ mention }) => mention.includes(onDuty)))
    return undefined;
  const shift = shiftAt(duty, atMs);
  return shift === undefined
    ? { person: duty.fallback, values: { fallback: duty.fallback.who } }
    : { person: shift, values: { duty: shift.who } };
}

export function mentionOf(
  steps: readonly EscalationStep[],
  called: Called | undefined,
): Pick<Step, 'mention'> {
  const written = steps.flatMap(({ mention }) => mention);
  const names = written.flatMap((name) =>
    name === onDuty ? (called?.person.mention ?? []) : [name],
  );
  return names.length === 0 ? {} : { mention: [...new Set(names)].join(' ') };
}

/**
 * The next step at once, whatever its severities and hours; after the last one that one again. The
 * one after it comes when it would have come.
 * @returns undefined if the route has no steps
 */
export function nextStep(
  { route, step, nowMs }: EscalatedIncident,
  { routes, duty }: { readonly routes: readonly Route[]; readonly duty?: Duty | undefined },
): Step | undefined {
  const moments = momentsOf(routes.find(({ name }) => name === route)?.escalate ?? []);
  const at = Math.min(step, moments.length - 1);
  const moment = moments[at];
  if (moment === undefined) return undefined;
  const later = moments[at + 1];
  const called = callOf(moment.steps, duty, nowMs);
  const sinks = [...new Set(moment.steps.flatMap(({ to }) => to))].sort();
  return {
    from: step,
    step: at + 1,
    // The job finds out when it is due.
    nextAtMs: later === undefined ? null : nowMs,
    to: sinks.join(', '),
    ...mentionOf(moment.steps, called),
    values: { ...called?.values },
    deliveries: sinks.map((sink) => ({ sink, priority: 0, route: null })),
  };
}
