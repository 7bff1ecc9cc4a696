// The worker of a role `job:<name>`: repeats one act at intervals while this process holds the
// role.
import type { Lease, RoleWorker } from './lease.ts';
import { WaitWatch } from './wait-watch.ts';
import { createWake } from './wake.ts';

/** What an act of a job works with. */
export interface Job {
  /** True when the act should go no further: the process stops, or has lost the role. */
  isOver(): boolean;
  /** Asks the database. Until it answers, the worker counts as waiting for it. */
  ask<Result>(query: () => Promise<Result>): Promise<Result>;
  /** Ends early when the process stops. */
  wait(ms: number): Promise<void>;
}

export interface JobOptions {
  /** The wait from the end of one act to the beginning of the next. */
  readonly everyMs: number;
  /** The first one begins at once. */
  act(job: Job): Promise<void>;
  /**
   * Gets what `act` threw. The next act then begins after a second, after each further failure
   * after twice as long, up to `everyMs`.
   */
  onError(error: unknown): void;
}

const firstRetryMs = 1000;

export function startJob(lease: Lease, options: JobOptions): RoleWorker {
  return new RunningJob(lease, options);
}

class RunningJob implements Job, RoleWorker {
  readonly #lease: Lease;
  readonly #options: JobOptions;
  readonly #wake = createWake();
  readonly #watch = new WaitWatch();
  readonly #finished: Promise<void>;
  #isStopping = false;

  constructor(lease: Lease, options: JobOptions) {
    this.#lease = lease;
    this.#options = options;
    this.#finished = this.#loop();
  }

  isOver(): boolean {
    return this.#isStopping || !this.#lease.isHeld();
  }

  async ask<Result>(query: () => Promise<Result>): Promise<Result> {
    return this.#watch.of(query());
  }

  wait(ms: number): Promise<void> {
    return this.#wake.wait(ms);
  }

  stuckMs(): number {
    return this.#watch.waitedMs();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake.now();
    await this.#finished;
  }

  async #loop(): Promise<void> {
    let failures = 0;
    while (!this.isOver()) {
      try {
        await this.#options.act(this);
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#options.onError(error);
      }
      if (!this.isOver()) await this.#wake.wait(this.#waitMs(failures));
    }
  }

  #waitMs(failures: number): number {
    const { everyMs } = this.#options;
    return failures === 0 ? everyMs : Math.min(firstRetryMs * 2 ** (failures - 1), everyMs);
  }
}
