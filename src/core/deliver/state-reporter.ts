// Reports each change of a sink's state: to the metric, the log, the database, and to people.

import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { writeSinkState } from '../../store/sinks.ts';
import type { Lease } from '../loops/lease.ts';
import { changeNotice, type SinkNotices } from '../notices/sink-notices.ts';
import type { Transition } from './health.ts';
import type { DeliveryPolicy } from './policy.ts';

/** A state that the database did not take is written again after this time. */
const againMs = 1000;

export interface StateReporterDependencies {
  readonly id: string;
  readonly db: Database;
  readonly policy: DeliveryPolicy;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly announce: SinkNotices['announce'];
}

export class StateReporter {
  readonly #deps: StateReporterDependencies;
  readonly #lease: Lease;
  #reporting = Promise.resolve();
  /** The last change, while it is not in the database. */
  #owed: Transition | undefined;
  #triedAtMs = 0;

  constructor(deps: StateReporterDependencies, lease: Lease) {
    this.#deps = deps;
    this.#lease = lease;
  }

  /**
   * Sets the metric at once, then logs, stores and announces, one after the other, so that the last
   * state that is written is the newest. Never throws.
   * @param detail what went wrong, in words
   */
  report(transition: Transition, detail: string | undefined): void {
    // Not behind the write of the change before, which may hang.
    this.#deps.metrics.setSinkState(this.#deps.id, transition.to);
    this.#reporting = this.#reporting.then(async () => {
      this.#log(transition, detail);
      await this.#write(transition);
      await this.#announce(transition, detail);
    });
  }

  /**
   * To be called at intervals: writes a state that the database did not take. Until then other
   * processes see the state before it.
   */
  catchUp(): void {
    if (this.#owed === undefined || performance.now() - this.#triedAtMs < againMs) return;
    this.#triedAtMs = performance.now();
    this.#reporting = this.#reporting.then(() =>
      this.#owed === undefined ? undefined : this.#write(this.#owed),
    );
  }

  /** Resolves when everything is reported, or could not be. Never rejects. */
  finished(): Promise<void> {
    return this.#reporting;
  }

  #log({ from, to, reason, lastedMs }: Transition, detail: string | undefined): void {
    const { id: sink, log } = this.#deps;
    const fields = {
      sink,
      from,
      to,
      reason,
      error: detail ?? null,
      lasted_ms: Math.round(lastedMs),
    };
    if (to === 'ok') log.info(fields, 'the sink is well again');
    else
      log.warn(
        fields,
        to === 'paused' ? 'the sink is paused, everything is kept' : 'the sink backs off',
      );
  }

  async #write(transition: Transition): Promise<void> {
    const { db, id, log } = this.#deps;
    this.#triedAtMs = performance.now();
    this.#owed = transition;
    try {
      await writeSinkState(db, this.#lease, {
        sink: id,
        state: transition.to,
        reason: transition.reason,
      });
      this.#owed = undefined;
    } catch (error) {
      log.error(
        { sink: id, error: databaseErrorText(error) },
        "the sink's state could not be written",
      );
    }
  }

  async #announce(transition: Transition, detail: string | undefined): Promise<void> {
    const { id, policy, now, announce } = this.#deps;
    const notice = changeNotice(id, transition, {
      detail,
      noticeableMs: policy.delayedMs,
      nowMs: now(),
    });
    if (notice) await announce(notice);
  }
}
