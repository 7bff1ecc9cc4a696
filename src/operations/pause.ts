// Pauses of sources and sinks, which both kinds share: how long one may last, and who is asked.
import { z } from 'zod';
import { duration } from '../kit/duration.ts';
import type { Pause } from '../kit/records/control.ts';
import { refusal } from '../kit/refusals.ts';
import { didYouMean } from '../kit/suggest.ts';
import { readClock } from '../store/clock.ts';
import { type PauseRequest, readControls, writePause } from '../store/controls.ts';
import { text, time } from './fields.ts';
import { ConflictError, InputError, NotFoundError, type OperationContext } from './operation.ts';

const daysMax = 30;
const msMax = daysMax * 86_400_000;

export const shownPause = z
  .object({ by: text, reason: text, since: time, until: time })
  .describe('A pause by an operator. It ends by itself');

/** The fields of an act that pauses, besides what it pauses. */
export const pauseFields = {
  reason: z.string().trim().min(1).max(500).describe('Why, for those who find it paused'),
  for: text.optional().describe('How long, such as "2h" or "7d"; or give "until"'),
  until: time.optional().describe(`When it ends, ${daysMax} days ahead at most; or give "for"`),
  replace: z
    .boolean()
    .optional()
    .describe('Replaces the pause that is on; without it that is a conflict'),
};

export interface PauseInput {
  readonly reason: string;
  readonly for?: string | undefined;
  readonly until?: string | undefined;
  readonly replace?: boolean | undefined;
}

/** @throws {InputError} {ConflictError} it is paused already */
export async function beginPause(
  { db, actor }: OperationContext,
  name: string,
  input: PauseInput,
): Promise<Pause> {
  const end = await endOf(db, input);
  const { reason, replace: replaces = false } = input;
  const begun = await writePause(db, { name, by: actor.name, reason, end, replaces });
  if (begun !== null) return begun;
  const present = await pauseOf(db, name);
  throw new ConflictError([
    present === null
      ? refusal('pausedNow')
      : refusal('pausedBy', { by: present.by, until: present.until }),
  ]);
}

/** The pause that is on; null: there is none. */
export async function pauseOf(db: OperationContext['db'], name: string): Promise<Pause | null> {
  const found = (await readControls(db)).find((one) => one.name === name)?.pause;
  if (!found) return null;
  const { remainingMs: _, ...present } = found;
  return present;
}

/** @throws {InputError} */
async function endOf(db: OperationContext['db'], input: PauseInput): Promise<PauseRequest['end']> {
  const { for: length, until } = input;
  if ((length === undefined) === (until === undefined)) throw new InputError([refusal('pauseEnd')]);
  if (length !== undefined) {
    const forMs = duration(length);
    if (forMs === undefined || forMs <= 0 || forMs > msMax)
      throw new InputError([refusal('pauseLength', { days: String(daysMax) })]);
    return { forMs };
  }
  const untilMs = Date.parse(until!);
  const { clockMs } = await readClock(db);
  if (untilMs <= clockMs || untilMs > clockMs + msMax)
    throw new InputError([
      refusal('pauseUntil', { days: String(daysMax), now: new Date(clockMs).toISOString() }),
    ]);
  return { untilMs };
}

/** @throws {NotFoundError} it is none of these, whose names are said */
export function assertKnown(kind: 'source' | 'sink', id: string, known: readonly string[]): void {
  if (known.includes(id)) return;
  if (known.length === 0) throw new NotFoundError([refusal('unknownIdOfNone', { kind, id })]);
  const names = known.slice(0, 20).join(', ');
  const hint = didYouMean(id, known);
  throw new NotFoundError([refusal('unknownId', { kind, id, known: names, hint })]);
}
