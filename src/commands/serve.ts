// `tocsin serve`: configuration, database, roles, HTTP; on SIGTERM all of it backwards. The composition root of the service.
import type { AddressInfo } from 'node:net';
import { serve as listen, type ServerType } from '@hono/node-server';
import { type Config, loadConfig, type Registries } from '../config.ts';
import { createLogger, describeError, type Logger } from '../core/log.ts';
import { type Roles, startRoles } from '../core/roles.ts';
import { databaseErrorText } from '../core/store/database.ts';
import { DatabaseUrlError } from '../core/store/inspect.ts';
import { createWake } from '../core/wake.ts';
import { createApp } from '../http/app.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';
import { listenErrorText } from './address.ts';
import type { Command } from './command.ts';
import { assertDatabase } from './database.ts';
import { exitCodes } from './dispatch.ts';
import { answerOperations } from './operate.ts';
import { createRelay, type Relay } from './relay.ts';

const registries: Registries = { sources, sinks };
/** The loops turn every few seconds, and a database that does not answer is given up after 30. */
const liveStuckMsMax = 60_000;
/** Then a process that nobody restarted by its probe ends itself: everything is in the database, and a supervisor starts it anew. */
const exitStuckMs = 120_000;
/** How soon an unusable database is tried again at the start. */
const beginAgainMs = { first: 500, max: 15_000 };
const expiryWarningMs = 14 * 86_400_000;

export interface Service {
  /** `http://host:port` of health and metrics. */
  readonly address: string;
  /** Resolves once the database is migrated and the roles are being worked. */
  readonly ready: Promise<void>;
  /** Finishes what is in flight, gives the roles back, closes. Never rejects. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly log: Logger;
  readonly version?: string;
  /** The embedded database ended by itself: default is to exit, so that a supervisor starts anew. */
  onFatal?(error: Error): void;
}

/** Listens first, so that probes are answered while the database is waited for. @throws {DataDirectoryError}, or EADDRINUSE and the like */
export async function startService(config: Config, options: ServiceOptions): Promise<Service> {
  const { log } = options;
  const version = options.version ?? 'unknown';
  for (const warning of config.warnings) log.warn({}, warning);
  const onFatal = options.onFatal ?? ((error) => exitAfter(log, error));
  const relay = await createRelay({ config, registries, version, log, onFatal });
  const wake = createWake();
  let roles: Roles | undefined;
  let isStopping = false;
  const app = createApp({
    metrics: relay.metrics,
    logger: log,
    version,
    isLive: () => ({ ok: (roles?.stuckMs() ?? 0) < liveStuckMsMax }),
    isReady: async () => readiness(relay, roles !== undefined, isStopping),
  });
  const server = await startListening(app.fetch, config).catch(async (error) => {
    await relay.close();
    throw error;
  });
  if (relay.store.kind === 'embedded') {
    log.info(
      { directory: config.dataDir },
      'embedded database: safe against a killed process, not against power loss; for production set DATABASE_URL',
    );
  }
  relay.store.lock?.serve(answerOperations(relay.store.db, log));
  const expiry = watchCredentials(relay, log);
  const watchdog = setInterval(() => {
    if ((roles?.stuckMs() ?? 0) > exitStuckMs) exitAfter(log, new Error(`nothing moved for ${exitStuckMs / 1000} s`));
  }, 5000);

  async function begin(): Promise<void> {
    let waitMs = beginAgainMs.first;
    while (!isStopping) {
      try {
        await assertDatabase(config);
        const applied = await relay.store.migrate();
        if (applied > 0) log.info({ applied }, 'database migrated');
        await relay.prepare();
        if (isStopping) return;
        roles = startRoles({
          db: relay.store.db,
          roles: relay.roles(),
          replicaId: relay.store.instance.id,
          predecessor: relay.store.instance.predecessor,
          remember: () => relay.store.instance.remember(),
          metrics: relay.metrics,
          log,
        });
        return;
      } catch (error) {
        const isTold = error instanceof DatabaseUrlError;
        log.error(
          isTold ? {} : { error: databaseErrorText(error) },
          isTold ? `${error.message} It is tried again.` : 'the database is not ready; trying again',
        );
        await wake.wait(waitMs);
        // A server that refuses the password may lock the user out for too many attempts.
        waitMs = Math.min(waitMs * 2, beginAgainMs.max);
      }
    }
  }
  const ready = begin();
  const { address, port } = server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;
  log.info(
    { address: `http://${host}:${port}`, sources: config.sources.length, sinks: config.sinks.length },
    'tocsin started',
  );

  return {
    address: `http://${host}:${port}`,
    ready,
    async stop() {
      isStopping = true;
      wake.now();
      clearInterval(expiry);
      clearInterval(watchdog);
      try {
        await ready;
        await roles?.stop();
      } catch (error) {
        log.error({ error: databaseErrorText(error) }, 'the roles could not be given back');
      }
      server.close();
      await relay.close().catch((error) => log.error({ err: describeError(error) }, 'not everything could be closed'));
      log.info({}, 'tocsin stopped');
    },
  };
}

function exitAfter(log: Logger, error: Error): void {
  log.error({ err: describeError(error) }, 'the process ends; everything is kept, and a restart goes on');
  process.exit(exitCodes.failed);
}

async function readiness(
  relay: Relay,
  hasStarted: boolean,
  isStopping: boolean,
): Promise<{ ok: boolean; detail: string }> {
  if (isStopping) return { ok: false, detail: 'stopping' };
  if (!hasStarted) return { ok: false, detail: 'waiting for the database' };
  await relay.store.ping();
  return { ok: true, detail: 'the database answers and is migrated' };
}

function startListening(fetch: Parameters<typeof listen>[0]['fetch'], config: Config): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = listen({ fetch, port: config.port, hostname: config.host }, () => resolve(server));
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Error(listenErrorText(config, error)));
    });
  });
}

/** Says it in the log and as a metric when a credential is about to end. */
function watchCredentials(relay: Relay, log: Logger): NodeJS.Timeout {
  const look = () => {
    for (const { id, source } of relay.sources) {
      const endsAtMs = source.credentialExpiresAt?.();
      if (endsAtMs === undefined) continue;
      relay.metrics.sourceCredentialExpiry.set({ source: id }, endsAtMs / 1000);
      const fields = { source: id, ends_at: new Date(endsAtMs).toISOString() };
      if (endsAtMs - Date.now() < expiryWarningMs)
        log.warn(fields, 'the credential of this source ends soon: create a new one and replace it');
    }
  };
  look();
  return setInterval(look, 86_400_000 / 2).unref();
}

export const command: Command = {
  summary: 'Run the relay until it is stopped',
  usage: 'serve',
  options: {},
  async run(_args, io) {
    const config = loadConfig({ env: io.env, directory: io.directory, registries });
    const log = createLogger({ level: config.logLevel, secrets: config.secrets });
    const stopAsked = new Promise<string>((resolve) => {
      process.once('SIGTERM', () => resolve('SIGTERM'));
      process.once('SIGINT', () => resolve('SIGINT'));
    });
    // Until it is up there is nothing to finish.
    let isUp = false;
    void stopAsked.then((signal) => {
      if (isUp) return;
      log.info({ signal }, 'stopped before it had started');
      process.exit(exitCodes.done);
    });
    const service = await startService(config, { log, version: io.version });
    isUp = true;
    log.info({ signal: await stopAsked }, 'stopping: finishing what is in flight');
    await service.stop();
    return exitCodes.done;
  },
};
