// The running service: database, roles, HTTP, and another configuration in the place of the one that runs; at its end all of it backwards.

import type { Config, Registries } from '../config/index.ts';
import { leftText, whyNothingIsRead } from '../core/identity/standing.ts';
import { createWake } from '../core/loops/wake.ts';
import { askForProblem, noWritesText, whyNoWrites } from '../core/loops/writes.ts';
import { startHeartbeat, whyNotWell } from '../core/notices/heartbeat.ts';
import { startOutageNotices } from '../core/notices/outage.ts';
import { type Roles, startRoles } from '../core/roles/index.ts';
import { createApp } from '../http/app.ts';
import { descriptorLimit, shortageWarning } from '../kit/descriptors.ts';
import { describeError, type Logger, type MaskingLogger } from '../observe/log.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';
import { DatabaseUrlError } from '../store/connection.ts';
import { databaseErrorText } from '../store/database.ts';
import { DatabaseSchemaError } from '../store/journal.ts';
import { lookAtCredentials } from './credentials.ts';
import { assertDatabase } from './database.ts';
import { exitCodes } from './exit-codes.ts';
import { addressOf, startListening } from './listen.ts';
import { answerOperations } from './operate.ts';
import { createRelay, type Ground, openGround, type Relay } from './relay.ts';
import { type ConfigOrigin, noteSuccess, startReloading } from './reload.ts';

const registries: Registries = { sources, sinks };
/** The loops turn every few seconds, and a database that does not answer is given up after 30. */
const liveStuckMsMax = 60_000;
/** Then a process that nobody restarted by its probe ends itself: everything is in the database, and a supervisor starts it anew. */
const exitStuckMs = 120_000;
/** How soon an unusable database is tried again at the start. */
const beginAgainMs = { first: 500, max: 15_000 };
const credentialsEveryMs = 86_400_000 / 2;
/** Longer than a rollout in which two configurations overlap. */
const positionsEveryMs = 120_000;

export interface Service {
  /** `http://host:port` of health and metrics. */
  readonly address: string;
  /** Resolves once the database is migrated and the roles are being worked. */
  readonly ready: Promise<void>;
  /** Reads the configuration again, if there is somewhere to read it from. */
  reload(): void;
  /** Finishes what is in flight, gives the roles back, closes. Never rejects. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly log: Logger & Partial<Pick<MaskingLogger, 'onLost'>>;
  readonly version?: string;
  /** Absent: the configuration stays as it is. */
  readonly origin?: ConfigOrigin;
  /** The embedded database ended by itself: default is to exit, so that a supervisor starts anew. */
  onFatal?(error: Error): void;
}

