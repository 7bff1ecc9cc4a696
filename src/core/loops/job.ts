// The worker of a role `job:<name>`: does the same thing now and then, for as long as this process holds the role.
import type { Lease, RoleWorker } from './lease.ts';
import { createWake } from './wake.ts';

/** What an act of a job has at hand. */
export interface Job {
  /** It should go no further: the process stops, or has lost the role. */
  isOver(): boolean;
  /** What asks the database; while the answer is owed, the worker counts as waiting for it. */
  ask<Result>(query: () => Promise<Result>): Promise<Result>;
  /** Ends early when the process stops. */
  wait(ms: number): Promise<void>;
}

const firstAgainMs = 1000;

/**
 * @param act begins at once, and again `everyMs` after its end
 * @param onError told what it threw; the next turn then comes after a second, then after twice as long each time, up to `everyMs`
 */
export function startJob(
  lease: Lease,
  everyMs: number,
  act: (job: Job) => Promise<void>,
  onError: (error: unknown) => void,
): RoleWorker {
  const wake = createWake();
  let isStopping = false;
  let askedAtMs: number | undefined;
  const job: Job = {
    isOver: () => isStopping || !lease.isHeld(),
    async ask(query) {
      askedAtMs = performance.now();
      return query().finally(() => {
        askedAtMs = undefined;
      });
    },
    wait: (ms) => wake.wait(ms),
  };

  async function loop(): Promise<void> {
    let failures = 0;
    while (!job.isOver()) {
      try {
        await act(job);
        failures = 0;
      } catch (error) {
        failures += 1;
        onError(error);
      }
      const waitMs = failures === 0 ? everyMs : Math.min(firstAgainMs * 2 ** (failures - 1), everyMs);
      if (!job.isOver()) await wake.wait(waitMs);
    }
  }
  const finished = loop();

  return {
    stuckMs: () => (askedAtMs === undefined ? 0 : performance.now() - askedAtMs),
    async stop() {
      isStopping = true;
      wake.now();
      await finished;
    },
  };
}
