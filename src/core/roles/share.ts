// Which roles a process should have: every role is worked, groups stay whole, and no process has
// more than its share. Pure.
import type { LeaseView } from '../../kit/records/role.ts';
import type { Grouped } from '../identity/standing.ts';

export interface ShareFacts {
  readonly leases: readonly LeaseView[];
  readonly replicaId: string;
  /** How many live processes share the roles, this one among them. */
  readonly replicas: number;
}

/**
 * Roles that are free (or, after a failed release, still this process's own) and that it should
 * take now: those of its own groups, and of groups that nobody works, up to its share.
 */
export function wantedRoles(
  roles: readonly Grouped[],
  { leases, replicaId, replicas }: ShareFacts,
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

/**
 * The owner of each group that anybody works: the holder of the first of its held roles, followers
 * aside. So a group that was split has one owner, too.
 */
function ownersOf(
  roles: readonly Grouped[],
  leases: readonly LeaseView[],
  replicaId: string,
): Map<string, string> {
  const byName = new Map(leases.map((lease) => [lease.name, lease]));
  const owners = new Map<string, string>();
  for (const { name, group, isFollower } of roles) {
    if (isFollower) continue;
    const lease = byName.get(name);
    const holder = lease?.holder ?? null;
    if (lease === undefined || holder === null || owners.has(group)) continue;
    if (holder === replicaId || isWorked(lease, replicaId)) owners.set(group, holder);
  }
  return owners;
}

/** By another process, which lives. */
function isWorked(lease: LeaseView, replicaId: string): boolean {
  return lease.holder !== null && lease.holder !== replicaId && lease.remainingMs > 0;
}

/** Groups that each of the live replicas may work. */
function fairShare(roles: readonly Grouped[], replicas: number): number {
  return Math.ceil(new Set(roles.map((role) => role.group)).size / Math.max(1, replicas));
}

/**
 * Roles that this process should give back: the groups are shared out evenly over the live
 * processes, and a part of another one's group goes to that one.
 */
export function surplus(
  roles: readonly Grouped[],
  { leases, replicaId, replicas }: ShareFacts,
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
    .filter(
      ({ name, holder }) =>
        holder === replicaId && groupOf.has(name) && !kept.has(groupOf.get(name)!),
    )
    .map(({ name }) => name);
}
