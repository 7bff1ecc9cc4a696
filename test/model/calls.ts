// Calls of processes to the far ends, each waiting until the schedule answers it.
import { AdapterError } from '../../src/kit/errors.ts';
import type { Message } from '../../src/kit/sink.ts';
import type { Page } from '../../src/kit/source.ts';
import type { Context } from './clock.ts';
import type { Statement } from './statements.ts';
import type { Nature } from './tenant.ts';

/** One post of one delivery. */
export interface Send {
  readonly kind: 'send';
  readonly context: Context;
  readonly sink: string;
  readonly message: Message;
  /** In the order of all sends. */
  readonly number: number;
  /** What the process knows of it. */
  known: 'flying' | 'delivered' | 'failed';
  /** The far end has shown it. */
  isAccepted: boolean;
  /** Its outcome is in the database. */
  isWritten: boolean;
  /** Its process died, or its role went to another, before that: it may be sent again. */
  isCutOff: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

export interface Check {
  readonly kind: 'check';
  readonly context: Context;
  readonly sink: string;
  resolve(): void;
  reject(error: unknown): void;
}

export interface Poll {
  readonly kind: 'poll';
  readonly context: Context;
  readonly cursor: string | null;
  resolve(page: Page): void;
  reject(error: unknown): void;
}

export type Operation = Statement | Send | Check | Poll;

/**
 * How a far end answers one post. `lost`: shown, and the connection broke; `silent`: shown or not,
 * and no answer ever.
 */
export const answers = [
  'ok',
  'lost',
  'silent',
  'silent and shown',
  'refused connection',
  'status 500',
  'status 429',
  'status 429 at once',
  'status 400',
  'status 413',
  'status 401',
] as const;
export type Answer = (typeof answers)[number];

/** How a far end behaves for the time being. */
export const modes = [
  'up',
  'down',
  'failing',
  'limiting',
  'silent',
  'unknown hook',
  'locked out',
] as const;
export type Mode = (typeof modes)[number];

const answerOfMode: Record<Mode, Answer> = {
  up: 'ok',
  down: 'refused connection',
  failing: 'status 500',
  limiting: 'status 429',
  silent: 'silent',
  'unknown hook': 'status 400',
  'locked out': 'status 401',
};

/** The far end's answer to this card when it behaves so. */
export function answerIn(mode: Mode, nature: Nature, form: Message['form']): Answer {
  if (mode !== 'up') return answerOfMode[mode];
  if (nature === 'hopeless') return 'status 400';
  if (nature === 'plain' || form === 'bare') return 'ok';
  return nature === 'fails' ? 'status 500' : 'status 400';
}

/** Of the answers that are failures. */
export function errorOf(answer: Answer): AdapterError {
  if (answer === 'status 500')
    return new AdapterError('retry', 'server_error', answer, { status: 500 });
  if (answer === 'status 400')
    return new AdapterError('reject_event', 'rejected', answer, { status: 400 });
  if (answer === 'status 413')
    return new AdapterError('reject_event', 'too_large', answer, { status: 413 });
  if (answer === 'status 401')
    return new AdapterError('reject_sink', 'auth', answer, { status: 401 });
  if (answer === 'status 429')
    return new AdapterError('retry', 'rate_limited', answer, { status: 429, retryAfterMs: 3000 });
  if (answer === 'status 429 at once')
    return new AdapterError('retry', 'rate_limited', answer, { status: 429, retryAfterMs: 0 });
  return new AdapterError('retry', 'connection', answer);
}
