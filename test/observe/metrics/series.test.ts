// Which series there are: all of a configuration from the start, and what becomes of them when the
// configuration changes.
import { describe, expect, it } from 'vitest';
import { failureReasons } from '../../../src/kit/errors.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { ids, samplesOf } from './metric-text.ts';

describe('the series', () => {
  it('count an event by its type if its source names that, and else as other, so that no vendor makes series', async () => {
    const metrics = createMetrics({
      ...ids,
      sources: [{ id: 'alpha', types: ['RANSOMWARE', 'SCRIPT'] }, { id: 'beta' }],
    });
    for (const type of ['RANSOMWARE', 'RANSOMWARE', 'new-word', 'other']) {
      metrics.countEvent('alpha', { severity: 4, type });
      metrics.countEvent('beta', { severity: 5, type });
    }
    const text = await metrics.expose();
    expect(samplesOf(text, 'tocsin_source_event_types_total')).toEqual([
      'tocsin_source_event_types_total{source="alpha",type="RANSOMWARE"} 2',
      'tocsin_source_event_types_total{source="alpha",type="SCRIPT"} 0',
      'tocsin_source_event_types_total{source="alpha",type="other"} 2',
      'tocsin_source_event_types_total{source="beta",type="other"} 4',
    ]);
    expect(text).toContain('tocsin_source_events_total{source="alpha",severity="high"} 4\n');
    expect(text).toContain('tocsin_source_events_total{source="beta",severity="critical"} 4\n');
  });

  it('are all there before anything happened, for every source, sink and role, at zero', async () => {
    const text = await createMetrics(ids).expose();
    for (const source of ['alpha', 'beta']) {
      for (const severity of ['unknown', 'info', 'low', 'medium', 'high', 'critical']) {
        expect(text).toContain(
          `tocsin_source_events_total{source="${source}",severity="${severity}"} 0\n`,
        );
      }
      for (const outcome of ['ok', 'empty', 'disabled', ...failureReasons]) {
        expect(text).toContain(
          `tocsin_source_polls_total{source="${source}",outcome="${outcome}"} 0\n`,
        );
      }
      expect(text).toContain(
        `tocsin_source_last_success_timestamp_seconds{source="${source}"} 0\n`,
      );
      expect(text).toContain(`tocsin_source_poll_duration_seconds_count{source="${source}"} 0\n`);
    }
    for (const outcome of ['delivered', 'suppressed', 'dead']) {
      expect(text).toContain(`tocsin_deliveries_total{sink="soc",outcome="${outcome}"} 0\n`);
    }
    expect(text).toContain('tocsin_template_failures_total{sink="soc"} 0\n');
    for (const reason of ['below_min_severity', 'taken_before', 'silenced']) {
      expect(text).toContain(
        `tocsin_deliveries_suppressed_total{sink="soc",reason="${reason}"} 0\n`,
      );
    }
    expect(text).toMatch(/^tocsin_silences_active 0$/m);
    for (const state of ['ok', 'backing_off', 'paused']) {
      expect(text).toContain(`tocsin_sink_state{sink="soc",state="${state}"} 0\n`);
    }
    expect(text).toContain(
      'tocsin_delivery_attempts_total{sink="soc",outcome="reject_sink",reason="auth"} 0\n',
    );
    expect(text).toContain(
      'tocsin_event_to_screen_seconds_count{sink="soc",severity="critical"} 0\n',
    );
    for (const role of ids.roles) expect(text).toContain(`tocsin_role_held{role="${role}"} 0\n`);
    expect(text).toMatch(/^tocsin_database_up 0$/m);
    expect(samplesOf(text, 'tocsin_source_credential_expiry_timestamp_seconds')).toEqual([]);
  });
});

describe('the series of another configuration', () => {
  const others = {
    sources: [{ id: 'beta' }, { id: 'gamma' }],
    sinks: [{ id: 'noc' }],
    roles: ['source:beta', 'sink:https://other.example:443'],
  };
  function setUp() {
    const metrics = createMetrics(ids);
    for (const source of ['alpha', 'beta']) {
      metrics.sourceDuplicates.inc({ source }, 3);
      metrics.sourceLastSuccess.set({ source }, 1234);
      metrics.sourcePollDuration.observe({ source }, 1);
      metrics.sourceCredentialExpiry.set({ source }, 99);
    }
    metrics.setSinkState('soc', 'ok');
    return metrics;
  }

  it('begin beside those that go on, which keep what they have', async () => {
    const metrics = setUp();
    metrics.expect(others);
    const text = await metrics.expose();
    expect(text).toContain('tocsin_source_duplicates_total{source="beta"} 3\n');
    expect(text).toContain('tocsin_source_poll_duration_seconds_count{source="beta"} 1\n');
    expect(text).toContain('tocsin_source_last_success_timestamp_seconds{source="beta"} 1234\n');
    expect(text).toContain('tocsin_source_duplicates_total{source="gamma"} 0\n');
    expect(text).toContain('tocsin_source_last_success_timestamp_seconds{source="gamma"} 0\n');
    expect(text).toContain('tocsin_deliveries_total{sink="noc",outcome="delivered"} 0\n');
    expect(text).toContain('tocsin_deliveries_pending{sink="noc"} 0\n');
    expect(text).toContain('tocsin_sink_state{sink="soc",state="ok"} 1\n');
    expect(text).toContain('tocsin_role_held{role="sink:https://other.example:443"} 0\n');
    expect(metrics.shownSinks()).toEqual(['soc', 'noc']);
  });

  it('end the gauges of what is gone, which would be wrong for ever, and not its counters', async () => {
    const metrics = setUp();
    metrics.expect(others);
    metrics.forgetOthers(others);
    const text = await metrics.expose();
    const gauges = [...text.matchAll(/^# TYPE (tocsin_\w+) gauge$/gm)].flatMap(([, name]) =>
      samplesOf(text, name!),
    );
    expect(
      gauges.filter((line) => /"(alpha|soc|source:alpha|sink:https:\/\/chat[^"]*)"/.test(line)),
    ).toEqual([]);
    expect(gauges.join('\n')).toContain('{source="beta"}');
    expect(text).toContain('tocsin_source_duplicates_total{source="alpha"} 3\n');
    expect(text).toContain('tocsin_deliveries_total{sink="soc",outcome="delivered"} 0\n');
    expect(metrics.shownSinks()).toEqual(['noc']);
  });

  it('go on counting where they were when something comes back', async () => {
    const metrics = setUp();
    metrics.expect(others);
    metrics.forgetOthers(others);
    metrics.expect(ids);
    const text = await metrics.expose();
    expect(text).toContain('tocsin_source_duplicates_total{source="alpha"} 3\n');
    expect(text).toContain('tocsin_source_poll_duration_seconds_count{source="alpha"} 1\n');
    expect(text).toContain('tocsin_source_last_success_timestamp_seconds{source="alpha"} 0\n');
    expect(text).toContain('tocsin_sink_state{sink="soc",state="ok"} 0\n');
    expect(text).toContain('tocsin_role_held{role="source:alpha"} 0\n');
  });
});
