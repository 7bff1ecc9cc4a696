// Every metric of Tocsin, in one registry of its own. Labels come from configuration or from a closed set, never from an event or a request.
// Nothing here asks the database: whoever can do that registers with `onCollect`.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type CollectLimits, createCollector, defaultLimits } from './collect.ts';
import { type FailureOutcome, type FailureReason, failureReasons } from './errors.ts';
import { type Severity, severityNames } from './event.ts';
import { suppressions } from './route.ts';

/** How a poll can end: with events, without, with "this feature is off", or with the reason of its failure. */
export const pollOutcomes = ['ok', 'empty', 'database', 'disabled', ...failureReasons] as const;
/** How a delivery can end. */
export const deliveryOutcomes = ['delivered', 'suppressed', 'dead'] as const;
export const sinkStates = ['ok', 'backing_off', 'paused'] as const;
export type SinkState = (typeof sinkStates)[number];

/** The pairs of outcome and reason that the policy of `http.ts` gives; any other pair appears when it first happens. */
const attemptReasons: Readonly<Record<FailureOutcome, readonly FailureReason[]>> = {
  retry: ['timeout', 'connection', 'rate_limited', 'server_error', 'malformed', 'unknown'],
  reject_event: ['rejected', 'too_large'],
  reject_sink: ['auth', 'rejected', 'bad_config'],
};

/** Of an attempt that failed in no way; Prometheus would treat an empty label as none. */
export const noReason = 'none';

/** `critical`, `high`, …: the value of every label `severity`. */
export function severityLabel(severity: Severity): string {
  return severityNames[severity].toLowerCase();
}

const callSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const latencySeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600];
const screenSeconds = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400];

/** What has series of its own. */
export interface MetricIds {
  readonly sources: readonly { readonly id: string }[];
  readonly sinks: readonly { readonly id: string }[];
  /** Names of roles, as in `leases.name`. */
  readonly roles: readonly string[];
}

/**
 * The metrics, every series of `ids` at zero, and Node's own. `expose` gives the text of `/metrics`; it always resolves, within
 * about `waitMs`, also when the database is away: then the last values stay and `tocsin_database_up` says 0.
 */
