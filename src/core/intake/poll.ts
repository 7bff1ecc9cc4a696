// The loop that reads one polled source while this process holds its role: read to the end, wait.

import type { Lease, RoleWorker } from '../loops/lease.ts';
import { WaitWatch } from '../loops/wait-watch.ts';
import { createWake } from '../loops/wake.ts';
import { createAudience } from '../notices/audience.ts';
import { type DrainDependencies, type Drained, drainSource } from './drain.ts';
import { nextWaitMs } from './pace.ts';
import { logFailed } from './poll-line.ts';
import { SourceHealth } from './source-health.ts';

export interface PollDependencies extends DrainDependencies {
  /**
   * Ids of the sinks of operations, which are told of failures in addition to the recipients of the
   * source.
   */
  readonly operations?: readonly string[];
  readonly intervalMs: number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Reads the source until stopped. @param lease the role `source:<id>` */
export function startPolling(deps: PollDependencies, lease: Lease): RoleWorker {
  return new Poller(deps, lease);
}

class Poller implements RoleWorker {
  readonly #deps: PollDependencies;
  readonly #lease: Lease;
  readonly #wake = createWake();
  readonly #abort = new AbortController();
  readonly #watch = new WaitWatch();
  readonly #health: SourceHealth;
  readonly #finished: Promise<void>;
  #waitMs: number;
  #isDisabled = false;

  constructor(deps: PollDependencies, lease: Lease) {
    this.#deps = deps;
    this.#lease = lease;
    this.#health = watchSource(deps, lease);
    this.#waitMs = deps.intervalMs;
    this.#finished = this.#loop();
  }

  /** Calls to the far end have limits of their own. */
  stuckMs(): number {
    return this.#watch.waitedMs();
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error('stopping'));
    this.#wake.now();
    await this.#finished;
    this.#deps.writes?.passed(`source:${this.#deps.id}`);
  }

  async #loop(): Promise<void> {
    const { signal } = this.#abort;
    const onPage = () => this.#health.after({});
    while (!signal.aborted && this.#lease.isHeld()) {
      const watch = this.#watch;
      const drained = await drainSource(this.#deps, this.#lease, { signal, watch, onPage });
      // A reading that was cut off says nothing about the source.
      if (!signal.aborted) await this.#health.after(drained);
      this.#plan(drained);
      if (!signal.aborted) await this.#wake.wait(this.#waitMs);
    }
  }

  /** Decides when to read again, and logs failures. */
  #plan({ events, failure, disabled = false }: Drained): void {
    const { id: source, log, intervalMs, random } = this.#deps;
    const { failures } = this.#health;
    const pace = { previousMs: this.#waitMs, intervalMs, random: random() };
    this.#waitMs = nextWaitMs({ ...pace, events, failure, failures });
    if (disabled && !this.#isDisabled)
      log.info(
        { source },
        'the far end has this switched off; it is looked for again at each poll',
      );
    this.#isDisabled = disabled;
    if (failure) logFailed(log, { source, failure, failures, waitMs: this.#waitMs });
  }
}

/**
 * Follows a source's failures, and announces them to its recipients and to operations.
 * @param looksAgain false: no second look follows that could confirm a refusal
 */
export function watchSource(
  { id, db, log, now, routes, operations = [] }: PollDependencies,
  lease: Lease,
  looksAgain = true,
): SourceHealth {
  const to = createAudience({ routes, sinks: [], operations }).ofSource(id);
  return new SourceHealth({ id, db, log, now, to, looksAgain }, lease);
}

/**
 * Reads the source to its end once, and then only waits to be stopped.
 * @param onEnd gets how it went, also if it was stopped before the end
 */
export function startReadingOnce(
  deps: PollDependencies,
  lease: Lease,
  onEnd: (drained: Drained) => void,
): RoleWorker {
  const abort = new AbortController();
  const { signal } = abort;
  const health = watchSource(deps, lease, false);
  const read = async () => {
    const onPage = () => health.after({});
    const drained = await drainSource(deps, lease, { signal, onPage });
    if (!signal.aborted) await health.after(drained);
    onEnd(drained);
  };
  const finished = read();
  return {
    async stop() {
      abort.abort(new Error('stopping'));
      await finished;
    },
  };
}
