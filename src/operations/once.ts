// Acts that happen once, however often their request arrives: a caller gives each request a key
// (`Idempotency-Key`), and a request that is sent again gets the first answer.
import { createHash } from 'node:crypto';
import type { Actor } from '../kit/records/audit.ts';
import type { Database } from '../store/database.ts';
import {
  claimKey,
  forgetKeys,
  type KeyOfRequest,
  keepAnswer,
  lockKey,
  releaseKey,
  type UsedKey,
} from '../store/idempotency.ts';
import {
  ConflictError,
  type Doing,
  InputError,
  NotFoundError,
  type Operation,
  PermissionError,
} from './operation.ts';

/** The key belongs to another request. */
export class KeyReusedError extends Error {
  override readonly name = 'KeyReusedError';
}

export interface KeyedRequest {
  readonly actor: Actor;
  readonly key: string;
  /** All of the request that makes it another one. */
  readonly request: string;
}

/** How often old keys are removed, and how many at most. */
const forgetEveryMs = 60_000;
const forgottenMax = 1000;

/** One for each door. */
export class Once {
  readonly #now: () => number;
  #forgotAtMs = Number.NEGATIVE_INFINITY;

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * For `perform`. The act, its row in the audit log and its answer are one transaction. Where
   * there is none, because the act calls a far end or the pooler has none, an act whose end nobody
   * saw is never repeated under its key.
   * @throws {KeyReusedError}
   * @throws {ConflictError} it is in progress, or its answer is not kept
   */
  doing<In, Out>(operation: Operation<In, Out>, keyed: KeyedRequest): Doing {
    const asked = {
      actor: keyed.actor.name,
      key: keyed.key,
      request: createHash('sha256').update(keyed.request).digest('hex'),
    };
    // A secret is in no row of the database.
    const isKept = operation.noted === undefined;
    return async (act, { db, isWhole }) => {
      await this.#forget(db);
      if (isWhole && !(await lockKey(db, asked))) throw inProgress();
      const used = await claimKey(db, asked);
      if (used !== null) return answerOf(used, asked);
      const answer = await (isWhole ? act() : releasing(act, db, asked));
      await keepAnswer(db, asked, isKept ? JSON.stringify(answer) : null);
      return answer;
    };
  }

  async #forget(db: Database): Promise<void> {
    if (this.#now() - this.#forgotAtMs < forgetEveryMs) return;
    this.#forgotAtMs = this.#now();
    await forgetKeys(db, forgottenMax);
  }
}

/** In a transaction, a failure takes the key back by itself. */
async function releasing<Out>(
  act: () => Promise<Out>,
  db: Database,
  asked: KeyOfRequest,
): Promise<Out> {
  try {
    return await act();
  } catch (error) {
    if (isRefusal(error)) await releaseKey(db, asked);
    throw error;
  }
}

/** Whether nothing was done. */
function isRefusal(error: unknown): boolean {
  return [ConflictError, InputError, NotFoundError, PermissionError].some(
    (refusal) => error instanceof refusal,
  );
}

function answerOf<Out>(used: UsedKey, { request }: KeyOfRequest): Out {
  if (used.request !== request)
    throw new KeyReusedError(
      'This Idempotency-Key belongs to another request of the last 24 hours. Use a new key for each act.',
    );
  if (!used.isAnswered) throw inProgress();
  if (used.answer === null)
    throw new ConflictError(
      'This was done before, and its answer was shown once. The audit log says when.',
    );
  return JSON.parse(used.answer) as Out;
}

function inProgress(): ConflictError {
  return new ConflictError(
    'A request with this Idempotency-Key is in progress, or nobody saw its end. ' +
      'Wait for it; if it stays so, the audit log says what was done. Then use a new key.',
  );
}
