// `tocsin once`, for cron: reads every source to its end, delivers what is due, exits. Exit code 0 only if all of that worked.
import { loadConfig, type Registries } from '../config.ts';
import { createLogger, type Logger } from '../core/log.ts';
import { type Drained, drainSource } from '../core/poll.ts';
import { startRoles } from '../core/roles.ts';
import { countDeliveries } from '../core/store/deliveries.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';
import type { Command } from './command.ts';
import { exitCodes } from './dispatch.ts';
import { createRelay, type Relay } from './relay.ts';

const registries: Registries = { sources, sinks };
/** Another process may hold a role until its heartbeat has expired. */
const roleWaitMs = 30_000;
/** A sink that has got nothing out for this long does not get the run to wait any longer. */
const patienceMs = 30_000;

export const command: Command = {
  summary: 'Read every source to its end, deliver what is due, and exit (for cron)',
  usage: 'once',
  details: 'Exit code 0: everything was read and delivered; 1: not everything, see the last lines.',
  options: {},
  async run(_args, io) {
    const config = loadConfig({ env: io.env, directory: io.directory, registries });
    const log = createLogger({ level: config.logLevel, secrets: config.secrets });
    const relay = await createRelay({
      config,
      registries,
      version: io.version,
      log,
      onFatal: (error) => log.error({ err: error }, 'the embedded database ended'),
    });
    try {
      const problems = await runOnce(relay, log);
      for (const problem of problems) io.stderr(`${problem}\n`);
      return problems.length === 0 ? exitCodes.done : exitCodes.failed;
    } finally {
      await relay.close();
    }
  },
};

/** @returns what did not work, in words; empty if all did */
async function runOnce(relay: Relay, log: Logger): Promise<string[]> {
  await relay.store.migrate();
  await relay.prepare();
  const drained = new Map<string, Drained>();
  const roles = startRoles({
    db: relay.store.db,
    roles: relay.roles((deps, lease) => {
      const abort = new AbortController();
      const finished = drainSource(deps, lease, abort.signal).then((result) => drained.set(deps.id, result));
      return {
        async stop() {
          abort.abort(new Error('stopping'));
          await finished;
        },
      };
    }),
    replicaId: relay.store.instance.id,
    predecessor: relay.store.instance.predecessor,
    metrics: relay.metrics,
    log,
  });
  try {
    const startedAtMs = performance.now();
    const isHeldElsewhere = () => performance.now() - startedAtMs > roleWaitMs && roles.held().length === 0;
    while (drained.size < relay.sources.length && !isHeldElsewhere()) await pause(20);
    await deliverDue(relay);
  } finally {
    await roles.stop();
  }
  return [...sourceProblems(relay, drained), ...(await sinkProblems(relay))];
}

/** Waits until nothing is due, or nothing has moved for a while. */
async function deliverDue(relay: Relay): Promise<void> {
  let pending = Number.POSITIVE_INFINITY;
  let movedAtMs = performance.now();
  while (performance.now() - movedAtMs < patienceMs) {
    const counts = await countDeliveries(relay.store.db);
    const now = counts.reduce((sum, count) => sum + count.pending, 0);
    if (now === 0) return;
    if (now < pending) movedAtMs = performance.now();
    pending = now;
    await pause(100);
  }
}

function sourceProblems(relay: Relay, drained: ReadonlyMap<string, Drained>): string[] {
  return relay.sources.flatMap(({ id }) => {
    const result = drained.get(id);
    if (result === undefined) return [`source ${id}: another process is reading it; nothing was read here`];
    return result.failure ? [`source ${id}: ${result.failure.message}`] : [];
  });
}

async function sinkProblems(relay: Relay): Promise<string[]> {
  const counts = await countDeliveries(relay.store.db);
  return counts.flatMap(({ sink, pending, dead }) => [
    ...(pending > 0
      ? [`sink ${sink}: ${pending} not delivered yet; they are kept, the next run goes on with them`]
      : []),
    ...(dead > 0 ? [`sink ${sink}: ${dead} dead; see "tocsin dead list"`] : []),
  ]);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
