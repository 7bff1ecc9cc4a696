// Which roles this process works: heartbeat, takeover of what is free, fair share, and giving everything back at the end.
// Leases know the database's clock only; whether a send may start is counted on the local monotonic clock.
import { performance } from 'node:perf_hooks';
import type { Lease, RoleWorker } from './lease.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { type Database, databaseErrorText } from './store/database.ts';
import {
  acquireLeases,
  createLeases,
  joinReplicas,
  type LeaseView,
  releaseLeases,
  renewHeartbeat,
} from './store/leases.ts';
import { createWake } from './wake.ts';

/** Something that one process at a time may work. */
export interface Role {
  /** `source:<id>` or `sink:<origin>`. */
  readonly name: string;
  /** Roles of one group prefer one process: a source and the sinks that it feeds. */
  readonly group: string;
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
}

interface HeldRole {
  readonly lease: Lease;
  readonly worker: RoleWorker;
}

export interface Roles {
  /** Milliseconds since the loop, or the slowest of the workers, last turned; a database that fails lets them turn too. */
  stuckMs(): number;
  /** Names of the roles held now. */
  held(): readonly string[];
  /** Stops every worker, gives the roles back, leaves. */
  stop(): Promise<void>;
}

/** Starts the loop. It needs a migrated database, but copes with one that goes away. */
export function startRoles(deps: RolesDependencies): Roles {
  const times = deps.times ?? defaultRoleTimes;
  const wake = createWake();
  const held = new Map<string, HeldRole>();
  /** With the monotonic time at which they were told to stop. */
  const stopping = new Map<Promise<void>, number>();
  let validUntilMs = 0;
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
    held.set(role.name, { lease, worker: role.start(lease) });
    deps.metrics.roleHeld.set({ role: role.name }, 1);
    deps.log.info({ role: role.name, epoch }, 'role taken');
  }

  /** @param release true to finish and give back, false if another holds it already */
  function drop(name: string, release: boolean): void {
    const role = held.get(name);
    if (!role) return;
    held.delete(name);
    if (!release) role.lease.lose();
    deps.metrics.roleHeld.set({ role: name }, 0);
    deps.log.info({ role: name }, release ? 'role given back' : 'role lost');
    const stopped = role.worker
      .stop()
      .then(() => (release ? releaseLeases(deps.db, deps.replicaId, [name]) : undefined))
      .catch((error) => deps.log.error({ role: name, error: databaseErrorText(error) }, 'role not given back'))
      .finally(() => stopping.delete(stopped));
    stopping.set(stopped, performance.now());
  }

  async function join(predecessor: string | null): Promise<void> {
    await createLeases(
      deps.db,
      deps.roles.map((role) => role.name),
    );
    const askedAtMs = performance.now();
    await joinReplicas(deps.db, deps.replicaId, times.ttlMs, predecessor);
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

  /** One turn. @returns milliseconds until the next one */
  async function turn(): Promise<number> {
    if (!isJoined) {
      await join(deps.predecessor);
      await remember();
    }
    const askedAtMs = performance.now();
    let view = await renewHeartbeat(deps.db, deps.replicaId, times.ttlMs);
    if (view === null) {
      deps.log.warn({}, 'the heartbeat had expired: every role is lost, joining again');
      for (const name of [...held.keys()]) drop(name, false);
      await join(null);
      view = await renewHeartbeat(deps.db, deps.replicaId, times.ttlMs);
      if (view === null) return 1000;
    } else {
      validUntilMs = askedAtMs + times.ttlMs;
    }
    for (const lease of view.leases) {
      const mine = held.get(lease.name);
      if (mine && (lease.holder !== deps.replicaId || lease.epoch !== mine.lease.epoch)) drop(lease.name, false);
    }
    for (const name of surplus(deps.roles, view.leases, deps.replicaId, view.replicas)) drop(name, true);
    await takeFree(view.leases, view.replicas);
    return nextTurnMs(view.leases, deps.replicaId, times.renewMs);
  }

  async function takeFree(leases: readonly LeaseView[], replicas: number): Promise<void> {
    const wanted = wantedRoles(deps.roles, leases, deps.replicaId, replicas);
    // A role whose worker is still stopping here must not get a second one beside it.
    const free = wanted.filter((name) => !held.has(name));
    if (free.length === 0 || stopping.size > 0 || isStopping) return;
    for (const { name, epoch } of await acquireLeases(deps.db, deps.replicaId, free)) {
      const role = deps.roles.find((candidate) => candidate.name === name);
      if (role && !isStopping) take(role, epoch);
    }
  }

  async function loop(): Promise<void> {
    while (!isStopping) {
      let waitMs = 1000;
      try {
        waitMs = await turn();
      } catch (error) {
        deps.log.warn({ error: databaseErrorText(error) }, 'heartbeat not renewed: the database does not answer');
      }
      turnedAtMs = performance.now();
      if (!isStopping) await wake.wait(waitMs);
    }
  }
  const finished = loop();

  return {
    stuckMs: () =>
      Math.max(
        ...[turnedAtMs, ...stopping.values()].map((sinceMs) => performance.now() - sinceMs),
        ...[...held.values()].map(({ worker }) => worker.stuckMs?.() ?? 0),
      ),
    held: () => [...held.keys()],
    async stop() {
      isStopping = true;
      wake.now();
      for (const name of [...held.keys()]) drop(name, true);
      await Promise.all(stopping.keys());
      await finished;
      if (isJoined) await releaseLeases(deps.db, deps.replicaId, null);
    },
  };
}

