// Every metric of Tocsin: name, help, labels, buckets. They are made here and nowhere else.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const callSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const latencySeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600];
const screenSeconds = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400];

/** Node's own are in it already. */
export function createRegistry() {
  const registry = new Registry();
  registerNodeMetrics(registry);
  return registry;
}

/** By kind. */
export function createInstruments(registry: Registry) {
  return {
    ...createSourceMetrics(registry),
    ...createDeliveryMetrics(registry),
    ...createProcessMetrics(registry),
    ...createConfigMetrics(registry),
  };
}

export type Instruments = ReturnType<typeof createInstruments>;

function createSourceMetrics(registry: Registry) {
  const registers = [registry];
  return {
    sourceEvents: new Counter({
      name: 'tocsin_source_events_total',
      help: 'Events stored for the first time.',
      labelNames: ['source', 'severity'],
      registers,
    }),
    sourceEventTypes: new Counter({
      name: 'tocsin_source_event_types_total',
      help: 'Events stored for the first time, by type; other: one that the source has no series for.',
      labelNames: ['source', 'type'],
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
    sourceOtherConsole: new Gauge({
      name: 'tocsin_source_other_console',
      help: 'Whether the stored position of the source may be that of another console, so that nothing is read before an operator has said so.',
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
    deliveriesOrphaned: new Gauge({
      name: 'tocsin_deliveries_orphaned',
      help: 'Deliveries that wait or are dead for a sink that is configured no more; absent if there are none.',
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
    sinkOtherPlace: new Gauge({
      name: 'tocsin_sink_other_place',
      help: 'Whether this process leaves the sink alone, because it is worked at another place: by another service on the database, or by a replica with the configuration before.',
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
    heartbeats: new Counter({
      name: 'tocsin_heartbeats_total',
      help: 'Heartbeats by what became of them: sent, failed, or withheld because something is wrong.',
      labelNames: ['outcome'],
      registers,
    }),
    logLinesLost: new Counter({
      name: 'tocsin_log_lines_lost_total',
      help: 'Log lines that standard error did not take: a full disk, or a reader that left or was too slow.',
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
    databaseWritesFailing: new Gauge({
      name: 'tocsin_database_writes_failing',
      help: '1 while the database answers and takes no writes of this process, by the reason: three in a row failed.',
      labelNames: ['reason'],
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

/**
 * prom-client names three gauges like counters, which checkers of the format refuse; the same facts
 * are there by kind.
 */
const misnamedNodeMetrics = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * Sampling every 10 ms, the library's default, alone takes half a per cent of a core that idles.
 * The lag's quantiles include this interval.
 */
const eventLoopSamplingMs = 50;

function registerNodeMetrics(register: Registry): void {
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: eventLoopSamplingMs });
  for (const name of misnamedNodeMetrics) register.removeSingleMetric(name);
}
