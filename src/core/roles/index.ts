// Which roles this process works: takes what is free, keeps to its fair share, and gives everything
// back at the end.

import { performance } from 'node:perf_hooks';
import type { LeaseView, WorkFacts } from '../../kit/records/role.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { acquireLeases, createLeases, releaseLeases } from '../../store/leases.ts';
import { type Standing, worksOf } from '../identity/standing.ts';
import { backoffMs, databaseBackoff } from '../loops/backoff.ts';
import type { Leap } from '../loops/clock-watch.ts';
import { createWake } from '../loops/wake.ts';
import type { Writes } from '../loops/writes.ts';
import { HeldRoles, type Role } from './held-roles.ts';
import { Membership } from './membership.ts';
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

/** How soon a heartbeat is tried again that expired twice in a row. */
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
  /** What this process knows of what is no role, for the others to read. */
  facts?(): WorkFacts;
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
  readonly #renewMs: number;
  readonly #wake = createWake();
  readonly #membership: Membership;
  readonly #held: HeldRoles;
  readonly #standing: StandingWatch;
  readonly #finished: Promise<void>;
  #roles: readonly Role[];
  /** The roles whose leases have rows in the database. */
  #prepared: readonly Role[] | undefined;
  #isStopping = false;
  #turnedAtMs = performance.now();

  constructor(deps: RolesDependencies) {
    this.#deps = deps;
    const { ttlMs, renewMs } = deps.times ?? defaultRoleTimes;
    this.#renewMs = renewMs;
    this.#roles = deps.roles;
    this.#membership = new Membership({
      ...deps,
      ttlMs,
      works: () => ({ ...worksOf(this.#roles), facts: this.#facts() }),
      onLost: () => this.#held.dropAll('lost'),
    });
    const validUntilMs = () => this.#membership.validUntilMs();
    this.#held = new HeldRoles({ ...deps, validUntilMs, onFree: () => this.#wake.now() });
    this.#standing = new StandingWatch(deps);
    this.#finished = this.#loop();
  }

  #facts(): WorkFacts {
    const [held, more] = [this.#held.facts(), this.#deps.facts?.() ?? {}];
    return {
      sources: { ...more.sources, ...held.sources },
      sinks: { ...more.sinks, ...held.sinks },
    };
  }

  stuckMs(): number {
    return Math.max(performance.now() - this.#turnedAtMs, this.#held.stuckMs());
  }

  held(): readonly string[] {
    return this.#held.names();
  }

  clockLeap(): Leap | undefined {
    return this.#membership.clockLeap();
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
    this.#isStopping = true;
    this.#wake.now();
    this.#held.dropAll('given back');
    await this.#held.ended();
    await this.#finished;
    await this.#membership.leave();
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
    const { replicaId } = this.#deps;
    await this.#prepare();
    const view = await this.#membership.renew();
    if (view === null) return lostAgainMs;
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
    return nextTurnMs(view.leases, replicaId, this.#renewMs);
  }

  /** Each lease must have its row before it can be taken. */
  async #prepare(): Promise<void> {
    const wanted = this.#roles;
    if (this.#prepared === wanted) return;
    const names = wanted.map(({ name }) => name);
    await createLeases(this.#deps.db, names);
    this.#prepared = wanted;
  }

  async #lookAround(): Promise<void> {
    // After a leap of the clock, processes that seem dead may live. They keep what was left to
    // them.
    if (this.#standing.current() !== undefined && this.#membership.isUnsure()) return;
    await this.#standing.look(() => this.#roles);
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
    // The other processes do not know of roles that came after the heartbeat.
    if (this.#prepared !== this.#roles) return;
    const { db, replicaId } = this.#deps;
    const leases = this.#membership.isUnsure() ? facts.leases.map(asIfLive) : facts.leases;
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
