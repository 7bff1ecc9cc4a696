// The run of `tocsin once`: reads every source to its end, delivers what is due, and says what did
// not work.

import type { Drained } from '../../core/intake/drain.ts';
import { startReadingOnce } from '../../core/intake/poll.ts';
import { type Roles, startRoles } from '../../core/roles/index.ts';
import { sleep } from '../../kit/deadline.ts';
import { describeError, type Logger } from '../../observe/log.ts';
import { countDeliveries } from '../../store/deliveries/index.ts';
import { readSinkState } from '../../store/sinks.ts';
import type { Relay } from '../relay.ts';
import { type OnceWaits, patienceMs } from './patience.ts';
import { checkMs, pauseRemarks, sinkProblems, sourceProblems } from './problems.ts';

export type { OnceWaits } from './patience.ts';

/** In words. */
export interface OnceOutcome {
  /** What did not work; empty if everything did. */
  readonly problems: readonly string[];
  /** What was left out on purpose. */
  readonly remarks: readonly string[];
}

/**
 * Sends a heartbeat at the end if everything worked. Leaves it to the caller to close the relay.
 * @throws the driver's error
 */
export async function runToEnd(relay: Relay, log: Logger, waits: OnceWaits): Promise<OnceOutcome> {
  relay.controls.start();
  const outcome = await runOnce(relay, log, waits).finally(() => relay.controls.stop());
  if (outcome.problems.length > 0 || relay.beat === undefined) return outcome;
  await relay
    .beat(AbortSignal.timeout(checkMs))
    .catch((error) =>
      log.warn({ error: describeError(error).message }, 'heartbeats do not arrive'),
    );
  return outcome;
}

async function runOnce(relay: Relay, log: Logger, waits: OnceWaits): Promise<OnceOutcome> {
  const { store, metrics, sources, sinks } = relay;
  await store.migrate();
  await relay.prepare();
  const drained = new Map<string, Drained>();
  const roles = startRoles({
    db: store.db,
    roles: relay.roles((deps, lease) =>
      startReadingOnce(deps, lease, (result) => void drained.set(deps.id, result)),
    ),
    replicaId: store.instance.id,
    predecessor: store.instance.predecessor,
    remember: () => store.instance.remember(),
    metrics,
    log,
  });
  try {
    await readSources(relay, roles, drained, waits);
    await deliverDue(relay, waits);
  } finally {
    await roles.stop();
  }
  const counts = await countDeliveries(store.db);
  const contested = roles.standing()?.contested ?? [];
  const { controls } = relay;
  // What a paused sink keeps waits on purpose.
  const working = counts.filter(({ sink }) => controls.pauseOf(`sink:${sink}`) === null);
  const problems = [
    ...sourceProblems(sources, drained),
    ...(await sinkProblems({ counts: working, sinks, contested })),
  ];
  const unheard = relay.pushed.map(
    ({ id }) => `source ${id}: it is pushed to, and this command does not listen; serve does`,
  );
  return {
    problems,
    remarks: [...unheard, ...pauseRemarks({ sources, sinks, counts, controls })],
  };
}

/** Waits until each source was read, or until another process has held the rest for too long. */
async function readSources(
  relay: Relay,
  roles: Roles,
  drained: ReadonlyMap<string, Drained>,
  { roleMs }: OnceWaits,
): Promise<void> {
  let heldAtMs = performance.now();
  for (;;) {
    const unread = relay.sources.filter(({ id }) => !drained.has(id));
    const isReading = unread.some(({ id }) => roles.held().includes(`source:${id}`));
    if (isReading) heldAtMs = performance.now();
    if (unread.length === 0 || performance.now() - heldAtMs > roleMs) return;
    await sleep(20);
  }
}

/** Waits until nothing is due and no storm is on, or until nothing has moved for a while. */
async function deliverDue(relay: Relay, waits: OnceWaits): Promise<void> {
  let pendingBefore = Number.POSITIVE_INFINITY;
  let movedAtMs = performance.now();
  for (;;) {
    const counts = await countDeliveries(relay.store.db);
    // Nobody sends what waits for a sink that is paused, or no longer configured.
    const waiting = counts.filter(
      ({ sink, pending }) =>
        pending > 0 &&
        relay.sinks.some(({ id }) => id === sink) &&
        relay.controls.pauseOf(`sink:${sink}`) === null,
    );
    const pending = waiting.reduce((sum, count) => sum + count.pending, 0);
    const isInStorm = relay.isInStorm();
    if (pending === 0 && !isInStorm) return;
    if (pending < pendingBefore) movedAtMs = performance.now();
    pendingBefore = pending;
    const areAllPaused = !isInStorm && (await arePaused(relay, waiting));
    const waitedMs = performance.now() - movedAtMs;
    if (waitedMs > patienceMs({ isInStorm, areAllPaused }, waits)) return;
    await sleep(100);
  }
}

async function arePaused(relay: Relay, sinks: readonly { readonly sink: string }[]) {
  const states = await Promise.all(sinks.map(({ sink }) => readSinkState(relay.store.db, sink)));
  return states.every((state) => state?.state === 'paused');
}
