// This process among the replicas of its database: joins them, renews its heartbeat, and notices
// when the database's clock leaps. Leases know the database's clock only; whether a send may start
// is counted on the local monotonic clock.

import type { Works } from '../../kit/records/role.ts';
import type { Logger } from '../../observe/log.ts';
import type { Database } from '../../store/database.ts';
import { cutHeartbeats, joinReplicas, releaseLeases, renewHeartbeat } from '../../store/leases.ts';
import { ClockWatch, type Leap } from '../loops/clock-watch.ts';

export interface MembershipDependencies {
  readonly db: Database;
  /** UUID of this process; a new one at each start. */
  readonly replicaId: string;
  /** UUID of a process that is known to be dead; its roles are free as soon as this one joins. */
  readonly predecessor: string | null;
  /** How long a heartbeat holds. */
  readonly ttlMs: number;
  readonly log: Logger;
  /** What this process works now, for the others to read. */
  works(): Works;
  /** Called once, after the first join. */
  remember?(): Promise<void>;
  /** Called when the heartbeat ran out: others may hold any role now. */
  onLost(): void;
}

export class Membership {
  readonly #deps: MembershipDependencies;
  readonly #clock: ClockWatch;
  /** Monotonic. */
  #validUntilMs = 0;
  /** Monotonic. */
  #unsureUntilMs = Number.NEGATIVE_INFINITY;
  #isJoined = false;

  constructor(deps: MembershipDependencies) {
    this.#deps = deps;
    this.#clock = new ClockWatch(deps.db);
  }

  /** Until when the last heartbeat certainly holds; monotonic. */
  validUntilMs(): number {
    return this.#validUntilMs;
  }

  /** The heartbeats of others may look expired only because the clock leapt. */
  isUnsure(): boolean {
    return performance.now() < this.#unsureUntilMs;
  }

  /** The last leap of the database's clock, if there was one within the hour. */
  clockLeap(): Leap | undefined {
    return this.#clock.last();
  }

  /**
   * Renews the heartbeat; joins first if that was not done yet.
   * @returns the replicas and leases; null if the heartbeat had expired, and did so again at once
   * @throws the driver's error
   */
  async renew(): ReturnType<typeof renewHeartbeat> {
    const { db, replicaId, ttlMs } = this.#deps;
    if (!this.#isJoined) await this.#joinFirst();
    await this.#lookAtClock();
    const view = await this.#heartbeat();
    if (view !== null) await cutHeartbeats(db, replicaId, ttlMs);
    return view;
  }

  /** Gives all roles back. @throws the driver's error */
  async leave(): Promise<void> {
    const { db, replicaId } = this.#deps;
    if (this.#isJoined) await releaseLeases(db, replicaId, null);
  }

  async #joinFirst(): Promise<void> {
    const { predecessor, log } = this.#deps;
    await this.#join(predecessor);
    try {
      await this.#deps.remember?.();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      log.warn(
        { error: text },
        'after a kill, the roles will be free only when the heartbeat has expired',
      );
    }
  }

  async #join(predecessor: string | null): Promise<void> {
    const { db, replicaId, ttlMs, works } = this.#deps;
    const askedAtMs = performance.now();
    await joinReplicas(db, { id: replicaId, ttlMs, predecessor, works: works() });
    this.#validUntilMs = askedAtMs + ttlMs;
    this.#isJoined = true;
  }

  /** Before anything is judged by the clock. */
  async #lookAtClock(): Promise<void> {
    const leap = await this.#clock.look();
    if (leap === undefined) return;
    this.#deps.log.warn({ leap_ms: leap.ms }, "the database's clock leapt");
    // Those who live renew within a term; nothing is taken from anybody until then.
    if (leap.ms > 0) this.#unsureUntilMs = performance.now() + this.#deps.ttlMs;
  }

  async #heartbeat(): ReturnType<typeof renewHeartbeat> {
    const { db, replicaId, ttlMs, works } = this.#deps;
    const askedAtMs = performance.now();
    const ask = () => renewHeartbeat(db, replicaId, { ttlMs, works: works() });
    const view = await ask();
    if (view === null) {
      await this.#joinAgain();
      return ask();
    }
    this.#validUntilMs = askedAtMs + ttlMs;
    return view;
  }

  /** The heartbeat had expired by the database's clock. */
  async #joinAgain(): Promise<void> {
    const { log, onLost, ttlMs } = this.#deps;
    if (performance.now() < this.#validUntilMs) {
      // By the local clock it had not: the database's leapt. What nobody took is still held.
      log.warn({}, 'the heartbeat had expired before its time: joining again');
      this.#unsureUntilMs = performance.now() + ttlMs;
    } else {
      log.warn({}, 'the heartbeat had expired: every role is lost, joining again');
      onLost();
    }
    await this.#join(null);
  }
}
