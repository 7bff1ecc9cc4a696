// What is wrong with another end for a silence. Pure.
import type { ListedSilence } from '../../kit/records/silence.ts';
import { type Refusal, refusal } from '../../kit/refusals.ts';
import { fileOwner } from './recurring.ts';

/**
 * Why it may not end then; undefined: it may. A silence may be extended
 * again and again, but never further ahead than a new one may reach.
 * @param times milliseconds since the epoch; `maxMs`: no silence may be longer
 */
export function extensionProblem(
  silence: ListedSilence,
  { endsAtMs, nowMs, maxMs }: Readonly<Record<'endsAtMs' | 'nowMs' | 'maxMs', number>>,
): Refusal | undefined {
  const { owner, state, startsAtMs, endsAtMs: was } = silence;
  const id = String(silence.id);
  if (state === 'over') return refusal('extendOver', { id });
  if (owner === fileOwner) return refusal('extendFile', { id, file: fileOwner });
  if (endsAtMs <= was) return refusal('extendEarlier', { id, time: new Date(was).toISOString() });
  if (endsAtMs - Math.max(nowMs, startsAtMs) > maxMs)
    return refusal('extendLong', { id, hours: String(maxMs / 3_600_000) });
  return undefined;
}
