// Whether the database takes writes. It may answer and take none: its disk is full, or it is
// read-only.
import { type Problem, problemOf } from '../../kit/error-codes.ts';
import type { WriteFailureReason } from '../../observe/metrics/labels.ts';
import { databaseErrorCode, databaseErrorText } from '../../store/database.ts';

/** How many failures in a row are a problem: a single one is a connection that was cut. */
const failuresMin = 3;

const words: Readonly<Record<Exclude<WriteFailureReason, 'other'>, string>> = {
  disk_full: 'its disk is full',
  read_only: 'it is read-only',
  not_allowed: 'its user may not write',
  out_of_memory: 'it is out of memory',
  no_connection: 'it has no connection left',
};

const bySqlState: Readonly<Record<string, keyof typeof words>> = {
  '25006': 'read_only',
  '42501': 'not_allowed',
  '53100': 'disk_full',
  '53200': 'out_of_memory',
  '53300': 'no_connection',
};

/** Of the file system, under the embedded database. */
const byProblem: Readonly<Partial<Record<Problem, keyof typeof words>>> = {
  quota_used_up: 'disk_full',
  disk_full: 'disk_full',
  read_only: 'read_only',
};

export interface WriteProblem {
  readonly reason: WriteFailureReason;
  /** The end of a sentence, without a secret: "its disk is full (53100)". */
  readonly text: string;
}

export interface Writes {
  /** @param writer whose write it was: a success of one says nothing of another */
  failed(writer: string, error: unknown): void;
  /** The write passed, or nobody tries it any more. */
  passed(writer: string): void;
  /** Undefined if every writer's last writes passed, or failed once or twice. */
  problem(): WriteProblem | undefined;
}

export function createWrites(): Writes {
  const failing = new Map<string, { count: number; error: unknown }>();
  return {
    failed(writer, error) {
      failing.set(writer, { count: (failing.get(writer)?.count ?? 0) + 1, error });
    },
    passed(writer) {
      failing.delete(writer);
    },
    problem() {
      const worst = [...failing.values()].find(({ count }) => count >= failuresMin);
      return worst && writeProblemOf(worst.error);
    },
  };
}

/** For `/readyz` and the heartbeat. */
export function noWritesText({ text }: WriteProblem): string {
  return `the database answers and takes no writes: ${text}`;
}

/**
 * @param ping rejects while the database does not answer @throws what `ping` rejects with: then
 * nothing is known
 */
export async function askForProblem(
  ping: () => Promise<void>,
  writes: Writes,
): Promise<WriteProblem | undefined> {
  await ping();
  return writes.problem();
}

/** In words, why nothing can be stored; undefined if it can. Never throws. */
export async function whyNoWrites(
  ping: () => Promise<void>,
  writes: Writes,
): Promise<string | undefined> {
  try {
    const problem = await askForProblem(ping, writes);
    return problem && noWritesText(problem);
  } catch (error) {
    return `the database does not answer: ${databaseErrorText(error)}`;
  }
}

function writeProblemOf(error: unknown): WriteProblem {
  const code = databaseErrorCode(error);
  if (code === undefined) return { reason: 'other', text: 'the last one failed' };
  const reason = reasonOf(code);
  if (reason === undefined) return { reason: 'other', text: `the last one failed with ${code}` };
  return { reason, text: `${words[reason]} (${code})` };
}

function reasonOf(code: string): keyof typeof words | undefined {
  if (Object.hasOwn(bySqlState, code)) return bySqlState[code];
  const problem = problemOf(code);
  return problem && byProblem[problem];
}
