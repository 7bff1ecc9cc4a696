// Builds the relay out of a configuration: adapters, roles, and what they share. `serve` runs it
// until it is stopped or another configuration comes, `once` to the end of what is due.

import type { Config } from '../config/index.ts';
import type { ChatEnd } from '../core/chat/index.ts';
import { ConsoleWatch } from '../core/identity/console-watch.ts';
import { logLeftovers } from '../core/identity/leftovers.ts';
import { standingOf } from '../core/identity/standing.ts';
import { createKnownItems } from '../core/intake/known-items.ts';
import type { PushDependencies, SourceDoor } from '../core/intake/push/door.ts';
import { type Audience, createAudience } from '../core/notices/audience.ts';
import { sendHeartbeat, type Vitals } from '../core/notices/heartbeat.ts';
import { type KeyedNotice, storeNotice } from '../core/notices/notice.ts';
import { outageSinks } from '../core/notices/outage.ts';
import type { Role } from '../core/roles/index.ts';
import { keepRecurring } from '../core/silences/recurring.ts';
import { createHttpClient, type HttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import type { WorkFacts } from '../kit/records/role.ts';
import type { Logger } from '../observe/log.ts';
import type { MetricIds } from '../observe/metrics/index.ts';
import { forgetCalendar } from '../store/calendars.ts';
import { readSurroundings } from '../store/standing.ts';
import {
  type ConfiguredPush,
  type ConfiguredSink,
  type ConfiguredSource,
  createSinks,
  createSources,
} from './adapters.ts';
import type { Ground } from './ground.ts';
import { placesOfSinks, RoleMaker, type StartSource } from './roles.ts';

export interface RelayOptions extends Ground {
  readonly config: Config;
  readonly version: string;
  readonly log: Logger;
  /** For sources that are pushed to; absent: nobody listens for them. */
  readonly push?: Pick<PushDependencies, 'isReady' | 'act'>;
}

export class Relay {
  /** Those that are polled. */
  readonly sources: readonly ConfiguredSource[];
  readonly pushed: readonly ConfiguredPush[];
  readonly sinks: readonly ConfiguredSink[];
  readonly consoleWatch: ConsoleWatch;
  /** What must be well for a heartbeat. */
  readonly vitals: Vitals;
  readonly #options: RelayOptions;
  readonly #http: HttpClient;
  readonly #audience: Audience;
  readonly #maker: RoleMaker;
  readonly #doors: ReadonlyMap<string, SourceDoor>;

  /** Makes the adapters and begins their series; calls nobody. @throws {ConfigError} */
  constructor(options: RelayOptions) {
    const { config, store, metrics, log, writes, controls } = options;
    const { registries } = config.ground;
    const { db } = store;
    this.#options = options;
    this.#http = createHttpClient({
      proxy: config.proxy,
      userAgent: `tocsin/${options.version}`,
      mask: createMask(config.secrets),
    });
    const around = { http: this.#http, now: Date.now };
    const knownOf = (ids: readonly string[]) => createKnownItems(db, ids);
    const made = createSources(config, registries, { ...around, knownOf });
    this.sources = made.polled;
    this.pushed = made.pushed;
    this.sinks = createSinks(config, registries, around);
    this.#audience = createAudience({
      routes: config.routes,
      sinks: this.sinks.map(({ id }) => id),
      operations: config.operations,
    });
    const shared = { config, db, metrics, log, writes, controls };
    const parts = { ...shared, http: this.#http, audience: this.#audience };
    const { sources, pushed, sinks } = this;
    const tracing = options.exporting?.tracing;
    this.#maker = new RoleMaker({ ...parts, tracing, sources, pushed, sinks });
    this.#doors = options.push === undefined ? new Map() : this.#maker.doors(options.push);
    this.consoleWatch = new ConsoleWatch({ ...parts, sources, now: Date.now });
    const { listeners } = this.#audience;
    this.vitals = { db, roles: this.#maker.works.roles, listeners };
    metrics.expect(this.ids);
  }

  get store() {
    return this.#options.store;
  }

  get metrics() {
    return this.#options.metrics;
  }

  get controls() {
    return this.#options.controls;
  }

  /** The ids that have series of their own in the metrics. */
  get ids(): MetricIds {
    const { sinks } = this;
    const pushed = this.pushed.map((one) => ({ ...one, isPushed: true }));
    const sources = [...this.sources, ...pushed];
    return { sources, sinks, roles: this.#maker.works.roles };
  }

  /** Sends a heartbeat; undefined if none is configured. @throws {AdapterError} */
  get beat(): ((signal: AbortSignal) => Promise<void>) | undefined {
    const { heartbeatUrl } = this.#options.config;
    if (heartbeatUrl === undefined) return undefined;
    return (signal) => sendHeartbeat(this.#http, heartbeatUrl, signal);
  }

  /**
   * For `startRoles`.
   * @param startSource what to do with a source; default: polls it until stopped
   */
  roles(startSource?: StartSource): Role[] {
    return this.#maker.roles(startSource);
  }

  /** Undefined: nothing is pushed to a source of this name. */
  doorOf(id: string): SourceDoor | undefined {
    return this.#doors.get(id);
  }

  /** What this process knows of the sources that are pushed to, by id. */
  pushFacts(): WorkFacts {
    const known = [...this.#doors].map(([id, door]) => [id, door.facts()]);
    return { sources: Object.fromEntries(known) };
  }

  /** Undefined: there is no such sink, or people cannot act there. */
  chatOf(id: string): ChatEnd | undefined {
    const found = this.sinks.find((one) => one.id === id);
    if (found?.chat === undefined || found.sink.inAnswer === undefined) return found?.chat;
    const { chat, sink } = found;
    return { ...chat, inAnswer: (posted) => sink.inAnswer!(this.#maker.messageOf(found, posted)) };
  }

  /** Whether a sink of this process is in a storm. */
  isInStorm(): boolean {
    return [...this.#maker.lanes.values()].some((lane) => lane.isInStorm());
  }

  /**
   * See {@link outageSinks}; without those that an operator paused.
   * @param held names of the roles that this process holds
   */
  outageSinks(held: readonly string[]): readonly ConfiguredSink[] {
    const { controls } = this.#options;
    const all = outageSinks(this.sinks, this.#audience.listeners, held);
    return all.filter(({ id }) => controls.pauseOf(`sink:${id}`) === null);
  }

  /** For those of the sinks that are still configured. @throws the driver's error */
  async storeNotice({ notice, key, to }: KeyedNotice): Promise<void> {
    const known = to.filter((id) => this.sinks.some((sink) => sink.id === id));
    const by = { db: this.store.db, fence: null, nowMs: Date.now() };
    await storeNotice(by, { notice, key, to: known });
  }

  /**
   * To be called once the database is migrated: learns what cards and gauges need to know, and logs
   * what the configuration leaves behind.
   * @throws the driver's error
   */
  async prepare(): Promise<void> {
    const { store, config, log, controls } = this.#options;
    const { db } = store;
    const { works, tenants } = this.#maker;
    const around = await readSurroundings(db, store.instance.id);
    // A job repeats this. It is done here as well so that the first page is decided by them.
    if (!standingOf({ own: works, ...around }).isStranger)
      await keepRecurring(db, config.recurringSilences);
    if (config.duty?.calendar === undefined) await forgetCalendar(db);
    await tenants.recall(db);
    await controls.look();
    const consoles = this.sources.map(({ id, source }) => ({ id, console: source.console }));
    await logLeftovers({ db, log, consoles, places: placesOfSinks(this.sinks) });
  }

  /** Closes the adapters, once their roles have ended; not the store. */
  async close(): Promise<void> {
    await Promise.allSettled(this.sinks.map(({ sink }) => sink.close?.()));
    await this.#http.close();
  }
}
