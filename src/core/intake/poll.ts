// The loop that reads one polled source while this process holds its role: read to the end, wait.

import type { SourceFacts, WorkFacts } from '../../kit/records/role.ts';
import type { Control, Controls } from '../loops/controls.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import { WaitWatch } from '../loops/wait-watch.ts';
import { createWake } from '../loops/wake.ts';
import { createAudience } from '../notices/audience.ts';
import { type DrainDependencies, type Drained, drainSource } from './drain.ts';
import { nextWaitMs } from './pace.ts';
import { logFailed } from './poll-line.ts';
import { type ReadFailure, SourceHealth } from './source-health.ts';

export interface PollDependencies extends DrainDependencies {
  /**
   * Ids of the sinks of operations, which are told of failures in addition to the recipients of the
   * source.
   */
  readonly operations?: readonly string[];
  readonly intervalMs: number;
  /** In [0, 1). */
  readonly random: () => number;
  /** What operators asked of the source; absent: nobody can pause it. */
  readonly controls?: Pick<Controls, 'of'> | undefined;
}

/** Timers cannot wait for longer than some weeks, and nothing is lost by a look in between. */
const restMaxMs = 3_600_000;
/** It is written with each heartbeat. */
const errorMax = 300;

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
  readonly #control: Control | undefined;
  readonly #unwatch: (() => void) | undefined;
  #waitMs: number;
  /** The last wish for a poll that was met, or came before. */
  #polledFor: string | null = null;
  #isResting = false;
  #facts: SourceFacts = { lastSuccessAt: null, lastError: null, nextPollAt: null };
  #isDisabled = false;

  constructor(deps: PollDependencies, lease: Lease) {
    this.#deps = deps;
    this.#lease = lease;
    this.#health = watchSource(deps, lease);
    this.#waitMs = deps.intervalMs;
    this.#control = controlOf(deps);
    this.#unwatch = this.#control?.watch(() => this.#asked());
    this.#finished = this.#loop();
  }

  /** Calls to the far end have limits of their own. */
  stuckMs(): number {
    return this.#watch.waitedMs();
  }

  facts(): WorkFacts {
    return { sources: { [this.#deps.id]: this.#facts } };
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error('stopping'));
    this.#unwatch?.();
    this.#wake.now();
    await this.#finished;
    this.#deps.writes?.passed(`source:${this.#deps.id}`);
  }

  async #loop(): Promise<void> {
    const { signal } = this.#abort;
    const onPage = () => {
      this.#facts = { ...this.#facts, lastSuccessAt: this.#timeIn(0) };
      return this.#health.after({});
    };
    const mustRest = () => this.#restMs() > 0;
    while (!signal.aborted && this.#lease.isHeld()) {
      if (mustRest()) {
        await this.#rest();
        continue;
      }
      this.#facts = { ...this.#facts, nextPollAt: null };
      this.#polledFor = this.#control?.pollAskedAt() ?? null;
      const options = { signal, watch: this.#watch, onPage, mustRest };
      const drained = await drainSource(this.#deps, this.#lease, options);
      // A reading that was cut off says nothing about the source.
      if (!signal.aborted) await this.#health.after(drained);
      this.#plan(drained);
      if (!signal.aborted) await this.#wake.wait(this.#waitMs);
    }
  }

  /** For how long an operator lets the source rest still. */
  #restMs(): number {
    return this.#control?.pausedMs() ?? 0;
  }

  async #rest(): Promise<void> {
    this.#isResting = true;
    this.#facts = { ...this.#facts, nextPollAt: null };
    await this.#wake.wait(Math.min(this.#restMs(), restMaxMs));
    this.#isResting = false;
  }

  /** The end of a pause that was seen in time already is no wish for a poll. */
  #asked(): void {
    const isPollAsked = (this.#control?.pollAskedAt() ?? null) !== this.#polledFor;
    if (isPollAsked || this.#isResting || this.#restMs() > 0) this.#wake.now();
  }

  /** Decides when to read again, and logs failures. */
  #plan({ events, failure, waitMs: wishedMs, disabled = false }: Drained): void {
    const { id: source, log, intervalMs, random } = this.#deps;
    const { failures } = this.#health;
    const pace = { previousMs: this.#waitMs, intervalMs, random: random() };
    this.#waitMs = nextWaitMs({ ...pace, events, wishedMs, failure, failures });
    if (disabled && !this.#isDisabled)
      log.info(
        { source },
        'the far end has this switched off; it is looked for again at each poll',
      );
    this.#isDisabled = disabled;
    this.#facts = {
      ...this.#facts,
      nextPollAt: this.#timeIn(this.#waitMs),
      ...(failure && { lastError: this.#errorOf(failure) }),
    };
    if (failure) logFailed(log, { source, failure, failures, waitMs: this.#waitMs });
  }

  #errorOf({ reason, message }: ReadFailure): NonNullable<SourceFacts['lastError']> {
    return { at: this.#timeIn(0), reason, message: message.slice(0, errorMax) };
  }

  /** ISO 8601. */
  #timeIn(ms: number): string {
    return new Date(this.#deps.now() + ms).toISOString();
  }
}

function controlOf({ controls, id }: PollDependencies): Control | undefined {
  return controls?.of(`source:${id}`);
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
 * Reads the source to its end once, unless it is paused, and then only waits to be stopped.
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
    const mustRest = () => (controlOf(deps)?.pausedMs() ?? 0) > 0;
    if (mustRest()) return onEnd({ events: 0 });
    const drained = await drainSource(deps, lease, { signal, onPage, mustRest });
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
