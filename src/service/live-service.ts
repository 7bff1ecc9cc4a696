// A running service: it owns all running parts, takes over another configuration, and stops
// everything in reverse order.

import type { Server } from 'node:http';
import type { Config } from '../config/index.ts';
import { createWake } from '../core/loops/wake.ts';
import { askForProblem } from '../core/loops/writes.ts';
import { type HeartbeatTimes, startHeartbeat } from '../core/notices/heartbeat.ts';
import { startOutageNotices } from '../core/notices/outage.ts';
import { type Roles, startRoles } from '../core/roles/index.ts';
import { createApp } from '../http/app.ts';
import { describeError, type Logger } from '../observe/log.ts';
import type { OperationContext } from '../operations/index.ts';
import { databaseErrorText } from '../store/database.ts';
import { answerOperations, logFailure } from './answer.ts';
import { awaitDatabase, logDatabase, logWarnings } from './begin.ts';
import { lookAtCredentials } from './credentials.ts';
import { exitCodes } from './exit-codes.ts';
import { farEndsOf } from './far-ends.ts';
import type { Ground } from './ground.ts';
import { ServiceIdentity } from './identity.ts';
import { addressOf, startListening } from './listen.ts';
import { pushedActs } from './pushed-acts.ts';
import { isLive, readiness, type ServiceState, whyNoHeartbeat } from './readiness.ts';
import { Relay } from './relay.ts';
import { type ConfigOrigin, noteSuccess, type Reloading, startReloading } from './reload.ts';

/**
 * A process that makes no progress for this long, and that no probe had restarted, ends itself.
 * Everything is in the database, and a supervisor starts the process again.
 */
const exitStuckMs = 120_000;
const stuckLookMs = 5000;
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

export interface LiveOptions extends Ground {
  readonly config: Config;
  readonly log: Logger;
  readonly version: string;
  readonly origin: ConfigOrigin | undefined;
  /** Absent: every minute. */
  readonly heartbeatTimes?: HeartbeatTimes;
}

/** A configuration, and what was built out of it. */
interface Running {
  readonly config: Config;
  readonly relay: Relay;
}

