// Which roles this process works: heartbeat, takeover of what is free, fair share, and giving
// everything back at the end. Leases know the database's clock only; whether a send may start is
// counted on the local monotonic clock.

import { performance } from 'node:perf_hooks';
import type { LeaseView } from '../../kit/records/role.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import {
  acquireLeases,
  createLeases,
  cutHeartbeats,
  joinReplicas,
  releaseLeases,
  renewHeartbeat,
} from '../../store/leases.ts';
import { type Standing, worksOf } from '../identity/standing.ts';
import { backoffMs, databaseBackoff } from '../loops/backoff.ts';
import { createClockWatch, type Leap } from '../loops/clock-watch.ts';
import { createWake } from '../loops/wake.ts';
import type { Writes } from '../loops/writes.ts';
import { HeldRoles, type Role } from './held-roles.ts';
import { type ShareFacts, surplus, wantedRoles } from './share.ts';
import { StandingWatch } from './standing-watch.ts';
import { asIfLive, lostNames, nextTurnMs, strayNames } from './turn.ts';

export type { Role } from './held-roles.ts';

export interface RoleTimes {
  /** How long a heartbeat holds. */
  readonly ttlMs: number;
  /** How often it is renewed. */
  readonly renewMs: number;
}
export const defaultRoleTimes: RoleTimes = { ttlMs: 20_000, renewMs: 5000 };

/** How soon a heartbeat is tried again that had just expired once more. */
const lostAgainMs = 1000;

export interface RolesDependencies {
  readonly db: Database;
  readonly roles: readonly Role[];
  /** UUID of this process; a new one at each start. */
  readonly replicaId: string;
  /** UUID of a process that is known to be dead; its roles are taken at once. */
  readonly predecessor: string | null;
  /** Called once, when the predecessor's heartbeat was ended and before a role is taken. */
  remember?(): Promise<void>;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly times?: RoleTimes;
  readonly writes?: Writes;
}

export interface Roles {
  /**
   * Milliseconds since the loop, or the slowest of the workers, last turned; a database that fails
   * lets them turn too.
   */
  stuckMs(): number;
  /** Names of the roles held now. */
  held(): readonly string[];
  /** The last leap of the database's clock, if there was one within the hour. */
  clockLeap(): Leap | undefined;
  /** How this process stood to the others at its last heartbeat; undefined before the first. */
  standing(): Standing | undefined;
  /**
   * Works these from now on. Each role goes on with its new worker as soon as its old one has
   * finished what was in flight; what is not among them is given back. Resolves when the last of
   * the old workers has ended.
   */
  replace(roles: readonly Role[]): Promise<void>;
  /** Stops every worker, gives the roles back, leaves. */
  stop(): Promise<void>;
}

/** Starts the loop. It needs a migrated database, but copes with one that goes away. */
export function startRoles(deps: RolesDependencies): Roles {
  return new ReplicaRoles(deps);
}

class ReplicaRoles implements Roles {
  readonly #deps: RolesDependencies;
  readonly #times: RoleTimes;
  readonly #wake = createWake();
  readonly #clock: ReturnType<typeof createClockWatch>;
  readonly #held: HeldRoles;
  readonly #standing: StandingWatch;
  readonly #finished: Promise<void>;
  #roles: readonly Role[];
  /** Those whose leases have their rows. */
  #prepared: readonly Role[] | undefined;
  /** Until when the last heartbeat certainly holds; monotonic. */
  #validUntilMs = 0;
  /** Until then heartbeats of others may look expired only because the clock leapt; monotonic. */
  #unsureUntilMs = Number.NEGATIVE_INFINITY;
  #isJoined = false;
  #isStopping = false;
  #turnedAtMs = performance.now();

  constructor(deps: RolesDependencies) {
    this.#deps = deps;
    this.#times = deps.times ?? defaultRoleTimes;
    this.#roles = deps.roles;
    this.#clock = createClockWatch(deps.db);
    const validUntilMs = () => this.#validUntilMs;
    this.#held = new HeldRoles({ ...deps, validUntilMs, onFree: () => this.#wake.now() });
    this.#standing = new StandingWatch(deps);
    this.#finished = this.#loop();
  }