/**
 * Roles that are free (or, after a failed release, still this process's own) and that it should take now: those of the groups that are
 * its own, and of groups that nobody works, up to its share. Exported for tests.
 */
export function wantedRoles(
  roles: readonly Role[],
  leases: readonly LeaseView[],
  replicaId: string,
  replicas: number,
): string[] {
  const byName = new Map(leases.map((lease) => [lease.name, lease]));
  const owners = ownersOf(roles, leases, replicaId);
  const share = fairShare(roles, replicas);
  let owned = [...owners.values()].filter((owner) => owner === replicaId).length;
  const wanted: string[] = [];
  for (const role of roles) {
    const lease = byName.get(role.name);
    if (lease === undefined || isWorked(lease, replicaId)) continue;
    if (!owners.has(role.group) && owned < share) {
      owners.set(role.group, replicaId);
      owned += 1;
    }
    if (owners.get(role.group) === replicaId) wanted.push(role.name);
  }
  return wanted;
}

/** Whose each group is that anybody works: the holder's of the first of its held roles. A group that was split has one owner, too. */
function ownersOf(roles: readonly Role[], leases: readonly LeaseView[], replicaId: string): Map<string, string> {
  const byName = new Map(leases.map((lease) => [lease.name, lease]));
  const owners = new Map<string, string>();
  for (const { name, group } of roles) {
    const lease = byName.get(name);
    const holder = lease?.holder ?? null;
    if (lease === undefined || holder === null || owners.has(group)) continue;
    if (holder === replicaId || isWorked(lease, replicaId)) owners.set(group, holder);
  }
  return owners;
}

/** By another one, which lives. */
function isWorked(lease: LeaseView, replicaId: string): boolean {
  return lease.holder !== null && lease.holder !== replicaId && lease.remainingMs > 0;
}

/** Groups that each of the live replicas may work. */
function fairShare(roles: readonly Role[], replicas: number): number {
  return Math.ceil(new Set(roles.map((role) => role.group)).size / Math.max(1, replicas));
}

/**
 * Roles that this process should give back: the groups are shared out evenly over those that live, and a part of another one's group goes
 * to that one. Exported for tests.
 */
export function surplus(
  roles: readonly Role[],
  leases: readonly LeaseView[],
  replicaId: string,
  replicas: number,
): string[] {
  const groupOf = new Map(roles.map((role) => [role.name, role.group]));
  const mine = [...ownersOf(roles, leases, replicaId)].filter(([, owner]) => owner === replicaId);
  const kept = new Set(
    mine
      .map(([group]) => group)
      .sort()
      .slice(0, fairShare(roles, replicas)),
  );
  return leases
    .filter(({ name, holder }) => holder === replicaId && groupOf.has(name) && !kept.has(groupOf.get(name)!))
    .map(({ name }) => name);
}

/** Regularly, and once more right after a heartbeat that is running out would expire: a takeover then needs no more than its rest. */
function nextTurnMs(leases: readonly LeaseView[], replicaId: string, renewMs: number): number {
  const others = leases.filter((lease) => lease.holder !== null && lease.holder !== replicaId && lease.remainingMs > 0);
  const soonest = Math.min(renewMs, ...others.map((lease) => lease.remainingMs + 50));
  return Math.max(50, soonest);
}
