// Metrics of the sources: what was read, how fast, how far.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { callSeconds } from './buckets.ts';

export function createSourceMetrics(registry: Registry) {
  const registers = [registry];
  return {
    ...pushMetrics(registers),
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
    sourceRequests: new Counter({
      name: 'tocsin_source_requests_total',
      help: 'Requests to the console by a source that has a budget of them.',
      labelNames: ['source'],
      registers,
    }),
    sourceWatched: new Gauge({
      name: 'tocsin_source_watched_items',
      help: 'Open items that a source of changes looks at again.',
      labelNames: ['source'],
      registers,
    }),
    sourceSweepAge: new Gauge({
      name: 'tocsin_source_sweep_age_seconds',
      help: 'Time since the sweep for changes that was made the longest ago; absent until each was made.',
      labelNames: ['source'],
      registers,
    }),
    sourceOtherConsole: new Gauge({
      name: 'tocsin_source_other_console',
      help: 'Whether the stored position of the source may be that of another console, so that nothing is read before an operator has said so.',
      labelNames: ['source'],
      registers,
    }),
    sourcePausedByOperator: new Gauge({
      name: 'tocsin_source_paused_by_operator',
      help: 'Whether an operator has paused the source: nothing is read from it.',
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

function pushMetrics(registers: Registry[]) {
  return {
    sourcePushes: new Counter({
      name: 'tocsin_source_pushes_total',
      help: 'Requests to a source that is pushed to, by what was answered; the proof of an unproved one was missing or wrong.',
      labelNames: ['source', 'outcome'],
      registers,
    }),
    sourceLastPush: new Gauge({
      name: 'tocsin_source_last_push_timestamp_seconds',
      help: 'When something was last stored that was pushed to the source; 0 until then.',
      labelNames: ['source'],
      registers,
    }),
  };
}
