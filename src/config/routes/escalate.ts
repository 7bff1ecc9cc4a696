// Reads the steps by which a route tells more people while nobody acknowledges.
import { onDuty } from '../../core/rules/duty.ts';
import type { EscalationStep } from '../../core/rules/escalation.ts';
import { durationText } from '../../kit/duration.ts';
import type { RouteInput } from '../read/file.ts';
import { intervalsOf } from '../read/intervals.ts';
import { checkNames } from '../read/names.ts';
import { fileValue } from '../read/place.ts';
import type { RouteContent } from '../read/schema/route.ts';
import { isDefined, type Sound } from '../read/sound.ts';
import { durationFrom, severity, wholeNumber } from '../read/values.ts';
import type { RoutesContext } from './context.ts';
import { checkMention, namesOf } from './mention.ts';

type WrittenStep = Sound<NonNullable<RouteContent['escalate']>[number]>;

const dayMs = 86_400_000;
const after = durationFrom(10_000, 30 * dayMs);
const repeatMax = 20;

/** Undefined: the route has no steps. Problems go to the findings. */
export function escalationOf(
  route: RouteInput,
  context: RoutesContext,
): readonly EscalationStep[] | undefined {
  const written = route.content?.escalate;
  if (written === undefined) return undefined;
  const steps = written.map((step, index) => step && stepOf(step, { route, index }, context));
  let latestMs = 0;
  for (const [index, step] of steps.entries()) {
    if (step === undefined) continue;
    if (step.afterMs < latestMs) {
      const where = route.place(['escalate', index, 'after']);
      const problem = 'is less than in the step before it';
      context.findings.problems.push({ where, problem, remedy: 'Put the steps in order' });
    }
    latestMs = Math.max(latestMs, step.afterMs);
  }
  return steps.filter(isDefined);
}

/** Ids of the sinks that its steps name. */
export function stepSinksOf({ content }: RouteInput): string[] {
  return (content?.escalate ?? []).flatMap((step) => step?.to ?? []).filter(isDefined);
}

interface StepPlace {
  readonly route: RouteInput;
  readonly index: number;
}

function stepOf(
  written: WrittenStep,
  { route: { place }, index }: StepPlace,
  context: RoutesContext,
): EscalationStep | undefined {
  const { read, findings, timeZone } = context;
  const path = ['escalate', index];
  const value = (key: 'after' | 'repeat' | 'min_severity') =>
    fileValue(written[key], place, [...path, key]);
  const to = [...new Set((written.to ?? []).filter(isDefined))];
  checkNames({ written: written.to, place, path: [...path, 'to'] }, context.names.sinks, findings);
  const mention = namesOf(written.mention);
  const where = place([...path, 'mention']);
  const names = mention.filter((name) => name !== onDuty);
  checkMention({ names, sinks: to, where }, context);
  if (mention.includes(onDuty) && !context.hasDuty) {
    const problem = 'mentions whoever is on duty, and the file has no duty';
    findings.problems.push({ where, problem, remedy: 'Write the duty, or whom to mention' });
  }
  const times = { path: [...path, 'active'], place, timeZone, readOption: read, findings };
  const active = written.active && intervalsOf(written.active, times);
  const step = {
    to,
    mention,
    repeat: read(value('repeat'), wholeNumber(0, repeatMax, 'times')) ?? 0,
    minSeverity: read(value('min_severity'), severity) ?? 0,
    ...(active && { active }),
  };
  const afterMs = read(value('after'), after);
  if (afterMs !== undefined) {
    checkAge(afterMs, place([...path, 'after']), context);
    return { afterMs, ...step };
  }
  if (!Object.hasOwn(written, 'after')) {
    const where = place([...path, 'after']);
    findings.problems.push({ where, problem: 'is missing', remedy: 'Write it down' });
  }
  return undefined;
}

function checkAge(afterMs: number, where: string, context: RoutesContext): void {
  const { escalationMaxAgeMs: maxMs, findings } = context;
  if (afterMs <= maxMs) return;
  const problem = `never comes: after ${durationText(maxMs)} an incident tells nobody any more`;
  const remedy = 'Shorten it, or set escalation.max_age';
  findings.problems.push({ where, problem, remedy });
}
