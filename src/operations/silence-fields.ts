// How silences look to callers: what they send, and what they are shown.
import { z } from 'zod';
import type { AddedSilence, SilenceRequest, SilencingRules } from '../core/silences/add.ts';
import type { WrittenMatcher } from '../core/silences/index.ts';
import type { Preview } from '../core/silences/preview.ts';
import { duration } from '../kit/duration.ts';
import { type SeverityName, severityNames } from '../kit/event.ts';
import { type ListedSilence, type SilenceState, silenceStates } from '../kit/records/silence.ts';
import { objectOf, rowId, text, time } from './fields.ts';
import type { OperationContext } from './operation.ts';

export const matcher = objectOf<WrittenMatcher>().meta({
  type: 'object',
  description:
    'The keys of a route’s "match", its "when", and "sinks"; all that is given must hold: ' +
    '{"types": ["RANSOM*"], "sinks": ["soc"]}',
});

export const until = {
  endsAt: time.optional().describe('When it ends; in place of "for"'),
  for: text
    .max(20)
    .refine((written) => duration(written) !== undefined, 'expected a duration such as 90m or 2h')
    .optional()
    .describe('How long, such as 30m, 2h or 1d; in place of "endsAt"'),
};

export interface Until {
  readonly endsAt?: string | undefined;
  readonly for?: string | undefined;
}

export const oneEnd = 'expected endsAt or for, one of the two';

export function hasOneEnd({ endsAt, for: length }: Until): boolean {
  return (endsAt === undefined) !== (length === undefined);
}

export const request = z
  .strictObject({
    matcher,
    owner: text.optional().describe('Who silences it; default: whoever asks'),
    reason: text.describe('Why; at most 500 characters'),
    startsAt: time.optional().describe('Default: now'),
    ...until,
  })
  .refine(hasOneEnd, oneEnd);

/** As it is asked for. */
export interface WrittenSilence extends Until {
  readonly matcher: WrittenMatcher;
  readonly owner?: string | undefined;
  readonly reason: string;
  readonly startsAt?: string | undefined;
}

export function requestOf(written: WrittenSilence, actor: string): SilenceRequest {
  const { matcher, owner = actor, reason, startsAt, endsAt, for: length } = written;
  return {
    ...{ matcher, owner, reason },
    startsAtMs: startsAt === undefined ? null : Date.parse(startsAt),
    endsAtMs: endsAt === undefined ? null : Date.parse(endsAt),
    forMs: length === undefined ? null : duration(length)!,
  };
}

export function rulesOf(
  { config }: OperationContext,
  isEverythingAllowed: boolean,
): SilencingRules {
  return {
    maxMs: config.silenceMaxMs,
    sources: config.sources.map(({ id }) => id),
    sinks: config.sinks.map(({ id }) => id),
    isEverythingAllowed,
  };
}

export interface ShownSilence {
  readonly id: string;
  readonly version: string;
  readonly matcher: WrittenMatcher;
  readonly owner: string;
  readonly reason: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly state: SilenceState;
  readonly hidden: number;
}

export const shown = z.object({
  id: rowId,
  version: text.describe('Another one after each change: pass it on to change this one alone'),
  matcher,
  owner: text,
  reason: text,
  startsAt: time,
  endsAt: time,
  state: z.enum(silenceStates),
  hidden: z.int().describe('How many events it kept from a sink'),
});

export function shownOf({ id, startsAtMs, endsAtMs, ...rest }: ListedSilence): ShownSilence {
  return { id: String(id), ...rest, startsAt: timeOf(startsAtMs), endsAt: timeOf(endsAtMs) };
}

/** Within what every clock can show. */
function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** By name of the severity; every one of them. */
export type BySeverity = Readonly<Record<SeverityName, number>>;

export const bySeverity = z.object(
  Object.fromEntries(severityNames.map((name) => [name, z.int()])) as Record<
    SeverityName,
    z.ZodInt
  >,
);

/** @param counts by severity number */
export function namedCounts(counts: readonly number[]): BySeverity {
  return Object.fromEntries(severityNames.map((name, at) => [name, counts[at] ?? 0])) as BySeverity;
}

const sampled = z.object({
  event: rowId,
  receivedAt: time,
  severity: z.enum(severityNames),
  type: text,
  source: text,
  device: text.nullable(),
});

/** What a silence would have hidden. */
export interface Hiding {
  readonly looked: number;
  readonly isCut: boolean;
  readonly searchedTo: string;
  readonly hidden: number;
  readonly bySeverity: BySeverity;
  readonly days: Preview['days'];
  readonly sample: readonly z.output<typeof sampled>[];
}

export const hiding = z.object({
  looked: z.int().describe('How many events were looked at'),
  isCut: z.boolean().describe('There were more events in that time than are looked at'),
  searchedTo: time.describe('Everything since then was looked at'),
  hidden: z.int().describe('How many events it would have kept from a sink'),
  bySeverity,
  days: z
    .array(z.object({ day: z.iso.date(), hidden: z.int() }))
    .describe('For each day in UTC, the oldest first'),
  sample: z.array(sampled).describe('At most 10 of the hidden ones, the most urgent first'),
});

export function hidingOf(preview: Preview): Hiding {
  const { looked, isCut, searchedToMs, severities, days, sample } = preview;
  return {
    ...{ looked, isCut, days },
    searchedTo: timeOf(searchedToMs),
    hidden: severities.reduce((sum, count) => sum + count, 0),
    bySeverity: namedCounts(severities),
    sample: sample.map(({ id, receivedAtMs, source, event }) => ({
      event: String(id),
      receivedAt: timeOf(receivedAtMs),
      severity: severityNames[event.severity],
      type: event.type,
      source,
      device: event.body.device?.name ?? null,
    })),
  };
}

export interface ShownAdded {
  readonly silence: ShownSilence;
  readonly hidesCritical: boolean;
  readonly wouldHaveHidden: Hiding;
}

export const shownAdded = z.object({
  silence: shown,
  hidesCritical: z.boolean().describe('It may hide events of severity CRITICAL'),
  wouldHaveHidden: hiding.describe('Of the last 24 hours'),
});

export function shownAddedOf(
  { mayCoverCritical, preview }: AddedSilence,
  stored: ListedSilence,
): ShownAdded {
  return {
    silence: shownOf(stored),
    hidesCritical: mayCoverCritical,
    wouldHaveHidden: hidingOf(preview),
  };
}
