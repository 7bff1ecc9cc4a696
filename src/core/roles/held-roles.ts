// The roles that this process holds, each with its worker, and the workers that are still stopping.

import type { WorkFacts } from '../../kit/records/role.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { releaseLeases } from '../../store/leases.ts';
import type { WorkingRole } from '../identity/standing.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';

/**
 * Two roles must not work the same sink at once. Another configuration may assign sinks to roles
 * differently.
 */
export interface Role extends WorkingRole {
  start(lease: Lease): RoleWorker;
}

/**
 * `given back`: any process may take the role once its worker has ended. `restarted`: this process
 * takes it again. `lost`: another process has it.
 */
export type Parting = 'given back' | 'restarted' | 'lost';

export interface HeldRolesOptions {
  readonly db: Database;
  readonly replicaId: string;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Until when the leases certainly hold, by the local monotonic clock. */
  validUntilMs(): number;
  /** The worker of a role that is to be restarted has ended. */
  onFree(): void;
}

interface HeldRole {
  readonly role: Role;
  readonly lease: Lease;
  readonly worker: RoleWorker;
}

/** A worker that was asked to stop and has not ended. */
interface Ending {
  readonly role: Role;
  /** Monotonic. */
  readonly sinceMs: number;
}

export class HeldRoles {
  readonly #options: HeldRolesOptions;
  readonly #held = new Map<string, HeldRole>();
  readonly #endings = new Map<Promise<void>, Ending>();

  constructor(options: HeldRolesOptions) {
    this.#options = options;
  }

  names(): string[] {
    return [...this.#held.keys()];
  }

  has(name: string): boolean {
    return this.#held.has(name);
  }

  /** Of the leases under which the roles are held, by name. */
  epochs(): Map<string, number> {
    return new Map([...this.#held].map(([name, { lease }]) => [name, lease.epoch]));
  }

  take(role: Role, epoch: number): void {
    const lease = this.#leaseOf(role.name, epoch);
    this.#held.set(role.name, { role, lease, worker: role.start(lease) });
    this.#options.metrics.roleHeld.set({ role: role.name }, 1);
    this.#options.log.info({ role: role.name, epoch }, 'role taken');
  }

  /** Asks the worker to stop. Does nothing if the role is not held. */
  drop(name: string, parting: Parting): void {
    const ending = this.#held.get(name);
    if (!ending) return;
    const { role, lease } = ending;
    const { metrics, log, onFree } = this.#options;
    this.#held.delete(name);
    if (parting === 'lost') lease.lose();
    metrics.roleHeld.set({ role: name }, 0);
    log.info({ role: name }, `role ${parting}`);
    const stopped = this.#end(ending, parting).finally(() => {
      this.#endings.delete(stopped);
      if (parting === 'restarted') onFree();
    });
    this.#endings.set(stopped, { role, sinceMs: performance.now() });
  }

  dropAll(parting: Parting): void {
    for (const name of this.names()) this.drop(name, parting);
  }

  /** Resolves when the workers that were asked to stop by now have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#endings.keys());
  }

  /** Names of the roles whose workers are still stopping. */
  endingNames(): string[] {
    return [...this.#endings.values()].map(({ role }) => role.name);
  }

  /** Whether a stopping worker works something of the role, which must not get a second one. */
  isBusy({ name, sinks = [] }: Role): boolean {
    const isShared = (other: Role) =>
      other.name === name || other.sinks?.some((sink) => sinks.includes(sink));
    return [...this.#endings.values()].some(({ role }) => isShared(role));
  }

  /** Milliseconds for which the slowest of the workers has been stuck, or has been stopping. */
  stuckMs(): number {
    const nowMs = performance.now();
    return Math.max(
      0,
      ...[...this.#endings.values()].map(({ sinceMs }) => nowMs - sinceMs),
      ...[...this.#held.values()].map(({ worker }) => worker.stuckMs?.() ?? 0),
    );
  }

  /** What the workers know of what they work. */
  facts(): WorkFacts {
    const all = [...this.#held.values()].map(({ worker }) => worker.facts?.() ?? {});
    return {
      sources: Object.assign({}, ...all.map(({ sources }) => sources ?? {})),
      sinks: Object.assign({}, ...all.map(({ sinks }) => sinks ?? {})),
    };
  }

  #leaseOf(name: string, epoch: number): Lease {
    const { replicaId: holder, validUntilMs } = this.#options;
    let isLost = false;
    return {
      name,
      holder,
      epoch,
      isHeld: () => !isLost,
      outlasts: (ms) => !isLost && performance.now() + ms < validUntilMs(),
      lose() {
        isLost = true;
      },
    };
  }

  /** Never rejects. */
  async #end({ role: { name }, worker }: HeldRole, parting: Parting): Promise<void> {
    const { db, replicaId, log } = this.#options;
    try {
      await worker.stop();
      if (parting === 'given back') await releaseLeases(db, replicaId, [name]);
    } catch (error) {
      log.error({ role: name, error: databaseErrorText(error) }, 'role not given back');
    }
  }
}
