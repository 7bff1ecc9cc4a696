// `tocsin once`, for cron: reads every source to its end, delivers what is due, exits. Exit code 0
// only if all of that worked.

import type { Command } from '../cli/command.ts';
import { loadConfig, type Registries } from '../config/index.ts';
import type { Standing } from '../core/identity/standing.ts';
import type { Drained } from '../core/intake/drain.ts';
import { startReadingOnce } from '../core/intake/poll.ts';
import { type Roles, startRoles } from '../core/roles/index.ts';
import { sleep } from '../kit/deadline.ts';
import { createMask } from '../kit/mask.ts';
import type { SinkCounts } from '../kit/records/delivery.ts';
import { createLogger, describeError, type Logger } from '../observe/log.ts';
import { assertSources } from '../service/adapters.ts';
import { assertDatabase } from '../service/database.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { openGround } from '../service/ground.ts';
import { Relay } from '../service/relay.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';
import { countDeliveries } from '../store/deliveries/index.ts';
import { readSinkState } from '../store/sinks.ts';

const checkMs = 10_000;

export interface OnceWaits {
  /** Another process may hold a role until its heartbeat has expired. */
  readonly roleMs: number;
  /** A sink that has got nothing out for this long does not get the run to wait any longer. */
  readonly patienceMs: number;
  /** A paused one gets this long to be found mended. */
  readonly pausedPatienceMs: number;
  /** Longer than a storm may wait for its next digest, or for its end. */
  readonly stormPatienceMs: number;
}

/** @param registries what sources and sinks there are; default: those of this release */
export function createOnce(waits: OnceWaits, registries: Registries = { sources, sinks }): Command {
  return {
    details:
      'Exit code 0: everything was read and delivered, but for what waits in groups; 1: not everything, see the last lines.',
    options: {},
    hasSinks: true,
    async run(_args, io) {
      const config = loadConfig({ env: io.env, directory: io.directory, registries });
      const log = createLogger({ level: config.logLevel, secrets: config.secrets });
      for (const warning of config.warnings)
        log.warn({ warning }, 'the configuration can be used, and may be mistaken');
      assertSources(config, registries);
      await assertDatabase(config);
      const around = { config, version: io.version, log };
      const onFatal = (error: Error) => log.error({ err: error }, 'the embedded database ended');
      const ground = await openGround({ ...around, onFatal });
      try {
        const relay = new Relay({ ...around, ...ground, registries });
        const problems = await runToEnd(relay, log, waits).finally(() => relay.close());
        for (const problem of problems) io.stderr(`${createMask(config.secrets)(problem)}\n`);
        return problems.length === 0 ? exitCodes.done : exitCodes.failed;
      } finally {
        await ground.store.close();
        await ground.exporting?.stop();
      }
    },
  };
}

/** As {@link runOnce}; if everything worked, with a heartbeat at the end. */
async function runToEnd(relay: Relay, log: Logger, waits: OnceWaits): Promise<string[]> {
  const problems = await runOnce(relay, log, waits);
  if (problems.length > 0 || relay.beat === undefined) return problems;
  await relay
    .beat(AbortSignal.timeout(checkMs))
    .catch((error) =>
      log.warn({ error: describeError(error).message }, 'heartbeats do not arrive'),
    );
  return problems;
}

/** @returns what did not work, in words; empty if all did */
async function runOnce(relay: Relay, log: Logger, waits: OnceWaits): Promise<string[]> {
  await relay.store.migrate();
  await relay.prepare();
  const drained = new Map<string, Drained>();
  const roles = startRoles({
    db: relay.store.db,
    roles: relay.roles((deps, lease) =>
      startReadingOnce(deps, lease, (result) => void drained.set(deps.id, result)),
    ),
    replicaId: relay.store.instance.id,
    predecessor: relay.store.instance.predecessor,
    remember: () => relay.store.instance.remember(),
    metrics: relay.metrics,
    log,
  });
  try {
    await readSources(relay, roles, drained, waits);
    await deliverDue(relay, waits);
  } finally {
    await roles.stop();
  }
  return [
    ...sourceProblems(relay, drained),
    ...(await sinkProblems(relay, roles.standing()?.contested ?? [])),
  ];
}

/** Waits until each source was read, or is another process's for too long. */
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

/** Waits until nothing is due and no storm is on, or nothing has moved for a while. */
async function deliverDue(relay: Relay, waits: OnceWaits): Promise<void> {
  let pending = Number.POSITIVE_INFINITY;
  let movedAtMs = performance.now();
  for (;;) {
    const counts = await countDeliveries(relay.store.db);
    // What waits for a sink that is configured no more is waited for in vain.
    const waiting = counts.filter(
      ({ sink, pending }) => pending > 0 && relay.sinks.some(({ id }) => id === sink),
    );
    const now = waiting.reduce((sum, count) => sum + count.pending, 0);
    const isInStorm = relay.isInStorm();
    if (now === 0 && !isInStorm) return;
    if (now < pending) movedAtMs = performance.now();
    pending = now;
    const patienceMs = isInStorm
      ? waits.stormPatienceMs
      : await patienceWith(relay, waiting, waits);
    if (performance.now() - movedAtMs > patienceMs) return;
    await sleep(100);
  }
}

async function patienceWith(
  relay: Relay,
  waiting: readonly SinkCounts[],
  waits: OnceWaits,
): Promise<number> {
  const states = await Promise.all(waiting.map(({ sink }) => readSinkState(relay.store.db, sink)));
  return states.every((state) => state?.state === 'paused')
    ? waits.pausedPatienceMs
    : waits.patienceMs;
}

function sourceProblems(relay: Relay, drained: ReadonlyMap<string, Drained>): string[] {
  return relay.sources.flatMap(({ id }) => {
    const result = drained.get(id);
    if (result === undefined)
      return [`source ${id}: another process is reading it; nothing was read here`];
    return result.failure ? [`source ${id}: ${result.failure.message}`] : [];
  });
}

async function sinkProblems(relay: Relay, contested: Standing['contested']): Promise<string[]> {
  const counts = await countDeliveries(relay.store.db);
  const problems = counts.map(async ({ sink, pending, grouped, dead }) => [
    ...(pending > grouped
      ? [
          `sink ${sink}: ${pending - grouped} not delivered yet; they are kept, the next run goes on with them${await whyNot(relay, sink, contested)}`,
        ]
      : []),
    ...(dead > 0 ? [`sink ${sink}: ${dead} dead; see "tocsin dead list"`] : []),
  ]);
  return (await Promise.all(problems)).flat();
}

/**
 * What keeps the sink's backlog, or what its own check says; empty if that passes, or if there is
 * none.
 */
async function whyNot(relay: Relay, id: string, contested: Standing['contested']): Promise<string> {
  const elsewhere = contested.find(({ sink }) => sink === id)?.place;
  if (elsewhere !== undefined)
    return `. What waits belongs to another place, ${elsewhere}; see "tocsin check"`;
  const sink = relay.sinks.find((one) => one.id === id)?.sink;
  if (sink === undefined)
    return `. It is configured no more: "tocsin dead move --from ${id} --to <sink>" or "tocsin dead drop --sink ${id}"`;
  try {
    await sink.check?.(AbortSignal.timeout(checkMs));
    return '';
  } catch (error) {
    return `. ${describeError(error).message}`;
  }
}

export const command = createOnce({
  roleMs: 30_000,
  patienceMs: 30_000,
  pausedPatienceMs: 2000,
  stormPatienceMs: 90_000,
});
