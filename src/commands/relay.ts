// Builds the relay out of a configuration: adapters, roles, and what they share. `serve` runs it for ever, `once` to the end of what is due.
import type { Config, Registries } from '../config.ts';
import { type Lanes, offerFresh, startOrigin } from '../core/deliver/origin.ts';
import { defaultPolicy } from '../core/deliver/policy.ts';
import { stormTimes } from '../core/deliver/storm.ts';
import type { Notice } from '../core/event.ts';
import { createHttpClient, type HttpClient } from '../core/http.ts';
import { noticeEvent } from '../core/ingest.ts';
import type { Lease, RoleWorker } from '../core/lease.ts';
import type { Logger } from '../core/log.ts';
import { createMetrics, type Metrics } from '../core/metrics.ts';
import { type PollDependencies, startPolling } from '../core/poll.ts';
import { startRetention } from '../core/retention.ts';
import type { Role } from '../core/roles.ts';
import type { Sink } from '../core/sink.ts';
import type { PollSource } from '../core/source.ts';
import { databaseErrorText } from '../core/store/database.ts';
import { countDeliveries } from '../core/store/deliveries.ts';
import { hasSeveralTenants, insertPage, tenantKey } from '../core/store/events.ts';
import { openStore, type Store } from '../core/store/open.ts';
import { createSinks, createSources } from './adapters.ts';

export interface Relay {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly lanes: Lanes;
  readonly sources: readonly { readonly id: string; readonly source: PollSource }[];
  readonly sinks: readonly { readonly id: string; readonly sink: Sink }[];
  /** Roles for `startRoles`. @param startSource what to do with a source; polls it for ever by default */
  roles(startSource?: (deps: PollDependencies, lease: Lease) => RoleWorker): Role[];
  /** To be called once the database is migrated: learns what cards and gauges need to know. */
  prepare(): Promise<void>;
  close(): Promise<void>;
}

export interface RelayOptions {
  readonly config: Config;
  readonly registries: Registries;
  readonly version: string;
  readonly log: Logger;
  onFatal(error: Error): void;
}

/** Opens the store and makes the adapters; calls nobody. @throws {DataDirectoryError} */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const { config, log } = options;
  const store = await openStore({ ...config, log, onFatal: options.onFatal });
  const http = createHttpClient({ proxy: config.proxy, userAgent: `tocsin/${options.version}` });
  const around = { http, locale: config.locale, timeZone: config.timeZone, now: Date.now };
  const sources = createSources(config, options.registries, around).flatMap(({ id, source }) =>
    source.kind === 'poll' ? [{ id, source }] : [],
  );
  const sinks = createSinks(config, options.registries, around);
  const groups = groupsOf(config, sinks);
  const origins = [...new Set(sinks.map(({ sink }) => sink.origin))];
  const metrics = createMetrics({
    version: options.version,
    sources,
    sinks,
    roles: [
      ...sources.map(({ id }) => `source:${id}`),
      ...origins.map((origin) => `sink:${origin}`),
      ...(config.retentionMs === 'off' ? [] : [retention]),
    ],
  });
  const lanes: Lanes = new Map();
  const tenants = new Set<string>();
  let areTenantsSeveral = false;
  const shared = { db: store.db, metrics, log, now: Date.now, random: Math.random };

  const pollDependencies = (id: string, source: PollSource): PollDependencies => ({
    ...shared,
    id,
    source,
    routes: config.routes,
    intervalMs: config.pollingIntervalSeconds * 1000,
    onStored(stored) {
      for (const event of stored.events) {
        const tenant = tenantKey(event.body);
        if (tenant && tenants.size < 2) tenants.add(tenant);
      }
      areTenantsSeveral ||= tenants.size > 1;
      offerFresh(lanes, stored.fresh);
    },
  });

  async function announce(sink: string, notice: Notice, key: string, to: 'this' | 'others'): Promise<void> {
    const ids = to === 'this' ? [sink] : sinks.map(({ id }) => id).filter((id) => id !== sink);
    if (ids.length === 0) return;
    try {
      await insertPage(store.db, null, 'tocsin', [noticeEvent(notice, `${notice.kind} ${key}`, ids, Date.now())], null);
    } catch (error) {
      log.error({ sink, kind: notice.kind, error: databaseErrorText(error) }, 'a notice could not be stored');
    }
  }

  const originRole = (origin: string): Role => {
    const own = sinks.filter(({ sink }) => sink.origin === origin);
    return {
      name: `sink:${origin}`,
      group: groups.get(own[0]!.id)!,
      start: (lease) =>
        startOrigin(
          {
            ...shared,
            sinks: own,
            routes: config.routes,
            perSecond: config.sinkRate === 'off' ? Number.POSITIVE_INFINITY : config.sinkRate,
            policy: { ...defaultPolicy, ...(config.storm !== 'off' && { storm: { ...config.storm, ...stormTimes } }) },
            showTenant: () => areTenantsSeveral,
            announce: (sink, notice, key, to) => announce(sink, notice, key, to),
          },
          lanes,
          lease,
        ),
    };
  };

  metrics.onCollect(async () => {
    const counts = new Map((await countDeliveries(store.db)).map((count) => [count.sink, count]));
    for (const { id: sink } of sinks) {
      metrics.deliveriesPending.set({ sink }, counts.get(sink)?.pending ?? 0);
      metrics.deliveriesDead.set({ sink }, counts.get(sink)?.dead ?? 0);
      metrics.deliveryOldestPendingAge.set({ sink }, counts.get(sink)?.oldestPendingSeconds ?? 0);
    }
  });

  return {
    store,
    metrics,
    lanes,
    sources,
    sinks,
    roles: (startSource = startPolling) => [
      ...sources.map(({ id, source }) => ({
        name: `source:${id}`,
        group: groups.get(`source:${id}`)!,
        start: (lease: Lease) => startSource(pollDependencies(id, source), lease),
      })),
      ...origins.map(originRole),
      ...retentionRole(config, { db: store.db, log }),
    ],
    async prepare() {
      areTenantsSeveral = await hasSeveralTenants(store.db);
    },
    close: () => closeAll(sinks, http, store),
  };
}

const retention = 'job:retention';

function retentionRole({ retentionMs }: Config, shared: { db: Store['db']; log: Logger }): Role[] {
  if (retentionMs === 'off') return [];
  const start = (lease: Lease) => startRetention({ ...shared, ageMs: retentionMs }, lease);
  return [{ name: retention, group: retention, start }];
}

async function closeAll(sinks: Relay['sinks'], http: HttpClient, store: Store): Promise<void> {
  await Promise.allSettled(sinks.map(({ sink }) => sink.close?.()));
  await http.close();
  await store.close();
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
