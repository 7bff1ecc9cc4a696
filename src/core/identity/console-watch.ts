// Sources whose position is another console's: asks the consoles, shows it in the metrics, and
// announces it.

import type { PollSource } from '../../kit/source.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import type { Database } from '../../store/database.ts';
import type { Audience } from '../notices/audience.ts';
import { announceForeign, foreignSources, refusedSources } from './foreign.ts';

/** How long a console may take to say whether it knows a position. */
const askMs = 20_000;

export interface ConsoleWatchOptions {
  readonly db: Database;
  readonly sources: readonly { readonly id: string; readonly source: PollSource }[];
  readonly audience: Audience;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class ConsoleWatch {
  readonly #options: ConsoleWatchOptions;
  #refused: ReadonlySet<string> | undefined;

  constructor(options: ConsoleWatchOptions) {
    this.#options = options;
  }

  /**
   * Ids of the sources whose console did not know the position when it was asked last; undefined
   * until the first question is answered.
   */
  refused(): ReadonlySet<string> | undefined {
    return this.#refused;
  }

  /**
   * Asks the consoles whose positions are another's whether they know them. @throws the driver's
   * error
   */
  async ask(): Promise<void> {
    const { db, sources } = this.#options;
    try {
      this.#refused = await refusedSources(db, sources, AbortSignal.timeout(askMs));
    } finally {
      // If the question fails, the process goes on working.
      this.#refused ??= new Set();
    }
  }

  /**
   * Looks at the stored positions, and announces those of other consoles. @throws the driver's
   * error
   */
  async look(): Promise<void> {
    const { db, sources, audience, metrics, now } = this.#options;
    const consoles = sources.map(({ id, source }) => ({ id, console: source.console }));
    const looked = { db, consoles, audience, now };
    const foreign = await foreignSources(looked);
    for (const { id } of sources) {
      const isForeign = foreign.some(({ source }) => source === id);
      metrics.sourceOtherConsole.set({ source: id }, isForeign ? 1 : 0);
    }
    await announceForeign(looked);
  }
}
