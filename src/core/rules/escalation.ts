// The steps of a route that tell more people while nobody acknowledges an incident. Pure.
import type { Severity } from '../../kit/event.ts';
import { type Interval, isWithin } from './schedule.ts';

export interface EscalationStep {
  /** From the first delivered message on. */
  readonly afterMs: number;
  /** Ids of sinks. */
  readonly to: readonly string[];
  /** Configured text that pings, in the syntax of one of those sinks, or `onDuty`; may be none. */
  readonly mention: readonly string[];
  /** How often it is made again after the first time. */
  readonly repeat: number;
  /** An incident that is less severe takes no part in it. */
  readonly minSeverity: Severity;
  /** It is made within these times alone; absent: always. */
  readonly active?: readonly Interval[] | undefined;
}

/** Steps that are made at the same time. */
export interface Moment {
  /** From the first delivered message on. */
  readonly atMs: number;
  readonly steps: readonly EscalationStep[];
}

/**
 * The steps with their repetitions, in the order of time. A repetition follows after as long as
 * the step itself came after the one before it, or after the message.
 * @param steps `afterMs` never falls from one to the next
 */
export function momentsOf(steps: readonly EscalationStep[]): Moment[] {
  const byTime = new Map<number, EscalationStep[]>();
  for (const step of steps) {
    const earlier = steps.filter(({ afterMs }) => afterMs < step.afterMs);
    const gapMs = step.afterMs - (earlier.at(-1)?.afterMs ?? 0);
    for (let count = 0; count <= step.repeat; count += 1) {
      const atMs = step.afterMs + count * gapMs;
      const same = byTime.get(atMs);
      if (same === undefined) byTime.set(atMs, [step]);
      else same.push(step);
    }
  }
  return [...byTime]
    .sort(([one], [other]) => one - other)
    .map(([atMs, own]) => ({ atMs, steps: own }));
}

/** Whether the step is for an incident of this severity, at this time. Unknown goes with HIGH. */
export function takesPart(step: EscalationStep, severity: Severity, atMs: number): boolean {
  const rank = severity === 0 ? 4 : severity;
  if (rank < step.minSeverity) return false;
  return step.active === undefined || isWithin(step.active, atMs);
}
