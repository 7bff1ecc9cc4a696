// What becomes of an edit that failed. Pure. An edit never counts against its sink: cards must not
// wait because an edit is refused.
import type { MessageForm } from '../../kit/event.ts';
import { type BackoffLimits, backoffMs } from '../loops/backoff.ts';
import type { Failure } from './policy.ts';

/** An edit that was refused this often, while the sink works, is given up. */
export const refusalsMax = 8;

export type EditVerdict =
  /** The far end asks for time: all edits of the sink wait, and nothing counts. */
  | { readonly kind: 'wait' }
  /** The sink itself refuses everything: the policy of the sink decides. */
  | { readonly kind: 'pause' }
  /** At once, with less of the event's text. */
  | { readonly kind: 'shorter'; readonly form: MessageForm }
  | { readonly kind: 'later'; readonly delayMs: number }
  | { readonly kind: 'gone' }
  | { readonly kind: 'dead' };

export interface FailedEditFacts {
  readonly failure: Pick<Failure, 'outcome' | 'reason' | 'retryAfterMs'>;
  readonly form: MessageForm;
  /** Failures with this one. */
  readonly attempts: number;
  /** The sink's own check right after it; `none`: it has no check, or was not asked. */
  readonly check: 'passed' | 'failed' | 'none';
  /** In [0, 1). */
  readonly random: number;
  readonly backoff: BackoffLimits;
}

const shorter: Readonly<Partial<Record<MessageForm, MessageForm>>> = {
  full: 'short',
  short: 'bare',
};

export function editVerdict(facts: FailedEditFacts): EditVerdict {
  const { failure, form, attempts, check, random, backoff } = facts;
  const { outcome, reason, retryAfterMs } = failure;
  if (reason === 'gone') return { kind: 'gone' };
  if (outcome === 'retry') {
    if (retryAfterMs !== undefined || reason === 'rate_limited') return { kind: 'wait' };
    return { kind: 'later', delayMs: backoffMs(attempts, random, backoff) };
  }
  if (outcome === 'reject_event') {
    const next = shorter[form];
    return next === undefined ? { kind: 'dead' } : { kind: 'shorter', form: next };
  }
  // Without a check only a card can show that the sink refuses everything.
  if (check === 'failed') return { kind: 'pause' };
  if (attempts >= refusalsMax) return { kind: 'dead' };
  return { kind: 'later', delayMs: backoffMs(attempts, random, backoff) };
}
