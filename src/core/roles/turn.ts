// What the answer to a heartbeat means for the roles of a process. Pure.

import type { LeaseView } from '../../kit/records/role.ts';

/** A takeover waits this much longer than the heartbeat that it waits for. */
const graceMs = 50;

/**
 * Names of the held roles that another process has taken.
 * @param held the epochs of the leases under which this process holds its roles, by name
 */
export function lostNames(
  leases: readonly LeaseView[],
  held: ReadonlyMap<string, number>,
  replicaId: string,
): string[] {
  const isLost = ({ name, holder, epoch }: LeaseView) =>
    held.has(name) && (holder !== replicaId || epoch !== held.get(name));
  return leases.filter(isLost).map(({ name }) => name);
}

/**
 * Names of the roles that stand under this process and that it does not know: they were taken, or
 * could not be given back, while others came in their place.
 * @param own names of the roles that it works, could work, or is about to give back
 */
export function strayNames(
  leases: readonly LeaseView[],
  own: ReadonlySet<string>,
  replicaId: string,
): string[] {
  const isStray = ({ name, holder }: LeaseView) => holder === replicaId && !own.has(name);
  return leases.filter(isStray).map(({ name }) => name);
}

/** The same lease, of a holder that is not thought dead. */
export function asIfLive(lease: LeaseView): LeaseView {
  return { ...lease, remainingMs: Number.POSITIVE_INFINITY };
}

/**
 * Milliseconds until the next heartbeat: the usual interval, or the moment right after another
 * heartbeat that is running out would expire, so that a takeover does not wait for a whole
 * interval.
 */
export function nextTurnMs(
  leases: readonly LeaseView[],
  replicaId: string,
  renewMs: number,
): number {
  const isOthers = ({ holder }: LeaseView) => holder !== null && holder !== replicaId;
  const live = leases.filter((lease) => isOthers(lease) && lease.remainingMs > 0);
  const soonest = Math.min(renewMs, ...live.map(({ remainingMs }) => remainingMs + graceMs));
  return Math.max(graceMs, soonest);
}