export class LiveService implements Service {
  address = '';
  ready: Promise<void> = Promise.resolve();
  readonly #options: LiveOptions;
  readonly #log: Logger;
  readonly #wake = createWake();
  readonly #timers: NodeJS.Timeout[] = [];
  /** Loops that a stop ends without waiting for them. */
  readonly #loops: { stop(): void }[] = [];
  readonly #farEnds = farEndsOf(() => this.#running.relay);
  readonly #identity: ServiceIdentity;
  readonly #push = {
    isReady: () => this.#roles !== undefined,
    act: pushedActs(() => this.#around()),
  };
  #running: Running;
  #roles: Roles | undefined;
  #server: Server | undefined;
  #reloading: Reloading | undefined;
  #isStopping = false;
  /** Ends what visitors keep open. */
  readonly #ending = new AbortController();
  /** The last takeover of a configuration. */
  #swapping: Promise<void> = Promise.resolve();

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#running = this.#build(options.config);
    this.#identity = new ServiceIdentity({
      version: options.version,
      db: options.store.db,
      config: () => this.#running.config,
      isReady: () => this.#roles !== undefined,
      onFailure: logFailure(options.log),
    });
  }

  /** @throws {Error} it cannot listen; everything is closed then */
  async start(): Promise<void> {
    const { config, metrics, log, store, origin } = this.#options;
    this.#server = await this.#listen();
    noteSuccess(metrics, config);
    await logDatabase(store, config, log);
    const running = () => this.#running.config;
    store.lock?.serve(answerOperations(() => this.#around(), log));
    lookAtCredentials(this.#running.relay, log);
    this.#startChecks();
    this.#startNotices();
    this.ready = this.#begin();
    if (origin !== undefined) {
      const takeOver = (next: Config) => this.#takeOver(next);
      this.#reloading = startReloading({ ...origin, log, metrics, running, takeOver });
    }
    this.address = addressOf(this.#server);
    const counts = { sources: config.sources.length, sinks: config.sinks.length };
    log.info({ address: this.address, ...counts }, 'tocsin started');
  }

  reload(): void {
    this.#reloading?.now();
  }

  async stop(): Promise<void> {
    const { store, exporting } = this.#options;
    this.#isStopping = true;
    this.#ending.abort();
    this.#reloading?.stop();
    this.#wake.now();
    for (const timer of this.#timers) clearInterval(timer);
    for (const loop of this.#loops) loop.stop();
    try {
      await this.ready;
      await Promise.all([this.#roles?.stop(), this.#swapping]);
    } catch (error) {
      const text = databaseErrorText(error);
      this.#log.error({ error: text }, 'the roles could not be given back');
    }
    this.#server?.close();
    await this.#logFailedClose(this.#identity.close());
    await this.#logFailedClose(this.#running.relay.close().then(() => store.close()));
    // Last: a slow collector must keep no other replica from the roles.
    await exporting?.stop();
    this.#log.info({}, 'tocsin stopped');
  }

  #build(config: Config): Running {
    return { config, relay: new Relay({ ...this.#options, config, push: this.#push }) };
  }

  #state(): ServiceState {
    const { store, writes } = this.#options;
    const [roles, isStopping] = [this.#roles, this.#isStopping];
    return { store, writes, relay: this.#running.relay, roles, isStopping };
  }

  /** What operations work with now. */
  #around(): Omit<OperationContext, 'actor'> {
    const { config } = this.#running;
    const { store, controls } = this.#options;
    const process = {
      version: this.#options.version,
      replicaId: store.instance.id,
      clockLeap: () => this.#roles?.clockLeap(),
    };
    return { db: store.db, config, farEnds: this.#farEnds, controls, process };
  }

  async #listen(): Promise<Server> {
    const { config, metrics, log, version, store, exporting } = this.#options;
    const app = createApp({
      metrics,
      logger: log,
      version,
      locale: () => this.#running.config.locale,
      ...this.#identity.forApp(),
      onFailure: logFailure(log),
      ending: this.#ending.signal,
      chatOf: (id) => this.#running.relay.chatOf(id),
      doorOf: (id) => this.#running.relay.doorOf(id),
      contextOf: (actor) => this.#roles && { ...this.#around(), actor },
      isLive: () => ({ ok: isLive(this.#state()) }),
      isReady: () => readiness(this.#state()),
    });
    try {
      return await startListening(app.fetch, config, log);
    } catch (error) {
      await this.#running.relay.close();
      await store.close();
      await exporting?.stop();
      throw error;
    }
  }

  /** Starts the checks that run at intervals. */
  #startChecks(): void {
    const credentials = () => lookAtCredentials(this.#running.relay, this.#log);
    const positions = () => {
      if (this.#roles === undefined) return;
      this.#logFailedCheck(this.#running.relay.consoleWatch.look());
      this.#logFailedCheck(this.#running.relay.consoleWatch.ask());
    };
    const stuck = () => {
      if ((this.#roles?.stuckMs() ?? 0) <= exitStuckMs) return;
      exitAfter(this.#log, new Error(`nothing moved for ${exitStuckMs / 1000} s`));
    };
    this.#timers.push(
      setInterval(credentials, credentialsEveryMs).unref(),
      setInterval(positions, positionsEveryMs).unref(),
      setInterval(stuck, stuckLookMs),
    );
  }

  /** Starts the notices that belong to no role. */
  #startNotices(): void {
    const { metrics, log, store, writes, heartbeatTimes: times } = this.#options;
    const heartbeat = startHeartbeat({
      sender: () => this.#running.relay.beat,
      whyNot: () => whyNoHeartbeat(() => this.#state()),
      metrics,
      log,
      times,
    });
    const outage = startOutageNotices({
      problem: () => askForProblem(store.ping, writes),
      sinks: () => this.#running.relay.outageSinks(this.#roles?.held() ?? []),
      storeNotice: (notice) => this.#running.relay.storeNotice(notice),
      log,
      now: Date.now,
      random: Math.random,
      monotonic: () => performance.now(),
    });
    this.#loops.push(heartbeat, outage);
  }

  /** Never rejects. */
  async #begin(): Promise<void> {
    const { config, store, metrics, log, writes, controls } = this.#options;
    const isReady = await awaitDatabase({
      config,
      store,
      log,
      wake: this.#wake,
      isStopping: () => this.#isStopping,
      prepare: () => this.#running.relay.prepare(),
    });
    if (!isReady) return;
    controls.start();
    this.#loops.push(controls);
    const { id: replicaId, predecessor } = store.instance;
    const remember = () => store.instance.remember();
    const own = { replicaId, predecessor, remember };
    const roles = this.#running.relay.roles();
    const facts = () => this.#running.relay.pushFacts();
    this.#roles = startRoles({ db: store.db, roles, ...own, writes, metrics, log, facts });
    this.#logFailedCheck(this.#running.relay.consoleWatch.ask());
  }

  /** @returns why that has to wait, with nothing changed; undefined once it is done */
  async #takeOver(config: Config): Promise<string | undefined> {
    if (this.#roles === undefined) return 'the database is not ready';
    const next = this.#build(config);
    try {
      await next.relay.prepare();
      if (this.#isStopping) throw new Error('stopping');
    } catch (error) {
      await next.relay.close();
      this.#options.metrics.forgetOthers(this.#running.relay.ids);
      return databaseErrorText(error);
    }
    this.#swapping = this.#swap(this.#roles, next);
    await this.#swapping;
    return undefined;
  }

  /**
   * Once begun, it ends. Each role goes on as soon as its own worker has finished what was in
   * flight.
   */
  async #swap(held: Roles, next: Running): Promise<void> {
    const beganMs = performance.now();
    const former = this.#running;
    this.#running = next;
    logWarnings(next.config, this.#log);
    await held.replace(next.relay.roles());
    this.#options.metrics.forgetOthers(next.relay.ids);
    this.#logFailedCheck(next.relay.consoleWatch.ask());
    lookAtCredentials(next.relay, this.#log);
    await this.#logFailedClose(former.relay.close());
    const { sources, sinks, routes } = next.config;
    const counts = { sources: sources.length, sinks: sinks.length, routes: routes.length };
    const took_ms = Math.round(performance.now() - beganMs);
    this.#log.info({ ...counts, took_ms }, 'new configuration taken over');
  }

  #logFailedCheck(checking: Promise<void>): void {
    void checking.catch((error) => {
      const text = databaseErrorText(error);
      this.#log.error({ error: text }, 'the positions could not be looked at');
    });
  }

  async #logFailedClose(closing: Promise<void>): Promise<void> {
    await closing.catch((error) =>
      this.#log.error({ err: describeError(error) }, 'not everything could be closed'),
    );
  }
}

export function exitAfter(log: Logger, error: Error): void {
  log.error(
    { err: describeError(error) },
    'the process ends; everything is kept, and a restart goes on',
  );
  process.exit(exitCodes.failed);
}
