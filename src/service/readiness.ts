// The state of this process for probes and the heartbeat: whether it is alive, whether it is ready,
// and why no heartbeat may be sent.

import { leftText, whyNothingIsRead } from '../core/identity/standing.ts';
import { noWritesText, whyNoWrites } from '../core/loops/writes.ts';
import { whyNotWell } from '../core/notices/heartbeat.ts';
import type { Roles } from '../core/roles/index.ts';
import type { Ground } from './ground.ts';
import type { Relay } from './relay.ts';

/** The loops turn every few seconds, and a database that does not answer is given up after 30. */
export const liveStuckMsMax = 60_000;

/** The service at one moment. */
export interface ServiceState {
  readonly store: Pick<Ground['store'], 'ping'>;
  readonly writes: Ground['writes'];
  readonly relay: Pick<Relay, 'sources' | 'consoleWatch' | 'vitals'>;
  /** Undefined until the database is ready. */
  readonly roles: Pick<Roles, 'stuckMs' | 'standing' | 'clockLeap'> | undefined;
  readonly isStopping: boolean;
}

export function isLive({ roles }: Pick<ServiceState, 'roles'>): boolean {
  return (roles?.stuckMs() ?? 0) < liveStuckMsMax;
}

/** @throws the driver's error: the database does not answer */
export async function readiness(state: ServiceState): Promise<{ ok: boolean; detail: string }> {
  const { store, writes, roles, isStopping } = state;
  if (isStopping) return { ok: false, detail: 'stopping' };
  if (roles === undefined) return { ok: false, detail: 'waiting for the database' };
  await store.ping();
  const problem = writes.problem();
  if (problem !== undefined) return { ok: false, detail: noWritesText(problem) };
  // A rollout stops the old process at the first yes. So this process must know first whether it
  // has anything to read.
  if (roles.standing() === undefined)
    return { ok: false, detail: 'waiting for the first heartbeat' };
  const why = whyNothingIsReadBy(state);
  if (why !== undefined) return { ok: false, detail: why };
  return { ok: true, detail: readyText(roles) };
}

/** Why no heartbeat may be sent; undefined if all is well. Never throws. */
export async function whyNoHeartbeat(stateNow: () => ServiceState): Promise<string | undefined> {
  const state = stateNow();
  if (state.roles === undefined) return 'waiting for the database';
  if (!isLive(state)) return 'a loop stands still';
  const why = await whyNoWrites(state.store.ping, state.writes);
  // The configuration may have changed while the database was asked.
  return why ?? whyNothingIsReadBy(stateNow()) ?? whyNotWell(stateNow().relay.vitals);
}

function whyNothingIsReadBy({ relay, roles }: ServiceState): string | undefined {
  const ids = relay.sources.map(({ id }) => id);
  return whyNothingIsRead(roles?.standing(), ids, relay.consoleWatch.refused());
}

function readyText(roles: NonNullable<ServiceState['roles']>): string {
  const leap = roles.clockLeap();
  const clock =
    leap &&
    `its clock leapt by ${Math.round(leap.ms / 1000)} s at ${new Date(leap.clockMs).toISOString()}`;
  const left = leftText(roles.standing());
  const details = ['the database answers and is migrated', clock, left];
  return details.filter((detail) => detail !== undefined).join('; ');
}
