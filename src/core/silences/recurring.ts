// Silences that the configuration repeats, such as each Sunday night. Each occurrence is stored
// before it begins, as a silence like any other: people list and end it, and its summary says what
// it hid.

import type { NewSilence, StoredSilence } from '../../kit/records/silence.ts';
import type { Database } from '../../store/database.ts';
import {
  insertSilences,
  moveEnd,
  readNowMs,
  readSilencesOf,
  withdrawSilence,
} from '../../store/silences.ts';
import { type Interval, occurrencesOf } from '../rules/schedule.ts';
import type { WrittenMatcher } from './index.ts';

export interface RecurringSilence {
  readonly name: string;
  readonly reason: string;
  /** Compiles. */
  readonly matcher: WrittenMatcher;
  readonly times: readonly Interval[];
}

/** The owner of their occurrences; no person can have this name. */
export const fileOwner = 'tocsin.yaml';

/** The current one and the next, so that there is no gap between two that follow each other. */
const keptAhead = 2;

export interface RecurringPlan {
  readonly add: readonly NewSilence[];
  readonly move: readonly { readonly id: number; readonly endsAtMs: number }[];
  /** Ids. */
  readonly withdraw: readonly number[];
}

/**
 * What is to change so that the occurrences of now and the next ones are stored. One that somebody
 * ended stays ended; one that was withdrawn does not, for another replica may not have read the
 * file yet. Two processes may have made one at the same time: the first of them counts.
 * @param stored all of the owner that are open, wait, or began within two days, the oldest first
 * @param nowMs since the epoch
 */
export function planRecurring(
  recurring: readonly RecurringSilence[],
  stored: readonly (StoredSilence & { readonly isOpen: boolean })[],
  nowMs: number,
): RecurringPlan {
  const wanted = new Map<string, NewSilence>();
  for (const one of recurring.flatMap((silence) => occurrencesIn(silence, nowMs))) {
    const same = wanted.get(keyOf(one));
    if (same === undefined || same.endsAtMs < one.endsAtMs) wanted.set(keyOf(one), one);
  }
  const known = new Map(stored.toReversed().map((one) => [keyOf(one), one.id]));
  const open = stored.filter(({ isOpen }) => isOpen);
  const [first, repeated] = [true, false].map((isFirst) =>
    open.filter((one) => (known.get(keyOf(one)) === one.id) === isFirst),
  );
  return {
    add: [...wanted.values()].filter((one) => !known.has(keyOf(one))),
    move: first!.flatMap((one) => {
      const { endsAtMs } = wanted.get(keyOf(one)) ?? one;
      return endsAtMs === one.endsAtMs ? [] : [{ id: one.id, endsAtMs }];
    }),
    withdraw: [...first!.filter((one) => !wanted.has(keyOf(one))), ...repeated!].map(
      ({ id }) => id,
    ),
  };
}

/**
 * Stores what {@link planRecurring} says. Repeating it changes nothing.
 * @throws the driver's error
 */
export async function keepRecurring(
  db: Database,
  recurring: readonly RecurringSilence[],
): Promise<void> {
  const { add, move, withdraw } = planRecurring(
    recurring,
    await readSilencesOf(db, fileOwner),
    await readNowMs(db),
  );
  if (add.length > 0) await insertSilences(db, add);
  for (const { id, endsAtMs } of move) await moveEnd(db, id, endsAtMs);
  for (const id of withdraw) await withdrawSilence(db, id);
}

function occurrencesIn(
  { name, reason, matcher, times }: RecurringSilence,
  nowMs: number,
): NewSilence[] {
  const occurrences = times.flatMap((time) => occurrencesOf(time, nowMs).slice(0, keptAhead));
  return occurrences.map((times) => ({
    matcher,
    owner: fileOwner,
    reason: `${name}: ${reason}`,
    ...times,
  }));
}

/** What makes it the same one, whatever its end. */
function keyOf({ reason, matcher, startsAtMs }: NewSilence): string {
  return JSON.stringify([reason, Math.round(startsAtMs), matcher]);
}
