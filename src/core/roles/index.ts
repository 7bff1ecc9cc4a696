// Which roles this process works: heartbeat, takeover of what is free, fair share, and giving everything back at the end.
// Leases know the database's clock only; whether a send may start is counted on the local monotonic clock.

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
import { readSurroundings } from '../../store/standing.ts';
import { leftText, type Standing, standingOf, type WorkingRole, worksOf } from '../identity/standing.ts';
import { backoffMs, databaseBackoff } from '../loops/backoff.ts';
import { createClockWatch, type Leap } from '../loops/clock-watch.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import { createWake } from '../loops/wake.ts';
import type { Writes } from '../loops/writes.ts';
import { surplus, wantedRoles } from './share.ts';

/** No two roles may work one of its sinks at once, and another configuration may share them out otherwise. */
export interface Role extends WorkingRole {
  start(lease: Lease): RoleWorker;
}

export interface RoleTimes {
  /** How long a heartbeat holds. */
  readonly ttlMs: number;
  /** How often it is renewed. */
  readonly renewMs: number;
}
export const defaultRoleTimes: RoleTimes = { ttlMs: 20_000, renewMs: 5000 };

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

interface HeldRole {
  readonly role: Role;
  readonly lease: Lease;
  readonly worker: RoleWorker;
}

/** A worker that was told to stop and has not ended. */
interface Ending {
  readonly role: Role;
  /** Monotonic. */
  readonly sinceMs: number;
}

/** `given back`: anybody may take it once its worker has ended. `restarted`: this process takes it again. `lost`: another has it. */
type Parting = 'given back' | 'restarted' | 'lost';

export interface Roles {
  /** Milliseconds since the loop, or the slowest of the workers, last turned; a database that fails lets them turn too. */
  stuckMs(): number;
  /** Names of the roles held now. */
  held(): readonly string[];
  /** The last leap of the database's clock, if there was one within the hour. */
  clockLeap(): Leap | undefined;
  /** How this process stood to the others at its last heartbeat; undefined before the first. */
  standing(): Standing | undefined;
  /**
   * Works these from now on. Each role goes on with its new worker as soon as its old one has finished what was in flight; what is not
   * among them is given back. Resolves when the last of the old workers has ended.
   */
  replace(roles: readonly Role[]): Promise<void>;
  /** Stops every worker, gives the roles back, leaves. */
  stop(): Promise<void>;
}

