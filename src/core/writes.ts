// Whether the database takes what is written, which it may not though it answers: its disk is full, or it is read-only.
import { databaseErrorCode } from './store/database.ts';

/** One failure is a connection that was cut, and the next try passes. */
const failuresMin = 3;

const problems: Readonly<Record<string, string>> = {
  '25006': 'it is read-only',
  '42501': 'its user may not write',
  '53100': 'its disk is full',
  '53200': 'it is out of memory',
  '53300': 'it has no connection left',
};

export interface Writes {
  /** @param writer whose write it was: a success of one says nothing of another */
  failed(writer: string, error: unknown): void;
  /** It passed, or nobody tries it here any more. */
  passed(writer: string): void;
  /** What is wrong, without a secret; undefined if every writer's last writes passed, or failed once or twice. */
  problem(): string | undefined;
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
      return worst && `the database answers and takes no writes: ${wordsOf(worst.error)}`;
    },
  };
}

function wordsOf(error: unknown): string {
  const code = databaseErrorCode(error);
  if (code === undefined) return 'the last one failed';
  return Object.hasOwn(problems, code) ? `${problems[code]} (${code})` : `the last one failed with ${code}`;
}
