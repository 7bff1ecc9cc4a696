// The silences that are active, for those who store pages: read when somebody asks, kept for a
// short while, compiled once.

import type { StoredEvent } from '../../kit/event.ts';
import type { StoredSilence } from '../../kit/records/silence.ts';
import type { Logger } from '../../observe/log.ts';
import type { Database } from '../../store/database.ts';
import { readActiveSilences } from '../../store/silences.ts';
import { type Matcher, MatcherError, type Silence, silence, tryMatcher } from './index.ts';

/** A silence that another process made or ended takes effect here within this time. */
const knownForMs = 2000;

export interface ActiveSilences {
  readonly silences: readonly Silence[];
  /** What time it is by the database's clock, milliseconds since the epoch. */
  readonly atMs: number;
}

interface Known {
  readonly silences: readonly Silence[];
  /** Monotonic. */
  readonly readAtMs: number;
  /** By the database's clock. */
  readonly nowMs: number;
}

export class SilenceReader {
  readonly #db: Database;
  readonly #log: Logger;
  readonly #now: () => number;
  /** Null: this release cannot read it. */
  #compiled: ReadonlyMap<number, Matcher | null> = new Map();
  #known: Known | undefined;
  #reading: Promise<Known> | undefined;

  /** @param now monotonic, in milliseconds */
  constructor(db: Database, log: Logger, now = () => performance.now()) {
    this.#db = db;
    this.#log = log;
    this.#now = now;
  }

  /** Costs a query if the last answer is 2 s old. @throws the driver's error */
  async current(): Promise<ActiveSilences> {
    const known = this.#isFresh(this.#known) ? this.#known : await this.#read();
    const { silences, readAtMs, nowMs } = known;
    return { silences, atMs: nowMs + this.#now() - readAtMs };
  }

  /**
   * The silence that keeps the event from the sink at this moment: a silence that was stored before
   * the call counts, whatever was read before.
   * @returns its id; null: there is none
   * @throws the driver's error
   */
  async coverOf(event: StoredEvent, sink: string): Promise<number | null> {
    const { silences, nowMs: atMs } = await this.#query();
    const decision = { sink, state: 'pending', reason: null, priority: 0 } as const;
    const [decided] = silence(silences, [decision], { source: event.source, event, atMs });
    return decided?.silenceId ?? null;
  }

  #isFresh(known: Known | undefined): known is Known {
    return known !== undefined && this.#now() - known.readAtMs < knownForMs;
  }

  /** All who ask at the same time share one query. */
  #read(): Promise<Known> {
    this.#reading ??= this.#query().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #query(): Promise<Known> {
    const readAtMs = this.#now();
    const { silences: stored, nowMs } = await readActiveSilences(this.#db, knownForMs);
    const before = this.#compiled;
    const matchers = new Map(
      stored.map((one) => [one.id, before.get(one.id) ?? this.#compile(one)] as const),
    );
    const silences = stored.flatMap((one) => silenceOf(one, matchers.get(one.id)));
    this.#compiled = matchers;
    this.#known = { readAtMs, nowMs, silences };
    return this.#known;
  }

  #compile({ id, matcher: written }: StoredSilence): Matcher | null {
    // Logged once.
    if (this.#compiled.get(id) === null) return null;
    const matcher = tryMatcher(written);
    if (!(matcher instanceof MatcherError)) return matcher;
    const { message: error } = matcher;
    this.#log.error(
      { silence: id, error },
      'this release cannot read the silence, and it silences nothing',
    );
    return null;
  }
}

function silenceOf(
  { id, startsAtMs, endsAtMs }: StoredSilence,
  matcher: Matcher | null | undefined,
): Silence[] {
  return matcher ? [{ ...matcher, id, startsAtMs, endsAtMs }] : [];
}
