// A real Prometheus scrapes a real Tocsin that has something to do: every panel shows something,
// and every metric is on a panel or in an alert.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startMattermost } from '../../simulators/mattermost/index.ts';
import { createWorld, until } from '../support/world.ts';
import { readProjectFile } from '../tree/project-files.ts';
import { dashboards, filledIn, shownPanels } from './dashboards.ts';
import { folderWithRules, missing, promtool, rules } from './prometheus.ts';
import { type PrometheusServer, type Sample, startPrometheus } from './server.ts';

/** Metrics that neither a panel nor an alert needs, and why. */
const exceptions: Readonly<Record<string, string>> = {
  process_cpu_seconds_total: 'the sum of user and system, which are shown',
  process_virtual_memory_bytes:
    'Node reserves address space that it never uses; the number says nothing',
  process_heap_bytes:
    'the data segment, which includes what is not resident; the resident memory is shown',
  nodejs_eventloop_lag_seconds:
    'one sample at the time of the scrape; the quantiles since the last one are shown',
  nodejs_eventloop_lag_min_seconds: 'always about the sampling interval',
  nodejs_eventloop_lag_mean_seconds: 'the median and the longest are shown',
  nodejs_eventloop_lag_stddev_seconds: 'the quantiles say more',
  nodejs_eventloop_lag_p90_seconds: 'lies between the median and the 99th percentile',
  nodejs_active_handles: 'the same as the resources, by names of classes',
  nodejs_active_requests: 'the same as the resources, by names of classes',
  nodejs_heap_space_size_total_bytes:
    'what is used of each space is shown, and the reserved heap in all',
  nodejs_heap_space_size_available_bytes: 'what is used of each space is shown',
  nodejs_version_info: 'a label of tocsin_build_info',
};

const toolSecret = '0123456789abcdef0123456789abcdef';

/** One sink answers, one fails, one refuses; some come in digests, some are suppressed. */
const configuration = `
sources:
  events: { type: deepinstinct_events, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}", start_from: all }
  suspicious: { type: deepinstinct_suspicious_events, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}", start_from: all }
  later: { type: deepinstinct_changes, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}", budget: 120 }
  tool: { type: webhook, proof: path, secret: ${toolSecret}, id: item.id }
sinks:
  soc: { type: mattermost, url: "\${MATTERMOST_WEBHOOK_URL}" }
  failing: { type: mattermost, url: "FAILING" }
routes:
  - { name: grouped, to: [soc], match: { sources: [suspicious] }, group: { by: [device], wait: 1s, interval: 2s } }
  - { name: all, to: [soc], match: { min_severity: MEDIUM } }
  - { name: failing, to: [failing], match: { min_severity: HIGH } }
polling_interval: 1
`;

/** A key that says when it ends. */
const token = [
  'e30',
  Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 86_400 })).toString(
    'base64url',
  ),
  'e30',
].join('.');

async function startWatched() {
  const failing = await startMattermost();
  onTestFinished(() => failing.close());
  failing.fail(503, Number.POSITIVE_INFINITY);
  const world = await createWorld({ database: 'postgres', tenant: { token } });
  const file = join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml');
  writeFileSync(file, configuration.replace('FAILING', failing.hookUrl));
  const service = world.start('data', { TOCSIN_CONFIG: file });
  await service.ready();
  return { world, service, prometheus: await startPrometheus(await service.address) };
}

type Watched = Awaited<ReturnType<typeof startWatched>>;