/** Listens first, so that probes are answered while the database is waited for. @throws {DataDirectoryError}, or EADDRINUSE and the like */
export async function startService(started: Config, options: ServiceOptions): Promise<Service> {
  const { log } = options;
  const version = options.version ?? 'unknown';
  for (const warning of started.warnings) log.warn({ warning }, 'the configuration can be used, and may be mistaken');
  const shortage = shortageWarning(descriptorLimit());
  if (shortage !== undefined) log.warn({ warning: shortage }, 'there are few file descriptors');
  const onFatal = options.onFatal ?? ((error) => exitAfter(log, error));
  const ground = await openGround({ config: started, version, log, onFatal });
  const { store, metrics } = ground;
  log.onLost?.((lines) => metrics.logLinesLost.inc(lines));
  const relayOf = (config: Config) => ({ config, relay: createRelay({ ...ground, config, registries, version, log }) });
  let running = relayOf(started);
  const wake = createWake();
  let roles: Roles | undefined;
  let isStopping = false;
  let swapping = Promise.resolve();
  const app = createApp({
    metrics,
    logger: log,
    version,
    isLive: () => ({ ok: (roles?.stuckMs() ?? 0) < liveStuckMsMax }),
    isReady: async () => readiness({ ...running.relay, roles, isStopping }),
  });
  const server = await startListening(app.fetch, started, log).catch(async (error) => {
    await running.relay.close();
    await store.close();
    await ground.exporting?.stop();
    throw error;
  });
  noteSuccess(metrics, started);
  if (store.kind === 'embedded') {
    log.info(
      { directory: started.dataDir },
      'embedded database: safe against a killed process, not against power loss; for production set DATABASE_URL',
    );
  }
  const leftover = await store.leftover();
  if (leftover !== undefined) log.warn({ remark: leftover }, 'an embedded database was left behind');
  store.lock?.serve(answerOperations(store.db, log));
  lookAtCredentials(running.relay, log);
  const credentials = setInterval(() => lookAtCredentials(running.relay, log), credentialsEveryMs).unref();
  const lookedAt = (looking: Promise<void>) =>
    void looking.catch((error) =>
      log.error({ error: databaseErrorText(error) }, 'the positions could not be looked at'),
    );
  const positions = setInterval(() => {
    if (roles === undefined) return;
    lookedAt(running.relay.lookAtPositions());
    lookedAt(running.relay.askConsoles());
  }, positionsEveryMs).unref();
  const watchdog = setInterval(() => {
    if ((roles?.stuckMs() ?? 0) > exitStuckMs) exitAfter(log, new Error(`nothing moved for ${exitStuckMs / 1000} s`));
  }, 5000);

  const heartbeat = startHeartbeat({
    sender: () => running.relay.beat,
    async whyNot() {
      if (roles === undefined) return 'waiting for the database';
      if (roles.stuckMs() >= liveStuckMsMax) return 'a loop stands still';
      const why = (await whyNoWrites(store.ping, ground.writes)) ?? whyNothingIsReadBy({ ...running.relay, roles });
      return why ?? whyNotWell(running.relay.vitals);
    },
    metrics,
    log,
  });
  const outageNotices = startOutageNotices({
    problem: () => askForProblem(store.ping, ground.writes),
    sinks: () => running.relay.outageSinks(roles?.held() ?? []),
    storeNotice: (notice, key, to) => running.relay.storeNotice(notice, key, to),
    log,
    now: Date.now,
    monotonic: () => performance.now(),
    random: Math.random,
  });

  async function begin(): Promise<void> {
    let waitMs = beginAgainMs.first;
    while (!isStopping) {
      try {
        await assertDatabase(started);
        const applied = await store.migrate();
        if (applied > 0) log.info({ applied }, 'database migrated');
        await running.relay.prepare();
        if (isStopping) return;
        roles = startRoles({
          db: store.db,
          roles: running.relay.roles(),
          replicaId: store.instance.id,
          predecessor: store.instance.predecessor,
          remember: () => store.instance.remember(),
          writes: ground.writes,
          metrics,
          log,
        });
        lookedAt(running.relay.askConsoles());
        return;
      } catch (error) {
        const isTold = error instanceof DatabaseUrlError || error instanceof DatabaseSchemaError;
        const text = isTold ? error.message : databaseErrorText(error);
        log.error({ error: text }, 'the database is not ready; trying again');
        await wake.wait(waitMs);
        // A server that refuses the password may lock the user out for too many attempts.
        waitMs = Math.min(waitMs * 2, beginAgainMs.max);
      }
    }
  }
  const ready = begin();

  async function takeOver(config: Config): Promise<string | undefined> {
    if (roles === undefined) return 'the database is not ready';
    const next = relayOf(config);
    try {
      await next.relay.prepare();
      if (isStopping) throw new Error('stopping');
    } catch (error) {
      await next.relay.close();
      metrics.forgetOthers(running.relay.ids);
      return databaseErrorText(error);
    }
    swapping = swap(roles, next);
    await swapping;
    return undefined;
  }

  /** Once begun, it ends. Each role goes on as soon as its own worker has finished what was in flight. */
  async function swap(held: Roles, next: typeof running): Promise<void> {
    const beganMs = performance.now();
    const former = running;
    running = next;
    for (const warning of next.config.warnings)
      log.warn({ warning }, 'the configuration can be used, and may be mistaken');
    await held.replace(next.relay.roles());
    metrics.forgetOthers(next.relay.ids);
    lookedAt(next.relay.askConsoles());
    lookAtCredentials(next.relay, log);
    await former.relay
      .close()
      .catch((error) => log.error({ err: describeError(error) }, 'not everything could be closed'));
    const { sources, sinks, routes } = next.config;
    const counts = { sources: sources.length, sinks: sinks.length, routes: routes.length };
    log.info({ ...counts, took_ms: Math.round(performance.now() - beganMs) }, 'new configuration taken over');
  }
  const reloading =
    options.origin && startReloading({ ...options.origin, log, metrics, running: () => running.config, takeOver });
  const address = addressOf(server);
  log.info({ address, sources: started.sources.length, sinks: started.sinks.length }, 'tocsin started');

  return {
    address,
    ready,
    reload: () => reloading?.now(),
    async stop() {
      isStopping = true;
      reloading?.stop();
      wake.now();
      clearInterval(credentials);
      clearInterval(positions);
      clearInterval(watchdog);
      heartbeat.stop();
      outageNotices.stop();
      try {
        await ready;
        await Promise.all([roles?.stop(), swapping]);
      } catch (error) {
        log.error({ error: databaseErrorText(error) }, 'the roles could not be given back');
      }
      server.close();
      const closed = running.relay.close().then(() => store.close());
      await closed.catch((error) => log.error({ err: describeError(error) }, 'not everything could be closed'));
      // Last: what a slow collector takes longer keeps no other replica from the roles.
      await ground.exporting?.stop();
      log.info({}, 'tocsin stopped');
    },
  };
}

function exitAfter(log: Logger, error: Error): void {
  log.error({ err: describeError(error) }, 'the process ends; everything is kept, and a restart goes on');
  process.exit(exitCodes.failed);
}

type Reading = Pick<Relay, 'sources' | 'refused'> & { readonly roles: Roles | undefined };

function whyNothingIsReadBy({ sources, refused, roles }: Reading): string | undefined {
  const ids = sources.map(({ id }) => id);
  return whyNothingIsRead(roles?.standing(), ids, refused());
}

async function readiness(
  own: Ground & Reading & { readonly isStopping: boolean },
): Promise<{ ok: boolean; detail: string }> {
  const { store, writes, roles, isStopping } = own;
  if (isStopping) return { ok: false, detail: 'stopping' };
  if (roles === undefined) return { ok: false, detail: 'waiting for the database' };
  await store.ping();
  const problem = writes.problem();
  if (problem !== undefined) return { ok: false, detail: noWritesText(problem) };
  // A rollout ends the old process for the first yes, so that none may come before it is known whether this one has anything to read.
  if (roles.standing() === undefined) return { ok: false, detail: 'waiting for the first heartbeat' };
  const why = whyNothingIsReadBy(own);
  if (why !== undefined) return { ok: false, detail: why };
  const leap = roles.clockLeap();
  const clock = leap && `its clock leapt by ${Math.round(leap.ms / 1000)} s at ${new Date(leap.clockMs).toISOString()}`;
  const details = ['the database answers and is migrated', clock, leftText(roles.standing())];
  return { ok: true, detail: details.filter((detail) => detail !== undefined).join('; ') };
}