  stuckMs(): number {
    return Math.max(performance.now() - this.#turnedAtMs, this.#held.stuckMs());
  }

  held(): readonly string[] {
    return this.#held.names();
  }

  clockLeap(): Leap | undefined {
    return this.#clock.last();
  }

  standing(): Standing | undefined {
    return this.#standing.current();
  }

  async replace(next: readonly Role[]): Promise<void> {
    this.#roles = next;
    const kept = new Set(next.map(({ name }) => name));
    for (const name of this.#held.names())
      this.#held.drop(name, kept.has(name) ? 'restarted' : 'given back');
    this.#wake.now();
    await this.#held.ended();
  }

  async stop(): Promise<void> {
    const { db, replicaId } = this.#deps;
    this.#isStopping = true;
    this.#wake.now();
    this.#held.dropAll('given back');
    await this.#held.ended();
    await this.#finished;
    if (this.#isJoined) await releaseLeases(db, replicaId, null);
  }

  async #loop(): Promise<void> {
    const { writes, log } = this.#deps;
    let failures = 0;
    while (!this.#isStopping) {
      let waitMs: number;
      try {
        waitMs = await this.#turn();
        failures = 0;
        writes?.passed('roles');
      } catch (error) {
        writes?.failed('roles', error);
        const text = databaseErrorText(error);
        log.warn({ error: text }, 'heartbeat not renewed: the database does not answer');
        failures += 1;
        waitMs = backoffMs(failures, Math.random(), databaseBackoff);
      }
      this.#turnedAtMs = performance.now();
      if (!this.#isStopping) await this.#wake.wait(waitMs);
    }
  }

  /** @returns milliseconds until the next turn */
  async #turn(): Promise<number> {
    const { db, replicaId } = this.#deps;
    const { ttlMs, renewMs } = this.#times;
    await this.#prepare();
    if (!this.#isJoined) await this.#joinFirst();
    await this.#lookAtClock();
    const view = await this.#renew();
    if (view === null) return lostAgainMs;
    await cutHeartbeats(db, replicaId, ttlMs);
    const epochs = this.#held.epochs();
    for (const name of lostNames(view.leases, epochs, replicaId)) this.#held.drop(name, 'lost');
    await this.#lookAround();
    for (const name of this.#held.names())
      if (this.#standing.isLeft(name)) this.#held.drop(name, 'given back');
    // Those of another service have no share in this one's roles.
    const replicas = view.replicas - (this.#standing.current()?.foreigners ?? 0);
    const facts = { leases: view.leases, replicaId, replicas };
    for (const name of surplus(this.#able(), facts)) this.#held.drop(name, 'given back');
    await this.#releaseStrays(view.leases);
    await this.#takeFree(facts);
    return nextTurnMs(view.leases, replicaId, renewMs);
  }

  /** Each lease must have its row before it can be taken. */
  async #prepare(): Promise<void> {
    const wanted = this.#roles;
    if (this.#prepared === wanted) return;
    const names = wanted.map(({ name }) => name);
    await createLeases(this.#deps.db, names);
    this.#prepared = wanted;
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
    const { db, replicaId } = this.#deps;
    const { ttlMs } = this.#times;
    const askedAtMs = performance.now();
    await joinReplicas(db, { id: replicaId, ttlMs, predecessor, works: worksOf(this.#roles) });
    this.#validUntilMs = askedAtMs + ttlMs;
    this.#isJoined = true;
  }

  /** Before anything is judged by the clock. */
  async #lookAtClock(): Promise<void> {
    const leap = await this.#clock.look();
    if (leap === undefined) return;
    this.#deps.log.warn({ leap_ms: leap.ms }, "the database's clock leapt");
    // Those who live renew within a term; nothing is taken from anybody until then.
    if (leap.ms > 0) this.#unsureUntilMs = performance.now() + this.#times.ttlMs;
  }

  /** @returns null if the heartbeat had expired, and did so again at once */
  async #renew() {
    const { db, replicaId } = this.#deps;
    const { ttlMs } = this.#times;
    const askedAtMs = performance.now();
    const ask = () => renewHeartbeat(db, replicaId, { ttlMs, works: worksOf(this.#roles) });
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
    const { log } = this.#deps;
    if (performance.now() < this.#validUntilMs) {
      // By time itself it had not: the clock leapt. What nobody took meanwhile is still held.
      log.warn({}, 'the heartbeat had expired before its time: joining again');
      this.#unsureUntilMs = performance.now() + this.#times.ttlMs;
    } else {
      log.warn({}, 'the heartbeat had expired: every role is lost, joining again');
      this.#held.dropAll('lost');
    }
    await this.#join(null);
  }

  async #lookAround(): Promise<void> {
    // Who seems dead after a leap of the clock may live, and keeps what was left to it until then.
    if (this.#standing.current() !== undefined && this.#isUnsure()) return;
    await this.#standing.look(() => this.#roles);
  }

  #isUnsure(): boolean {
    return performance.now() < this.#unsureUntilMs;
  }

  /** Those that are not left to others. */
  #able(): readonly Role[] {
    return this.#roles.filter(({ name }) => !this.#standing.isLeft(name));
  }

  /** Roles that were taken, or could not be given back, while others came in their place. */
  async #releaseStrays(leases: readonly LeaseView[]): Promise<void> {
    const { db, replicaId } = this.#deps;
    const able = this.#able().map(({ name }) => name);
    const own = new Set([...able, ...this.#held.names(), ...this.#held.endingNames()]);
    const names = strayNames(leases, own, replicaId);
    if (names.length > 0) await releaseLeases(db, replicaId, names);
  }

  async #takeFree(facts: ShareFacts): Promise<void> {
    // What has come since the heartbeat is not known to the others yet.
    if (this.#prepared !== this.#roles) return;
    const { db, replicaId } = this.#deps;
    const leases = this.#isUnsure() ? facts.leases.map(asIfLive) : facts.leases;
    const wanted = wantedRoles(this.#able(), { ...facts, leases });
    const free = wanted.filter((name) => this.#freeRole(name) !== undefined);
    if (free.length === 0 || this.#isStopping) return;
    for (const { name, epoch } of await acquireLeases(db, replicaId, free)) {
      // Others may have come in their place meanwhile.
      const role = this.#freeRole(name);
      if (role && !this.#isStopping) this.#held.take(role, epoch);
    }
  }

  /** Undefined if nothing of the role can be worked here now. */
  #freeRole(name: string): Role | undefined {
    const role = this.#able().find((one) => one.name === name);
    const isFree = role && !this.#held.has(name) && !this.#held.isBusy(role);
    return isFree ? role : undefined;
  }
}
