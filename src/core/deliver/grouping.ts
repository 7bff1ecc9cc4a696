// When the deliveries of a group are due, and in which form. Pure: ages are passed in.

import type { WaitingGroup } from '../../kit/records/group.ts';
import type { GroupPolicy } from '../rules/group.ts';

/** What to do with a group now. `isNew` and `startsInterval` as in `GroupChange`. */
export type GroupStep =
  | { readonly kind: 'wait'; readonly ms: number }
  | {
      readonly kind: 'cards' | 'digest';
      readonly count: number;
      readonly isNew: boolean;
      readonly startsInterval: boolean;
    };

/**
 * A group begins with its first event, and its first message goes out after `waitMs`; what comes
 * later waits for the end of the interval that began with the last message. A group that had
 * nothing to say for an interval is a new one the next time. Where the policy has cards, the first
 * ones of each interval go out singly. One event alone is no digest.
 *
 * @param policy undefined if no route has this group any more: what waits goes out
 */
export function stepOf(group: WaitingGroup, policy: GroupPolicy | undefined): GroupStep {
  if (policy === undefined) return send(group, true);
  const { waiting, oldestMs, sentMs, cards } = group;
  const { waitMs, intervalMs, max } = policy;
  const isNew = sentMs === null || oldestMs <= sentMs - intervalMs;
  if (isNew) {
    if (oldestMs < waitMs && waiting < max) return { kind: 'wait', ms: waitMs - oldestMs };
    if (policy.cards === 0) return send(group, true);
    return { kind: 'cards', count: Math.min(policy.cards, waiting), isNew, startsInterval: true };
  }
  const leftMs = intervalMs - sentMs;
  const left = Math.min(policy.cards - cards, waiting);
  if (leftMs > 0 && left > 0) return { kind: 'cards', count: left, isNew, startsInterval: false };
  return leftMs > 0 && waiting < max ? { kind: 'wait', ms: leftMs } : send(group, false);
}

function send({ waiting }: WaitingGroup, isNew: boolean): GroupStep {
  return { kind: waiting === 1 ? 'cards' : 'digest', count: waiting, isNew, startsInterval: true };
}