export function createMetrics(ids: MetricIds & { readonly version: string }, limits: CollectLimits = defaultLimits) {
  const registry = new Registry();
  registerNodeMetrics(registry);
  const instruments = {
    ...createSourceMetrics(registry),
    ...createDeliveryMetrics(registry),
    ...createProcessMetrics(registry),
    ...createConfigMetrics(registry),
  };
  instruments.buildInfo.set({ version: ids.version, node: process.versions.node }, 1);
  const series = createSeries(instruments);
  series.expect(ids);
  const { onCollect, refresh } = createCollector(limits, (isUp) => instruments.databaseUp.set(isUp ? 1 : 0));

  return {
    registry,
    ...instruments,
    ...series,
    /** Registers what sets the gauges that need the database. A rejection means that the database is away. */
    onCollect,
    /** Marks the one state that `sink` is in. */
    setSinkState(sink: string, current: SinkState): void {
      for (const state of sinkStates) instruments.sinkState.set({ sink, state }, state === current ? 1 : 0);
    },
    /** This process does not work the sink any more, and knows nothing of its state. */
    leaveSink(sink: string): void {
      for (const state of sinkStates) instruments.sinkState.set({ sink, state }, 0);
      instruments.sinkStorm.set({ sink }, 0);
    },
    contentType: registry.contentType,
    async expose(): Promise<string> {
      await refresh();
      return registry.metrics();
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

function createSourceMetrics(registry: Registry) {
  const registers = [registry];
  return {
    sourceEvents: new Counter({
      name: 'tocsin_source_events_total',
      help: 'Events stored for the first time.',
      labelNames: ['source', 'severity'],
      registers,
    }),
    sourceDuplicates: new Counter({
      name: 'tocsin_source_duplicates_total',
      help: 'Events read that were stored already.',
      labelNames: ['source'],
      registers,
    }),
    sourcePolls: new Counter({
      name: 'tocsin_source_polls_total',
      help: 'Pages asked for, by how that ended.',
      labelNames: ['source', 'outcome'],
      registers,
    }),
    sourcePollDuration: new Histogram({
      name: 'tocsin_source_poll_duration_seconds',
      help: 'Time to get one page from the source.',
      labelNames: ['source'],
      buckets: callSeconds,
      registers,
    }),
    sourceLastSuccess: new Gauge({
      name: 'tocsin_source_last_success_timestamp_seconds',
      help: 'When the source was last read without an error; 0 until then.',
      labelNames: ['source'],
      registers,
    }),
    sourceCursor: new Gauge({
      name: 'tocsin_source_cursor',
      help: 'How far the source was read, if it numbers its items.',
      labelNames: ['source'],
      registers,
    }),
    sourceLag: new Gauge({
      name: 'tocsin_source_lag_seconds',
      help: 'Time from when the source first showed its newest event to when it was stored.',
      labelNames: ['source'],
      registers,
    }),
    sourceCredentialExpiry: new Gauge({
      name: 'tocsin_source_credential_expiry_timestamp_seconds',
      help: 'When the credential of the source ends; absent if it does not say.',
      labelNames: ['source'],
      registers,
    }),
  };
}

function createDeliveryMetrics(registry: Registry) {
  const registers = [registry];
  return {
    deliveries: new Counter({
      name: 'tocsin_deliveries_total',
      help: 'Deliveries that ended, by how.',
      labelNames: ['sink', 'outcome'],
      registers,
    }),
    deliveriesSuppressed: new Counter({
      name: 'tocsin_deliveries_suppressed_total',
      help: 'Deliveries that were decided against, by reason.',
      labelNames: ['sink', 'reason'],
      registers,
    }),
    deliveryAttempts: new Counter({
      name: 'tocsin_delivery_attempts_total',
      help: 'Calls of a sink, by outcome and reason.',
      labelNames: ['sink', 'outcome', 'reason'],
      registers,
    }),
    deliveryAttemptDuration: new Histogram({
      name: 'tocsin_delivery_attempt_duration_seconds',
      help: 'Time that one call of a sink took.',
      labelNames: ['sink'],
      buckets: callSeconds,
      registers,
    }),
    deliveryLatency: new Histogram({
      name: 'tocsin_delivery_latency_seconds',
      help: 'Time from stored to delivered.',
      labelNames: ['sink'],
      buckets: latencySeconds,
      registers,
    }),
    eventToScreen: new Histogram({
      name: 'tocsin_event_to_screen_seconds',
      help: 'Time from when the vendor first showed the event to when it was delivered.',
      labelNames: ['sink', 'severity'],
      buckets: screenSeconds,
      registers,
    }),
    deliveriesPending: new Gauge({
      name: 'tocsin_deliveries_pending',
      help: 'Deliveries that wait, in the database that all replicas share.',
      labelNames: ['sink'],
      registers,
    }),
    deliveryOldestPendingAge: new Gauge({
      name: 'tocsin_delivery_oldest_pending_age_seconds',
      help: 'Age of the oldest delivery that waits; 0 if none does.',
      labelNames: ['sink'],
      registers,
    }),
    deliveryOldestUrgentPendingAge: new Gauge({
      name: 'tocsin_delivery_oldest_urgent_pending_age_seconds',
      help: 'Age of the oldest delivery of an event that is CRITICAL, HIGH or of unknown severity, and that waits outside a group; 0 if none does.',
      labelNames: ['sink'],
      registers,
    }),
    deliveriesDead: new Gauge({
      name: 'tocsin_deliveries_dead',
      help: 'Deliveries that were given up and not yet put back.',
      labelNames: ['sink'],
      registers,
    }),
    templateFailures: new Counter({
      name: 'tocsin_template_failures_total',
      help: 'Messages whose template failed, so that the card of the sink was sent instead.',
      labelNames: ['sink'],
      registers,
    }),
    digests: new Counter({
      name: 'tocsin_digests_total',
      help: 'Digests made, of groups and of storms.',
      labelNames: ['sink', 'kind'],
      registers,
    }),
    digestEvents: new Counter({
      name: 'tocsin_digest_events_total',
      help: 'Events that were put into digests.',
      labelNames: ['sink', 'kind'],
      registers,
    }),
    sinkStorm: new Gauge({
      name: 'tocsin_sink_storm',
      help: 'Whether too much is due at once, so that digests go out in place of cards.',
      labelNames: ['sink'],
      registers,
    }),
    sinkState: new Gauge({
      name: 'tocsin_sink_state',
      help: 'The state that the sink is in has the value 1.',
      labelNames: ['sink', 'state'],
      registers,
    }),
  };
}

function createProcessMetrics(registry: Registry) {
  const registers = [registry];
  return {
    buildInfo: new Gauge({
      name: 'tocsin_build_info',
      help: 'Always 1; the labels say what runs.',
      labelNames: ['version', 'node'],
      registers,
    }),
    silencesActive: new Gauge({
      name: 'tocsin_silences_active',
      help: 'Silences that are active, in the database that all replicas share.',
      registers,
    }),
    roleHeld: new Gauge({
      name: 'tocsin_role_held',
      help: 'Whether this process holds the role.',
      labelNames: ['role'],
      registers,
    }),
    databaseUp: new Gauge({
      name: 'tocsin_database_up',
      help: 'Whether the database answered the last query for these metrics.',
      registers,
    }),
    httpRequests: new Counter({
      name: 'tocsin_http_requests_total',
      help: 'Requests answered, by pattern of the route.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    httpRequestDuration: new Histogram({
      name: 'tocsin_http_request_duration_seconds',
      help: 'Time to answer a request.',
      labelNames: ['method', 'route'],
      buckets: callSeconds,
      registers,
    }),
  };
}

function createConfigMetrics(registry: Registry) {
  const registers = [registry];
  return {
    configLastReloadSuccessful: new Gauge({
      name: 'tocsin_config_last_reload_successful',
      help: 'Whether the configuration that was read last is the one that runs.',
      registers,
    }),
    configLastReloadSuccess: new Gauge({
      name: 'tocsin_config_last_reload_success_timestamp_seconds',
      help: 'When a configuration was last read and taken over, the start included.',
      registers,
    }),
    configHash: new Gauge({
      name: 'tocsin_config_hash',
      help: 'A number made of the configuration that runs, secrets aside: the same for replicas that were told the same.',
      registers,
    }),
  };
}

type Instruments = ReturnType<typeof createSourceMetrics> &
  ReturnType<typeof createDeliveryMetrics> &
  Pick<ReturnType<typeof createProcessMetrics>, 'roleHeld'>;

/** Which sources, sinks and roles are shown; another configuration may have others. */
function createSeries(instruments: Instruments) {
  const counted = { sources: new Set<string>(), sinks: new Set<string>() };
  const shown = { sources: new Set<string>(), sinks: new Set<string>(), roles: new Set<string>() };
  const idsOf = (ids: MetricIds) => ({
    sources: ids.sources.map(({ id }) => id),
    sinks: ids.sinks.map(({ id }) => id),
    roles: ids.roles,
  });
  return {
    /** Ids of the sinks that are shown. */
    shownSinks: (): readonly string[] => [...shown.sinks],
    /** Begins the series of those that are new, at zero, and touches no other. */
    expect(ids: MetricIds): void {
      const { sources, sinks, roles } = idsOf(ids);
      for (const id of fresh(sources, counted.sources)) startSource(instruments, id);
      for (const id of fresh(sinks, counted.sinks)) startSink(instruments, id);
      for (const id of fresh(sources, shown.sources)) showSource(instruments, id);
      for (const id of fresh(sinks, shown.sinks)) showSink(instruments, id);
      for (const role of fresh(roles, shown.roles)) instruments.roleHeld.set({ role }, 0);
    },
    /** Ends the gauges of all others, which nobody sets any more. Their counters stay: they may come back, and must not go back. */
    forgetOthers(ids: MetricIds): void {
      const { sources, sinks, roles } = idsOf(ids);
      for (const id of takeOthers(shown.sources, sources)) hideSource(instruments, id);
      for (const id of takeOthers(shown.sinks, sinks)) hideSink(instruments, id);
      for (const role of takeOthers(shown.roles, roles)) instruments.roleHeld.remove({ role });
    },
  };
}

/** Those that are not yet known; they are from then on. */
function fresh(ids: readonly string[], known: Set<string>): string[] {
  const unknown = ids.filter((id) => !known.has(id));
  for (const id of unknown) known.add(id);
  return unknown;
}

/** Those of `known` that are not among `ids`; they are not known any more. */
function takeOthers(known: Set<string>, ids: readonly string[]): string[] {
  const others = [...known].filter((id) => !ids.includes(id));
  for (const id of others) known.delete(id);
  return others;
}

function startSource(instruments: Instruments, source: string): void {
  for (const name of severityNames) instruments.sourceEvents.inc({ source, severity: name.toLowerCase() }, 0);
  for (const outcome of pollOutcomes) instruments.sourcePolls.inc({ source, outcome }, 0);
  instruments.sourceDuplicates.inc({ source }, 0);
  instruments.sourcePollDuration.zero({ source });
}

function showSource({ sourceLastSuccess, sourceCursor, sourceLag }: Instruments, source: string): void {
  for (const gauge of [sourceLastSuccess, sourceCursor, sourceLag]) gauge.set({ source }, 0);
}

function hideSource(instruments: Instruments, source: string): void {
  const { sourceLastSuccess, sourceCursor, sourceLag, sourceCredentialExpiry } = instruments;
  for (const gauge of [sourceLastSuccess, sourceCursor, sourceLag, sourceCredentialExpiry]) gauge.remove({ source });
}

function startSink(instruments: Instruments, sink: string): void {
  for (const outcome of deliveryOutcomes) instruments.deliveries.inc({ sink, outcome }, 0);
  for (const reason of suppressions) instruments.deliveriesSuppressed.inc({ sink, reason }, 0);
  instruments.deliveryAttempts.inc({ sink, outcome: 'delivered', reason: noReason }, 0);
  for (const [outcome, reasons] of Object.entries(attemptReasons)) {
    for (const reason of reasons) instruments.deliveryAttempts.inc({ sink, outcome, reason }, 0);
  }
  instruments.deliveryAttemptDuration.zero({ sink });
  instruments.deliveryLatency.zero({ sink });
  for (const name of severityNames) instruments.eventToScreen.zero({ sink, severity: name.toLowerCase() });
  instruments.templateFailures.inc({ sink }, 0);
  for (const kind of ['group', 'storm']) {
    instruments.digests.inc({ sink, kind }, 0);
    instruments.digestEvents.inc({ sink, kind }, 0);
  }
}

function sinkGauges(instruments: Instruments) {
  const { deliveriesPending, deliveryOldestPendingAge, deliveryOldestUrgentPendingAge } = instruments;
  const ages = [deliveryOldestPendingAge, deliveryOldestUrgentPendingAge];
  return [deliveriesPending, ...ages, instruments.deliveriesDead, instruments.sinkStorm];
}

function showSink(instruments: Instruments, sink: string): void {
  for (const gauge of sinkGauges(instruments)) gauge.set({ sink }, 0);
  for (const state of sinkStates) instruments.sinkState.set({ sink, state }, 0);
}

function hideSink(instruments: Instruments, sink: string): void {
  for (const gauge of sinkGauges(instruments)) gauge.remove({ sink });
  for (const state of sinkStates) instruments.sinkState.remove({ sink, state });
}

/** prom-client names three gauges like counters, which checkers of the format refuse; the same facts are there by kind. */
const misnamedNodeMetrics = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** Sampling every 10 ms, the library's default, alone takes half a per cent of a core that idles. The lag's quantiles include this interval. */
const eventLoopSamplingMs = 50;

function registerNodeMetrics(register: Registry): void {
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: eventLoopSamplingMs });
  for (const name of misnamedNodeMetrics) register.removeSingleMetric(name);
}
