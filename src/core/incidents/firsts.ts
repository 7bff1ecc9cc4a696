// Counts how long the first acknowledgement and the first resolution of each incident took, for the
// metrics. Whoever holds `job:incidents` counts what all processes and commands did, each once.
import type { Metrics } from '../../observe/metrics/index.ts';
import type { Database } from '../../store/database.ts';
import { lastSettledChange, readFirsts } from '../../store/firsts.ts';
import type { Job } from '../loops/job.ts';
import { type Interval, isWithin } from '../rules/schedule.ts';

const batchMax = 500;

export interface FirstsDependencies {
  readonly db: Database;
  readonly metrics: Pick<Metrics, 'countHandled'>;
  /** See `business_hours` of the configuration. */
  readonly businessHours: readonly Interval[];
}

/** Begins with what happens from now on: what was before, the holder before counted. */
export class Firsts {
  readonly #deps: FirstsDependencies;
  /** Id of the last change that was counted; undefined before the first look. */
  #lastId: number | undefined;

  constructor(deps: FirstsDependencies) {
    this.#deps = deps;
  }

  /** @throws the driver's error; what was counted by then is not counted again */
  async look(job: Pick<Job, 'ask' | 'isOver'>): Promise<void> {
    const { db, metrics, businessHours } = this.#deps;
    let afterId = this.#lastId ?? (await job.ask(() => lastSettledChange(db)));
    this.#lastId = afterId;
    while (!job.isOver()) {
      const from = afterId;
      const page = await job.ask(() => readFirsts(db, { afterId: from, limit: batchMax }));
      // Whoever lost the role meanwhile leaves these to the next holder.
      if (job.isOver() || page.lastId === from) return;
      for (const { state, severity, receivedAtMs, seconds } of page.firsts) {
        const hours = isWithin(businessHours, receivedAtMs) ? 'business' : 'other';
        metrics.countHandled(state, { severity, hours, seconds });
      }
      afterId = page.lastId;
      this.#lastId = afterId;
    }
  }
}
