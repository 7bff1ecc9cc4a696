// What is wrong with another end for a silence. Pure.
import type { ListedSilence } from '../../kit/records/silence.ts';
import { fileOwner } from './recurring.ts';

/**
 * The rest of a sentence about the silence; undefined: it may end then. A silence may be extended
 * again and again, but never further ahead than a new one may reach.
 * @param times milliseconds since the epoch; `maxMs`: no silence may be longer
 */
export function extensionProblem(
  { owner, state, startsAtMs, endsAtMs: was }: ListedSilence,
  { endsAtMs, nowMs, maxMs }: Readonly<Record<'endsAtMs' | 'nowMs' | 'maxMs', number>>,
): string | undefined {
  if (state === 'over') return 'is over. Make a new one';
  if (owner === fileOwner)
    return `is written in ${fileOwner}, which says when it ends. Make one of your own for the time after`;
  if (endsAtMs <= was)
    return `ends ${new Date(was).toISOString()} already. Name a later time, or end it`;
  if (endsAtMs - Math.max(nowMs, startsAtMs) > maxMs)
    return `would end more than ${maxMs / 3_600_000} hours ahead, the most that is allowed`;
  return undefined;
}
