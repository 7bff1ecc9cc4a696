// The metrics as a whole: their names and types, the rules of the format, and the gauges of which one
// of several is set.
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { ids, samplesOf } from './metric-text.ts';

/** Every name that the documentation and the alert rules rely on, with its type. */
const promised = {
  tocsin_build_info: 'gauge',
  tocsin_source_events_total: 'counter',
  tocsin_source_event_types_total: 'counter',
  tocsin_source_duplicates_total: 'counter',
  tocsin_source_polls_total: 'counter',
  tocsin_source_pushes_total: 'counter',
  tocsin_source_last_push_timestamp_seconds: 'gauge',
  tocsin_source_requests_total: 'counter',
  tocsin_source_watched_items: 'gauge',
  tocsin_source_sweep_age_seconds: 'gauge',
  tocsin_source_poll_duration_seconds: 'histogram',
  tocsin_source_last_success_timestamp_seconds: 'gauge',
  tocsin_source_cursor: 'gauge',
  tocsin_source_lag_seconds: 'gauge',
  tocsin_source_other_console: 'gauge',
  tocsin_source_paused_by_operator: 'gauge',
  tocsin_sink_other_place: 'gauge',
  tocsin_sink_paused_by_operator: 'gauge',
  tocsin_source_credential_expiry_timestamp_seconds: 'gauge',
  tocsin_deliveries_total: 'counter',
  tocsin_deliveries_suppressed_total: 'counter',
  tocsin_deliveries_orphaned: 'gauge',
  tocsin_delivery_attempts_total: 'counter',
  tocsin_delivery_attempt_duration_seconds: 'histogram',
  tocsin_delivery_latency_seconds: 'histogram',
  tocsin_digest_events_total: 'counter',
  tocsin_digests_total: 'counter',
  tocsin_escalations_total: 'counter',
  tocsin_incidents_past_last_step: 'gauge',
  tocsin_escalations_untold: 'gauge',
  tocsin_duty_calendar_reads_total: 'counter',
  tocsin_duty_calendar_age_seconds: 'gauge',
  tocsin_event_to_screen_seconds: 'histogram',
  tocsin_deliveries_pending: 'gauge',
  tocsin_delivery_oldest_pending_age_seconds: 'gauge',
  tocsin_delivery_oldest_urgent_pending_age_seconds: 'gauge',
  tocsin_deliveries_dead: 'gauge',
  tocsin_edits_pending: 'gauge',
  tocsin_edits_total: 'counter',
  tocsin_incidents: 'gauge',
  tocsin_unacknowledged_oldest_age_seconds: 'gauge',
  tocsin_acknowledge_seconds: 'histogram',
  tocsin_resolve_seconds: 'histogram',
  tocsin_template_failures_total: 'counter',
  tocsin_sink_state: 'gauge',
  tocsin_sink_storm: 'gauge',
  tocsin_silences_active: 'gauge',
  tocsin_role_held: 'gauge',
  tocsin_database_up: 'gauge',
  tocsin_database_writes_failing: 'gauge',
  tocsin_config_last_reload_successful: 'gauge',
  tocsin_config_last_reload_success_timestamp_seconds: 'gauge',
  tocsin_config_hash: 'gauge',
  tocsin_http_requests_total: 'counter',
  tocsin_http_streams_open: 'gauge',
  tocsin_heartbeats_total: 'counter',
  tocsin_log_lines_lost_total: 'counter',
  tocsin_http_request_duration_seconds: 'histogram',
};

describe('the metrics', () => {
  it('have exactly the promised names and types, each with a help text', async () => {
    const text = await createMetrics(ids).expose();
    const types = Object.fromEntries(
      [...text.matchAll(/^# TYPE (tocsin_\w+) (\w+)$/gm)].map(([, n, t]) => [n, t]),
    );
    expect(types).toEqual(promised);
    for (const name of Object.keys(promised))
      expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'));
  });

  it('follow the rules of the format: only counters end in _total, and base units', async () => {
    const text = await createMetrics(ids).expose();
    const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
    expect(types.length).toBeGreaterThan(40);
    for (const [, name = '', type] of types) {
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|kilobytes|count|sum|bucket)$/);
    }
  });

  it('of two instances do not mix', async () => {
    const one = createMetrics(ids);
    const two = createMetrics(ids);
    one.sourceDuplicates.inc({ source: 'alpha' }, 7);
    expect(samplesOf(await two.expose(), 'tocsin_source_duplicates_total')[0]).toMatch(/ 0$/);
  });

  it('show a sink in one state at a time', async () => {
    const metrics = createMetrics(ids);
    metrics.setSinkState('soc', 'ok');
    metrics.setSinkState('soc', 'paused');
    expect(samplesOf(await metrics.expose(), 'tocsin_sink_state')).toEqual([
      'tocsin_sink_state{sink="soc",state="ok"} 0',
      'tocsin_sink_state{sink="soc",state="backing_off"} 0',
      'tocsin_sink_state{sink="soc",state="paused"} 1',
    ]);
  });

  it('name the one reason why the database takes no writes, while it takes none', async () => {
    const metrics = createMetrics(ids);
    const shown = async () => samplesOf(await metrics.expose(), 'tocsin_database_writes_failing');
    const reasons = [
      'disk_full',
      'read_only',
      'not_allowed',
      'out_of_memory',
      'no_connection',
      'other',
    ];
    const lines = (current?: string) =>
      reasons.map(
        (name) => `tocsin_database_writes_failing{reason="${name}"} ${name === current ? 1 : 0}`,
      );
    expect(await shown()).toEqual(lines());
    metrics.setWriteProblem('read_only');
    metrics.setWriteProblem('disk_full');
    expect(await shown()).toEqual(lines('disk_full'));
    metrics.setWriteProblem(undefined);
    expect(await shown()).toEqual(lines());
  });
});
