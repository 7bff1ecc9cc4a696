// The silences that are active, for whoever stores pages: read when they are asked for, known for a
// short while, compiled once.
import type { StoredSilence } from '../../kit/records/silence.ts';
import type { Logger } from '../../observe/log.ts';
import type { Database } from '../../store/database.ts';
import { readActiveSilences } from '../../store/silences.ts';
import { type Matcher, MatcherError, type Silence, tryMatcher } from './index.ts';

/** A silence that another process made or ended takes effect here within this time. */
const knownForMs = 2000;

export interface ActiveSilences {
  readonly silences: readonly Silence[];
  /** What time it is by the database's clock, milliseconds since the epoch. */
  readonly atMs: number;
}

export interface SilenceReader {
  /** Costs a query if the last answer is 2 s old. @throws the driver's error */
  current(): Promise<ActiveSilences>;
}

/** @param now monotonic, in milliseconds */
export function createSilenceReader(
  db: Database,
  log: Logger,
  now = () => performance.now(),
): SilenceReader {
  let compiled: ReadonlyMap<number, Matcher | null> = new Map();
  let known:
    | { readonly silences: readonly Silence[]; readonly readAtMs: number; readonly nowMs: number }
    | undefined;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const readAtMs = now();
    const { silences, nowMs } = await readActiveSilences(db, knownForMs);
    compiled = new Map(
      silences.map((stored) => [stored.id, compiled.get(stored.id) ?? compiledOrReported(stored)]),
    );
    known = {
      readAtMs,
      nowMs,
      silences: silences.flatMap((stored) => silenceOf(stored, compiled.get(stored.id))),
    };
  }

  function compiledOrReported({ id, matcher: written }: StoredSilence): Matcher | null {
    if (compiled.get(id) === null) return null;
    const matcher = tryMatcher(written);
    if (!(matcher instanceof MatcherError)) return matcher;
    const { message: error } = matcher;
    log.error(
      { silence: id, error },
      'this release cannot read the silence, and it silences nothing',
    );
    return null;
  }

  return {
    async current() {
      if (known === undefined || now() - known.readAtMs >= knownForMs) {
        reading ??= read().finally(() => {
          reading = undefined;
        });
        await reading;
      }
      const { silences, readAtMs, nowMs } = known!;
      return { silences, atMs: nowMs + now() - readAtMs };
    },
  };
}

function silenceOf(
  { id, startsAtMs, endsAtMs }: StoredSilence,
  matcher: Matcher | null | undefined,
): Silence[] {
  return matcher ? [{ ...matcher, id, startsAtMs, endsAtMs }] : [];
}