/** Starts the loop. It needs a migrated database, but copes with one that goes away. */
export function startRoles(deps: RolesDependencies): Roles {
  const times = deps.times ?? defaultRoleTimes;
  const wake = createWake();
  const held = new Map<string, HeldRole>();
  const stopping = new Map<Promise<void>, Ending>();
  let roles = deps.roles;
  /** Those whose leases have their rows. */
  let prepared: readonly Role[] | undefined;
  let validUntilMs = 0;
  const clock = createClockWatch(deps.db);
  /** Until then heartbeats of others may look expired only because the clock leapt; monotonic. */
  let unsureUntilMs = Number.NEGATIVE_INFINITY;
  let standing: Standing | undefined;
  let isJoined = false;
  let isStopping = false;
  let turnedAtMs = performance.now();

  function take(role: Role, epoch: number): void {
    let isLost = false;
    const lease: Lease = {
      name: role.name,
      holder: deps.replicaId,
      epoch,
      isHeld: () => !isLost,
      outlasts: (ms) => !isLost && performance.now() + ms < validUntilMs,
      lose() {
        isLost = true;
      },
    };
    held.set(role.name, { role, lease, worker: role.start(lease) });
    deps.metrics.roleHeld.set({ role: role.name }, 1);
    deps.log.info({ role: role.name, epoch }, 'role taken');
  }

  function drop(name: string, parting: Parting): void {
    const ending = held.get(name);
    if (!ending) return;
    const { role, lease, worker } = ending;
    held.delete(name);
    if (parting === 'lost') lease.lose();
    deps.metrics.roleHeld.set({ role: name }, 0);
    deps.log.info({ role: name }, `role ${parting}`);
    const stopped = worker
      .stop()
      .then(() => (parting === 'given back' ? releaseLeases(deps.db, deps.replicaId, [name]) : undefined))
      .catch((error) => deps.log.error({ role: name, error: databaseErrorText(error) }, 'role not given back'))
      .finally(() => {
        stopping.delete(stopped);
        if (parting === 'restarted') wake.now();
      });
    stopping.set(stopped, { role, sinceMs: performance.now() });
  }

  /** A role whose worker is still stopping here must not get a second one beside it. */
  function isEnding({ name, sinks = [] }: Role): boolean {
    const isShared = (other: Role) => other.name === name || other.sinks?.some((sink) => sinks.includes(sink));
    return [...stopping.values()].some(({ role }) => isShared(role));
  }

  async function join(predecessor: string | null): Promise<void> {
    const askedAtMs = performance.now();
    await joinReplicas(deps.db, deps.replicaId, times.ttlMs, predecessor, worksOf(roles));
    validUntilMs = askedAtMs + times.ttlMs;
    isJoined = true;
  }

  async function remember(): Promise<void> {
    try {
      await deps.remember?.();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      deps.log.warn({ error: text }, 'after a kill, the roles will be free only when the heartbeat has expired');
    }
  }

  async function prepare(): Promise<void> {
    const wanted = roles;
    if (prepared === wanted) return;
    await createLeases(
      deps.db,
      wanted.map(({ name }) => name),
    );
    prepared = wanted;
  }

  /** Told before anything is judged by it. */
  async function lookAtClock(): Promise<void> {
    const leap = await clock.look();
    if (leap === undefined) return;
    deps.log.warn({ leap_ms: leap.ms }, "the database's clock leapt");
    // Those who live renew within a term; until then nothing is taken from anybody.
    if (leap.ms > 0) unsureUntilMs = performance.now() + times.ttlMs;
  }

  /** The heartbeat had expired by the database's clock. */
  async function joinAgain(): Promise<void> {
    if (performance.now() < validUntilMs) {
      // By time itself it had not: the clock leapt. What nobody took meanwhile is still held.
      deps.log.warn({}, 'the heartbeat had expired before its time: joining again');
      unsureUntilMs = performance.now() + times.ttlMs;
    } else {
      deps.log.warn({}, 'the heartbeat had expired: every role is lost, joining again');
      for (const name of [...held.keys()]) drop(name, 'lost');
    }
    await join(null);
  }

  /** What this process said of itself with its heartbeat is known to the others before it judges by what they said. */
  async function lookAround(): Promise<void> {
    // Who seems dead after a leap of the clock may live, and keeps until then what was left to it.
    if (standing !== undefined && performance.now() < unsureUntilMs) return;
    const facts = { own: worksOf(roles), ...(await readSurroundings(deps.db, deps.replicaId)) };
    const before = leftText(standing);
    standing = standingOf(facts, roles);
    for (const sink of Object.keys(facts.own.places)) {
      const isContested = standing.contested.some((one) => one.sink === sink);
      deps.metrics.sinkOtherPlace.set({ sink }, isContested ? 1 : 0);
    }
    if (leftText(standing) === before) return;
    const { left, contested } = standing;
    const elsewhere = contested.map(({ sink, place }) => `${sink} at ${place}`);
    if (left.size > 0)
      deps.log.warn(
        { roles: [...left].sort(), elsewhere },
        'roles are left to a process with other consoles or webhooks',
      );
    else deps.log.info({}, 'no role is left to another process any more');
  }

  /** One turn. @returns milliseconds until the next one */
  async function turn(): Promise<number> {
    await prepare();
    if (!isJoined) {
      await join(deps.predecessor);
      await remember();
    }
    await lookAtClock();
    const askedAtMs = performance.now();
    const renew = () => renewHeartbeat(deps.db, deps.replicaId, times.ttlMs, worksOf(roles));
    let view = await renew();
    if (view === null) {
      await joinAgain();
      view = await renew();
      if (view === null) return 1000;
    } else {
      validUntilMs = askedAtMs + times.ttlMs;
    }
    await cutHeartbeats(deps.db, deps.replicaId, times.ttlMs);
    for (const lease of view.leases) {
      const mine = held.get(lease.name);
      if (mine && (lease.holder !== deps.replicaId || lease.epoch !== mine.lease.epoch)) drop(lease.name, 'lost');
    }
    await lookAround();
    for (const name of held.keys()) if (standing?.left.has(name)) drop(name, 'given back');
    const replicas = view.replicas - (standing?.foreigners ?? 0);
    for (const name of surplus(able(), view.leases, deps.replicaId, replicas)) drop(name, 'given back');
    await releaseStrays(view.leases);
    await takeFree(view.leases, replicas);
    return nextTurnMs(view.leases, deps.replicaId, times.renewMs);
  }

  function able(): readonly Role[] {
    return roles.filter(({ name }) => !standing?.left.has(name));
  }

  /** Roles that were taken, or could not be given back, while others came in their place. */
  async function releaseStrays(leases: readonly LeaseView[]): Promise<void> {
    const isOwn = (name: string) => able().some((role) => role.name === name) || held.has(name);
    const isStopping = (name: string) => [...stopping.values()].some(({ role }) => role.name === name);
    const strays = leases.filter(({ name, holder }) => holder === deps.replicaId && !isOwn(name) && !isStopping(name));
    const names = strays.map(({ name }) => name);
    if (names.length > 0) await releaseLeases(deps.db, deps.replicaId, names);
  }

  async function takeFree(leases: readonly LeaseView[], replicas: number): Promise<void> {
    // What has come since the heartbeat is not known to the others yet.
    if (prepared !== roles) return;
    const isUnsure = performance.now() < unsureUntilMs;
    const judged = isUnsure ? leases.map((lease) => ({ ...lease, remainingMs: Number.POSITIVE_INFINITY })) : leases;
    const wanted = wantedRoles(able(), judged, deps.replicaId, replicas);
    const roleOf = (name: string) => able().find((role) => role.name === name);
    const isFree = (role: Role | undefined) => role !== undefined && !held.has(role.name) && !isEnding(role);
    const free = wanted.filter((name) => isFree(roleOf(name)));
    if (free.length === 0 || isStopping) return;
    for (const { name, epoch } of await acquireLeases(deps.db, deps.replicaId, free)) {
      // Others may have come in their place meanwhile.
      const role = roleOf(name);
      if (role && isFree(role) && !isStopping) take(role, epoch);
    }
  }

  async function loop(): Promise<void> {
    let failures = 0;
    while (!isStopping) {
      let waitMs: number;
      try {
        waitMs = await turn();
        failures = 0;
        deps.writes?.passed('roles');
      } catch (error) {
        deps.writes?.failed('roles', error);
        deps.log.warn({ error: databaseErrorText(error) }, 'heartbeat not renewed: the database does not answer');
        failures += 1;
        waitMs = backoffMs(failures, Math.random(), databaseBackoff);
      }
      turnedAtMs = performance.now();
      if (!isStopping) await wake.wait(waitMs);
    }
  }
  const finished = loop();

  return {
    stuckMs: () =>
      Math.max(
        ...[turnedAtMs, ...[...stopping.values()].map(({ sinceMs }) => sinceMs)].map(
          (sinceMs) => performance.now() - sinceMs,
        ),
        ...[...held.values()].map(({ worker }) => worker.stuckMs?.() ?? 0),
      ),
    held: () => [...held.keys()],
    clockLeap: () => clock.last(),
    standing: () => standing,
    async replace(next) {
      roles = next;
      const names = new Set(next.map(({ name }) => name));
      for (const name of [...held.keys()]) drop(name, names.has(name) ? 'restarted' : 'given back');
      wake.now();
      await Promise.all(stopping.keys());
    },
    async stop() {
      isStopping = true;
      wake.now();
      for (const name of [...held.keys()]) drop(name, 'given back');
      await Promise.all(stopping.keys());
      await finished;
      if (isJoined) await releaseLeases(deps.db, deps.replicaId, null);
    },
  };
}

/** Regularly, and once more right after a heartbeat that is running out would expire: a takeover then needs no more than its rest. */
function nextTurnMs(leases: readonly LeaseView[], replicaId: string, renewMs: number): number {
  const others = leases.filter((lease) => lease.holder !== null && lease.holder !== replicaId && lease.remainingMs > 0);
  const soonest = Math.min(renewMs, ...others.map((lease) => lease.remainingMs + 50));
  return Math.max(50, soonest);
}