async function load(
  { world: { tenant }, service }: Pick<Watched, 'world' | 'service'>,
  seconds: number,
): Promise<void> {
  const hook = `${await service.address}/hooks/tool/${toolSecret}`;
  const severities = ['LOW', 'MODERATE', 'HIGH', 'VERY_HIGH'];
  for (let step = 0; step < seconds * 2; step += 1) {
    for (const severity of severities) tenant.add('events', 3, { severity });
    tenant.add('suspicious', 3);
    await fetch(hook, { method: 'POST', body: `{"id":"${performance.now()}"}` });
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Somebody takes the first incident and ends it, and another later: Prometheus sees a rise. */
async function answer(
  { run }: Awaited<ReturnType<typeof createWorld>>,
  prometheus: PrometheusServer,
): Promise<void> {
  const { stdout } = await run(['incident', 'list', '--min-severity', 'MEDIUM', '--json']);
  const items = JSON.parse(stdout) as { readonly event: string; readonly source: string }[];
  const single = items.filter(({ source }) => source === 'events').slice(-2);
  for (const [before, { event }] of single.entries()) {
    for (const act of ['ack', 'resolve'])
      expect(await run(['incident', act, event])).toMatchObject({ code: 0 });
    const counted = `sum(tocsin_resolve_seconds_count) == ${before + 1}`;
    expect(await until(async () => (await prometheus.instant(counted)).length > 0, 60_000)).toBe(
      true,
    );
  }
}

const hasData = (samples: readonly Sample[]) =>
  samples.some(({ points }) => points.some(([, value]) => Number.isFinite(value)));

/** Panels of which a query has no value at all. */
async function emptyPanels(prometheus: PrometheusServer): Promise<string[]> {
  const empty: string[] = [];
  for (const { name, panel } of shownPanels)
    for (const { expr, instant } of panel.targets ?? []) {
      const query = filledIn(expr);
      const samples = instant ? await prometheus.instant(query) : await prometheus.range(query, 30);
      if (!hasData(samples)) empty.push(`${name}: ${query}`);
    }
  return empty;
}

/** What the documents tell a reader to ask Prometheus. */
function shownQueries(): string[] {
  const pages = ['docs/runbook.md', 'docs/operating.md'].map(readProjectFile).join('\n');
  return [...pages.matchAll(/`((?:sum|rate|max|min|histogram_quantile)\b[^`]*\))`/g)].map(
    ([, query = '']) => query,
  );
}

async function valuesOf(prometheus: PrometheusServer, definition: string): Promise<string[]> {
  const [, series = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition)!;
  return prometheus.ask<string[]>(`label/${label}/values`, { 'match[]': filledIn(series) });
}

/** Metrics of a text of `/metrics` that no rule and no panel asks for. */
function unwatched(text: string): string[] {
  const exposed = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name);
  expect(exposed.length).toBeGreaterThan(50);
  const targets = shownPanels.flatMap(({ panel }) => panel.targets ?? []);
  const words = [...rules, ...targets].flatMap(({ expr }) => expr.match(/\w+/g) ?? []);
  const watched = new Set(words.map((word) => word.replace(/_(bucket|count|sum)$/, '')));
  return exposed.filter((name) => !watched.has(name));
}

interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

test('every panel and every query of the documents shows something, every variable has values, every metric is watched, and the alerts are those of what is wrong', {
  timeout: 240_000,
}, async ({ skip }) => {
  skip(missing !== undefined, missing);
  const { world, service, prometheus } = await startWatched();
  const watched = { world, service };
  await load(watched, 12);
  // Rates are of the last seconds, so events go on meanwhile.
  let isAnswered = false;
  const answered = answer(world, prometheus).finally(() => {
    isAnswered = true;
  });
  while (!isAnswered) await load(watched, 1);
  await answered;
  const backingOff = 'tocsin_sink_state{sink="failing",state="backing_off"} == 1';
  expect(await until(async () => (await prometheus.instant(backingOff)).length > 0, 20_000)).toBe(
    true,
  );

  expect(await emptyPanels(prometheus)).toEqual([]);
  expect(shownQueries().length).toBeGreaterThan(3);
  for (const query of shownQueries())
    expect(hasData(await prometheus.instant(query)), query).toBe(true);
  for (const { definition } of dashboards.flatMap(({ templating }) => templating.list))
    if (definition !== undefined)
      expect(await valuesOf(prometheus, definition), definition).toHaveLength(1);

  const { body } = await service.get('/metrics');
  expect(body).toMatch(
    /tocsin_source_event_types_total\{source="events",type="STATIC_ANALYSIS"\} [1-9]/,
  );
  expect(unwatched(body).sort()).toEqual(Object.keys(exceptions).sort());
  expect(promtool(folderWithRules(), ['check', 'metrics'], body)).toEqual({ ok: true, output: '' });

  // The key ends in a day, and the failing sink is down; nothing else is wrong.
  const { alerts } = await prometheus.ask<{ alerts: ActiveAlert[] }>('alerts', {});
  const names = new Set(alerts.map(({ labels }) => labels.alertname));
  expect(names).toEqual(new Set(['TocsinCredentialExpiring', 'TocsinSinkBackingOff']));
  for (const { annotations } of alerts)
    expect(JSON.stringify(annotations)).not.toMatch(/<error|<no value>/);
});
