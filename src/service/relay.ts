// Builds the relay out of a configuration: adapters, roles, and what they share. `serve` runs it until it is stopped or another configuration
// comes, `once` to the end of what is due.

import type { Config, Registries } from '../config/index.ts';
import { type Lanes, offerFresh, startOrigin } from '../core/deliver/origin.ts';
import { defaultPolicy } from '../core/deliver/policy.ts';
import { stormTimes } from '../core/deliver/storm.ts';
import { backlogRemarks, createSettling, placesById } from '../core/identity/backlog.ts';
import { announceForeign, foreignSources, refusedSources } from '../core/identity/foreign.ts';
import { positionRemarks } from '../core/identity/position.ts';
import { standingOf } from '../core/identity/standing.ts';
import { type PollDependencies, startPolling } from '../core/intake/poll.ts';
import { Tenants } from '../core/intake/tenants.ts';
import type { Lease, RoleWorker } from '../core/loops/lease.ts';
import { askForProblem, createWrites, type Writes } from '../core/loops/writes.ts';
import { createAudience } from '../core/notices/audience.ts';
import { sendHeartbeat, type Vitals } from '../core/notices/heartbeat.ts';
import { storeNotice } from '../core/notices/notice.ts';
import { outageSinks } from '../core/notices/outage.ts';
import { createSinkNotices } from '../core/notices/sink-notices.ts';
import { startWatchdog, type WatchdogDependencies } from '../core/notices/watchdog.ts';
import type { Role } from '../core/roles/index.ts';
import { startRetention } from '../core/roles/retention.ts';
import { createSilenceReader } from '../core/silences/reader.ts';
import { keepRecurring } from '../core/silences/recurring.ts';
import { type SilenceSummaryDependencies, startSilenceSummaries } from '../core/silences/summary.ts';
import type { Notice } from '../kit/event.ts';
import { createHttpClient, type HttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import type { PollSource } from '../kit/source.ts';
import type { Logger } from '../observe/log.ts';
import { createMetrics, type MetricIds, type Metrics } from '../observe/metrics/index.ts';
import type { Exporting } from '../observe/tracing/export.ts';
import { listPositions } from '../store/cursors.ts';
import { countDeliveries } from '../store/deliveries.ts';
import { openStore, type Store } from '../store/open.ts';
import { countActiveSilences } from '../store/silences.ts';
import { listPlaces } from '../store/sinks.ts';
import { readSurroundings } from '../store/standing.ts';
import { type ConfiguredSink, createSinks, createSources } from './adapters.ts';
import { openTracing } from './tracing.ts';

/** What outlasts a configuration. */
export interface Ground {
  readonly store: Store;
  readonly metrics: Metrics;
  /** Undefined: tracing is off. */
  readonly exporting: Exporting | undefined;
  readonly writes: Writes;
}

export interface GroundOptions {
  readonly config: Config;
  readonly version: string;
  readonly log: Logger;
  onFatal(error: Error): void;
}

/** Their names come from configurations of the past: their number needs a bound of its own. */
const orphansShownMax = 50;

/** How long a console may take to say whether it knows a position. */
const askMs = 20_000;

/** Opens the store; calls nobody. @throws {DataDirectoryError} */
export async function openGround({ config, version, log, onFatal }: GroundOptions): Promise<Ground> {
  const store = await openStore({ ...config, log, onFatal });
  const metrics = createMetrics({ version, sources: [], sinks: [], roles: [] });
  metrics.onCollect(async () => metrics.silencesActive.set(await countActiveSilences(store.db)));
  metrics.onCollect(async () => {
    const counts = new Map((await countDeliveries(store.db)).map((count) => [count.sink, count]));
    for (const sink of metrics.shownSinks()) {
      metrics.deliveriesPending.set({ sink }, counts.get(sink)?.pending ?? 0);
      metrics.deliveriesDead.set({ sink }, counts.get(sink)?.dead ?? 0);
      metrics.deliveryOldestPendingAge.set({ sink }, counts.get(sink)?.oldestPendingSeconds ?? 0);
      metrics.deliveryOldestUrgentPendingAge.set({ sink }, counts.get(sink)?.oldestUrgentSeconds ?? 0);
    }
    metrics.deliveriesOrphaned.reset();
    const orphaned = [...counts.values()].filter(({ sink }) => !metrics.shownSinks().includes(sink));
    for (const { sink, pending, dead } of orphaned.slice(0, orphansShownMax))
      metrics.deliveriesOrphaned.set({ sink }, pending + dead);
  });
  const writes = createWrites();
  metrics.onCollect(async () => {
    // A database that does not answer is another matter, with a metric of its own.
    const problem = await askForProblem(store.ping, writes).catch(() => undefined);
    metrics.setWriteProblem(problem?.reason);
  });
  const exporting = await openTracing(config, { version, instanceId: store.instance.id, log });
  return { store, metrics, exporting, writes };
}

export interface Relay extends Ground {
  readonly lanes: Lanes;
  /** What of it has series of its own. */
  readonly ids: MetricIds;
  readonly sources: readonly { readonly id: string; readonly source: PollSource }[];
  readonly sinks: readonly ConfiguredSink[];
  /** Roles for `startRoles`. @param startSource what to do with a source; polls it for ever by default */
  roles(startSource?: (deps: PollDependencies, lease: Lease) => RoleWorker): Role[];
  /** See {@link outageSinks}. @param held names of the roles that this process holds */
  outageSinks(held: readonly string[]): readonly ConfiguredSink[];
  /** For those of the sinks that are still configured, once per key. @throws the driver's error */
  storeNotice(notice: Notice, key: string, to: readonly string[]): Promise<void>;
  /** What must be well for a heartbeat. */
  readonly vitals: Vitals;
  /** Sends a heartbeat; absent if none is configured. @throws {AdapterError} */
  readonly beat?: (signal: AbortSignal) => Promise<void>;
  /** Asks the consoles whose positions are another's whether they know them. @throws the driver's error */
  askConsoles(): Promise<void>;
  /** Ids of the sources whose console did not, when it was asked last; undefined until the first of these ends. */
  refused(): ReadonlySet<string> | undefined;
  /** Says whose position is another console's, to the metrics and to people. @throws the driver's error */
  lookAtPositions(): Promise<void>;
  /** To be called once the database is migrated: learns what cards and gauges need to know, and logs what the configuration leaves behind. */
  prepare(): Promise<void>;
  /** Closes the adapters, once their roles have ended; not the store. */
  close(): Promise<void>;
}

export interface RelayOptions extends Ground {
  readonly config: Config;
  readonly registries: Registries;
  readonly version: string;
  readonly log: Logger;
}

/** Makes the adapters and begins their series; calls nobody. @throws {ConfigError} */
export function createRelay(options: RelayOptions): Relay {
  const { config, log, store, metrics, exporting } = options;
  const userAgent = `tocsin/${options.version}`;
  const http = createHttpClient({ proxy: config.proxy, userAgent, mask: createMask(config.secrets) });
  const around = { http, locale: config.locale, timeZone: config.timeZone, now: Date.now };
  const sources = createSources(config, options.registries, around).flatMap(({ id, source, types }) =>
    source.kind === 'poll' ? [{ id, source, types }] : [],
  );
  const consoles = sources.map(({ id, source }) => ({ id, console: source.console }));
  const sinks = createSinks(config, options.registries, around);
  const places = sinks.map(({ id, sink }) => ({ id, place: sink.place }));
  const groups = groupsOf(config, sinks);
  const origins = [...new Set(sinks.map(({ sink }) => sink.origin))];
  const { operations, heartbeatUrl } = config;
  const sinkIds = sinks.map(({ id }) => id);
  const audience = createAudience({ routes: config.routes, sinks: sinkIds, operations });
  const ids = {
    sources,
    sinks,
    roles: [
      ...sources.map(({ id }) => `source:${id}`),
      ...origins.map((origin) => `sink:${origin}`),
      ...(config.retentionMs === 'off' ? [] : [retention]),
      silences,
      watchdog,
    ],
  };
  const works = {
    roles: ids.roles,
    consoles: Object.fromEntries(consoles.flatMap(({ id, console }) => (console ? [[id, console]] : []))),
    places: placesById(places),
  };
  metrics.expect(ids);
  const lanes: Lanes = new Map();
  const tenants = new Tenants();
  let refused: ReadonlySet<string> | undefined;
  const tracing = exporting?.tracing;
  const shared = { db: store.db, metrics, log, tracing, now: Date.now, random: Math.random };
  const silenceReader = createSilenceReader(store.db, log);

  const pollDependencies = (id: string, source: PollSource): PollDependencies => ({
    ...shared,
    writes: options.writes,
    id,
    source,
    consoles,
    routes: config.routes,
    operations,
    silences: silenceReader,
    intervalMs: config.pollingIntervalSeconds * 1000,
    lanes: { offer: (fresh) => offerFresh(lanes, fresh) },
    tenants,
  });

  const sinkNotices = createSinkNotices({ db: store.db, audience, log, now: Date.now });

  const originRole = (origin: string): Role => {
    const own = sinks.filter(({ sink }) => sink.origin === origin);
    return {
      name: `sink:${origin}`,
      group: groups.get(own[0]!.id)!,
      sinks: own.map(({ id }) => id),
      places: placesById(places.filter(({ id }) => own.some((one) => one.id === id))),
      start(lease) {
        return startOrigin(
          {
            ...shared,
            writes: options.writes,
            sinks: own,
            settled: createSettling({ db: store.db, log, places, own: own.map(({ id }) => id), works }, lease),
            routes: config.routes,
            perSecond: config.sinkRate === 'off' ? Number.POSITIVE_INFINITY : config.sinkRate,
            policy: { ...defaultPolicy, ...(config.storm !== 'off' && { storm: { ...config.storm, ...stormTimes } }) },
            showTenant: () => tenants.areSeveral(),
            announce: sinkNotices.announce,
          },
          lanes,
          lease,
        );
      },
    };
  };

  /** What this configuration leaves behind in the database, or finds there. */
  async function logLeftovers(): Promise<void> {
    for (const { source, isFault, text: remark } of positionRemarks(await listPositions(store.db), consoles)) {
      if (isFault) log.error({ source, remark }, 'this source cannot be read');
      else log.info({ source, remark }, 'a position under another id');
    }
    for (const { sink, text: remark } of backlogRemarks(
      await countDeliveries(store.db),
      await listPlaces(store.db),
      places,
    ))
      log.warn({ sink, remark }, 'a backlog under another id');
  }

  return {
    store,
    metrics,
    exporting,
    writes: options.writes,
    lanes,
    ids,
    sources,
    sinks,
    roles: (startSource = startPolling) => [
      ...sources.map(({ id, source }) => ({
        name: `source:${id}`,
        group: groups.get(`source:${id}`)!,
        console: source.console,
        start: (lease: Lease) => startSource(pollDependencies(id, source), lease),
      })),
      ...origins.map(originRole),
      ...[
        ...retentionRole(config, { db: store.db, log }),
        silencesRole({ ...shared, sinks: sinkIds, recurring: config.recurringSilences }),
        watchdogRole({ ...shared, sources, sinks: sinkIds, audience }),
      ].map((job) => ({ ...job, isFollower: true, group: groups.values().next().value ?? job.name })),
    ],
    async askConsoles() {
      try {
        refused = await refusedSources(store.db, sources, AbortSignal.timeout(askMs));
      } finally {
        // Where nobody can tell, a process is not kept from its work.
        refused ??= new Set();
      }
    },
    refused: () => refused,
    async lookAtPositions() {
      const looked = { db: store.db, consoles, audience, now: Date.now };
      const foreign = await foreignSources(looked);
      for (const { id } of sources) {
        const isForeign = foreign.some(({ source }) => source === id);
        metrics.sourceOtherConsole.set({ source: id }, isForeign ? 1 : 0);
      }
      await announceForeign(looked);
    },
    async prepare() {
      // The job does it later, too; now, so that the first page is decided by them.
      const around = await readSurroundings(store.db, store.instance.id);
      if (!standingOf({ own: works, ...around }).isStranger) await keepRecurring(store.db, config.recurringSilences);
      await tenants.recall(store.db);
      await logLeftovers();
    },
    outageSinks: (held) => outageSinks(sinks, audience.listeners, held),
    storeNotice(notice, key, to) {
      const known = to.filter((id) => sinkIds.includes(id));
      return storeNotice({ db: store.db, fence: null, nowMs: Date.now() }, { notice, key, to: known });
    },
    vitals: { db: store.db, roles: ids.roles, listeners: audience.listeners },
    ...(heartbeatUrl !== undefined && { beat: (signal: AbortSignal) => sendHeartbeat(http, heartbeatUrl, signal) }),
    close: () => closeAll(sinks, http),
  };
}

const retention = 'job:retention';

/** Jobs cost next to nothing: they go with the first group, so that none of them moves a source or a sink to another replica. */
type Job = Omit<Role, 'group' | 'isFollower'>;

function retentionRole({ retentionMs }: Config, shared: { db: Store['db']; log: Logger }): Job[] {
  if (retentionMs === 'off') return [];
  const start = (lease: Lease) => startRetention({ ...shared, ageMs: retentionMs }, lease);
  return [{ name: retention, isByFile: true, start }];
}

const silences = 'job:silences';

function silencesRole(deps: SilenceSummaryDependencies): Job {
  return { name: silences, isByFile: true, start: (lease) => startSilenceSummaries(deps, lease) };
}

const watchdog = 'job:watchdog';

function watchdogRole(deps: WatchdogDependencies): Job {
  return { name: watchdog, start: (lease) => startWatchdog(deps, lease) };
}

async function closeAll(sinks: Relay['sinks'], http: HttpClient): Promise<void> {
  await Promise.allSettled(sinks.map(({ sink }) => sink.close?.()));
  await http.close();
}

/** Sources and sinks that a route connects are of one group, and so are the sinks of one origin. By sink id and `source:<id>`. */
function groupsOf(config: Config, sinks: Relay['sinks']): Map<string, string> {
  const groups = new Map<string, string>();
  for (const { id } of config.sources) groups.set(`source:${id}`, `source:${id}`);
  for (const { id, sink } of sinks) groups.set(id, sink.origin);
  for (const route of config.routes) {
    const members = [...(route.sources ?? config.sources.map(({ id }) => id)).map((id) => `source:${id}`), ...route.to];
    const joined = new Set(members.map((member) => groups.get(member)));
    const name = groups.get(members[0] ?? '');
    for (const [member, group] of groups) if (name !== undefined && joined.has(group)) groups.set(member, name);
  }
  return groups;
}
