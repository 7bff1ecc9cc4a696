// The silences that are active, for whoever stores pages: read when they are asked for, known for a short while, compiled once.
import type { StoredSilence } from '../../kit/records/silence.ts';
import type { Logger } from '../../observe/log.ts';
import type { Database } from '../../store/database.ts';
import { readActiveSilences } from '../../store/silences.ts';
import { compileMatcher, type Matcher, MatcherError, type Silence } from './index.ts';

/** So late a silence that was made or ended by another process takes effect here at most. */
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
export function createSilenceReader(db: Database, log: Logger, now = () => performance.now()): SilenceReader {
  let compiled: ReadonlyMap<number, Matcher | null> = new Map();
  let known: { readonly silences: readonly Silence[]; readonly readAtMs: number; readonly nowMs: number } | undefined;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const readAtMs = now();
    const { silences, nowMs } = await readActiveSilences(db, knownForMs);
    compiled = new Map(silences.map((stored) => [stored.id, compiled.get(stored.id) ?? compiledOrTold(stored)]));
    known = { readAtMs, nowMs, silences: silences.flatMap((stored) => silenceOf(stored, compiled.get(stored.id))) };
  }

  function compiledOrTold({ id, matcher }: StoredSilence): Matcher | null {
    if (compiled.get(id) === null) return null;
    try {
      return compileMatcher(matcher);
    } catch (error) {
      if (!(error instanceof MatcherError)) throw error;
      log.error({ silence: id, error: error.message }, 'this release cannot read the silence, and it silences nothing');
      return null;
    }
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

function silenceOf({ id, startsAtMs, endsAtMs }: StoredSilence, matcher: Matcher | null | undefined): Silence[] {
  return matcher ? [{ ...matcher, id, startsAtMs, endsAtMs }] : [];
}
