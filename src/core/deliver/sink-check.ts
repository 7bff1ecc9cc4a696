// A sink's own check. Callers that ask at the same time share one request.

import type { Sink } from '../../kit/sink.ts';
import { type Failure, failureFrom } from './policy.ts';
import type { Deadlines } from './within.ts';

export class SinkCheck {
  readonly #check: ((signal: AbortSignal) => Promise<void>) | undefined;
  readonly #within: Deadlines['within'];
  #running: Promise<Failure | undefined> | undefined;

  constructor(sink: Pick<Sink, 'check'>, within: Deadlines['within']) {
    this.#check = sink.check?.bind(sink);
    this.#within = within;
  }

  /** False for a sink that has no check. */
  get exists(): boolean {
    return this.#check !== undefined;
  }

  /**
   * Joins the check that is under way, if there is one. Never rejects.
   * @returns why it failed; undefined if it passed, or if the sink has none
   */
  run(): Promise<Failure | undefined> {
    this.#running ??= this.#ask();
    return this.#running;
  }

  async #ask(): Promise<Failure | undefined> {
    const check = this.#check;
    try {
      if (check) await this.#within((signal) => check(signal));
      return undefined;
    } catch (error) {
      const failure = failureFrom(error);
      // The check carries no event. Who refuses the check refuses every event, as a proxy before
      // the sink would.
      return failure.outcome === 'reject_event' ? { ...failure, outcome: 'reject_sink' } : failure;
    } finally {
      this.#running = undefined;
    }
  }
}
