import { describe, expect, it } from 'vitest';
import { failureReasons } from '../../../src/kit/errors.ts';
import { createMetrics, pollOutcomes, severityLabel } from '../../../src/observe/metrics/index.ts';
import { settledMs } from '../../support/stopwatch.ts';

const ids = {
  version: '1.2.3',
  sources: [{ id: 'alpha' }, { id: 'beta' }],
  sinks: [{ id: 'soc' }],
  roles: ['source:alpha', 'sink:https://chat.example:443'],
};

/** Every name that the documentation and the alert rules rely on, with its type. */
const promised = {
  tocsin_build_info: 'gauge',
  tocsin_source_events_total: 'counter',
  tocsin_source_event_types_total: 'counter',
  tocsin_source_duplicates_total: 'counter',
  tocsin_source_polls_total: 'counter',
  tocsin_source_poll_duration_seconds: 'histogram',
  tocsin_source_last_success_timestamp_seconds: 'gauge',
  tocsin_source_cursor: 'gauge',
  tocsin_source_lag_seconds: 'gauge',
  tocsin_source_other_console: 'gauge',
  tocsin_sink_other_place: 'gauge',
  tocsin_source_credential_expiry_timestamp_seconds: 'gauge',
  tocsin_deliveries_total: 'counter',
  tocsin_deliveries_suppressed_total: 'counter',
  tocsin_deliveries_orphaned: 'gauge',
  tocsin_delivery_attempts_total: 'counter',
  tocsin_delivery_attempt_duration_seconds: 'histogram',
  tocsin_delivery_latency_seconds: 'histogram',
  tocsin_digest_events_total: 'counter',
  tocsin_digests_total: 'counter',
  tocsin_event_to_screen_seconds: 'histogram',
  tocsin_deliveries_pending: 'gauge',
  tocsin_delivery_oldest_pending_age_seconds: 'gauge',
  tocsin_delivery_oldest_urgent_pending_age_seconds: 'gauge',
  tocsin_deliveries_dead: 'gauge',
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
  tocsin_heartbeats_total: 'counter',
  tocsin_log_lines_lost_total: 'counter',
  tocsin_http_request_duration_seconds: 'histogram',
};

function samplesOf(text: string, name: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

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

  it('come with those of Node', async () => {
    const text = await createMetrics(ids).expose();
    for (const name of [
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_seconds',
      'process_cpu_seconds_total',
    ]) {
      expect(samplesOf(text, name)).toHaveLength(1);
    }
  });

  describe('of another configuration', () => {
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

  it('name severities as events do, and know every reason of a failure', () => {
    expect([0, 1, 2, 3, 4, 5].map((n) => severityLabel(n as 0))).toEqual([
      'unknown',
      'info',
      'low',
      'medium',
      'high',
      'critical',
    ]);
    expect(new Set(pollOutcomes).size).toBe(4 + failureReasons.length);
  });
});

describe('gauges of the database', () => {
  function setUp(collect: () => Promise<void>, waitMs = 2000) {
    let now = 1000;
    const metrics = createMetrics(ids, { intervalMs: 5000, waitMs, now: () => now });
    metrics.onCollect(collect);
    const pass = (ms: number) => {
      now += ms;
    };
    return { metrics, pass };
  }
  const upOf = (text: string) => samplesOf(text, 'tocsin_database_up')[0]?.split(' ')[1];

  it('are set before they are shown', async () => {
    const { metrics } = setUp(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      metrics.deliveriesPending.set({ sink: 'soc' }, 42);
    });
    const text = await metrics.expose();
    expect(text).toContain('tocsin_deliveries_pending{sink="soc"} 42\n');
    expect(upOf(text)).toBe('1');
  });

  it('cost one query in five seconds, however many scrapes come', async () => {
    let queries = 0;
    const { metrics, pass } = setUp(async () => void queries++);
    await Promise.all([metrics.expose(), metrics.expose(), metrics.expose()]);
    pass(4999);
    await metrics.expose();
    expect(queries).toBe(1);
    pass(1);
    await metrics.expose();
    expect(queries).toBe(2);
  });

  it('keep their last values while the database is away, and say that it is', async () => {
    let isAway = false;
    const { metrics, pass } = setUp(async () => {
      if (isAway) throw new Error('connection refused');
      metrics.deliveriesPending.set({ sink: 'soc' }, 42);
    });
    await metrics.expose();
    isAway = true;
    pass(5000);
    const text = await metrics.expose();
    expect(text).toContain('tocsin_deliveries_pending{sink="soc"} 42\n');
    expect(upOf(text)).toBe('0');
    isAway = false;
    pass(5000);
    expect(upOf(await metrics.expose())).toBe('1');
  });

  it('hold up one scrape for the limit when a query hangs, and the next not at all', async () => {
    let queries = 0;
    let answer = () => {};
    const { metrics, pass } = setUp(() => {
      queries++;
      return new Promise((resolve) => {
        answer = resolve;
      });
    }, 80);
    const startedAt = performance.now();
    expect(upOf(await metrics.expose())).toBe('0');
    expect(performance.now() - startedAt).toBeGreaterThan(60);
    pass(20_000);
    const second = metrics.expose();
    expect(await settledMs(second)).toBeLessThan(60);
    expect(upOf(await second)).toBe('0');
    expect(queries).toBe(1);
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    const third = metrics.expose();
    await new Promise((resolve) => setImmediate(resolve));
    answer();
    expect(upOf(await third)).toBe('1');
    expect(queries).toBe(2);
  });

  it('survive a function that throws at once', async () => {
    const { metrics } = setUp(() => {
      throw new Error('defect');
    });
    expect(upOf(await metrics.expose())).toBe('0');
  });
});
