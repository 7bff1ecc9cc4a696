// The chart, rendered: it gives what the overlays give, whatever can be set gives what Kubernetes
// takes, and what cannot be right is refused before it is installed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { manifest } from '../tree/project-files.ts';
import {
  chartFolder,
  comparable,
  permutations,
  renderedChart,
  template,
  valuesFile,
} from './chart.ts';
import { allOf, type Manifest, oneOf, readManifests, readText, rendered } from './manifests.ts';
import { problemsOf } from './schema.ts';
import { describeWith, runTool } from './tools.ts';

const all = ['defaults', ...permutations];

describeWith(['helm', 'kubectl'], 'the chart and the overlays', () => {
  test.each([
    ['embedded', 'single'],
    ['postgres', 'postgres'],
    ['cloudnative-pg', 'ha'],
    ['monitored', 'example-monitored'],
  ])('with the values %s it is what %s is', (values, overlay) => {
    expect(comparable(renderedChart(values))).toEqual(comparable(rendered(overlay)));
  });

  test.each([
    ['ingress', 'base/ingress.example.yaml'],
    ['gateway', 'base/gateway.example.yaml'],
  ])('with the values %s it adds what %s adds', (values, file) => {
    const names = (manifests: readonly Manifest[]) => Object.keys(comparable(manifests));
    const before = names(renderedChart('defaults'));
    const added = renderedChart(values).filter(
      ({ kind, metadata }) => !before.includes(`${kind} ${metadata.name}`),
    );
    expect(comparable(added)).toEqual(comparable(readManifests(file)));
  });

  test('differ wherever they differ: a changed number, a missing rule, another name', () => {
    const written = comparable(rendered('postgres'));
    for (const change of [
      'livenessProbe.failureThreshold=4',
      'terminationGracePeriodSeconds=61',
      'networkPolicy.enabled=false',
      'secret.existingSecret=another',
      'variables.LOG_LEVEL=debug',
      'config.time_zone=Asia/Bangkok',
      'podDisruptionBudget.enabled=false',
      'podLabels.more=a',
    ])
      expect(comparable(renderedChart('postgres', ['--set', change])), change).not.toEqual(written);
  });
});

describeWith(['helm'], 'what the chart renders', () => {
  test.each(all)('%s: passes the linter, which takes warnings for errors', (name) => {
    const files = name === 'defaults' ? [] : ['-f', valuesFile(name)];
    const { status, output } = runTool('helm', ['lint', '--strict', chartFolder, ...files]);
    expect(output).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(status).toBe(0);
  });

  test.each(all)('%s: is what Kubernetes takes, each name once, and no Secret', (name) => {
    const manifests = renderedChart(name);
    for (const manifest of manifests)
      expect(problemsOf(manifest), `${manifest.kind} ${manifest.metadata.name}`).toEqual([]);
    const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(manifests.map(({ kind }) => kind)).not.toContain('Secret');
    for (const { metadata } of manifests.filter(
      ({ kind }) => kind !== 'ConfigMap' || name !== 'everything',
    ))
      expect(metadata).toMatchObject({
        namespace: 'tocsin',
        labels: { 'app.kubernetes.io/name': 'tocsin', 'app.kubernetes.io/instance': 'tocsin' },
      });
  });

  test('has everything that can be set in it, where it belongs', () => {
    const manifests = renderedChart('everything');
    const { spec, metadata } = oneOf(manifests, 'Deployment', 'alarm');
    expect(metadata).toMatchObject({
      labels: { team: 'soc' },
      annotations: { 'example.com/owner': 'soc' },
    });
    const pod = spec.template.spec;
    expect(pod.containers[0]!.image).toMatch(/^tocsin@sha256:0123/);
    expect(pod.containers[0]!.env).toEqual(
      expect.arrayContaining([
        { name: 'FALCO_SECRET_FILE', value: '/secrets/tocsin/FALCO_SECRET' },
        { name: 'DATABASE_PREPARE', value: 'off' },
        { name: 'NODE_EXTRA_CA_CERTS', value: '/ca/ca.crt' },
      ]),
    );
    expect(pod.securityContext).toMatchObject({ runAsUser: 20_001, runAsNonRoot: true });
    expect(oneOf(manifests, 'ConfigMap', 'alarm-more').data).toEqual({ TZ: 'UTC' });
    expect(oneOf(manifests, 'ConfigMap', 'alarm-config').data['tocsin.yaml']).toMatch(
      /^# Events of/,
    );
    const rules = readText('monitoring/alerts.yaml').match(/alert: /g)!.length;
    const rule = manifests.find(({ kind }) => kind === 'PrometheusRule')!;
    expect(JSON.stringify(rule).match(/"alert":/g)).toHaveLength(rules - 1);
  });

  test('replaces the pods for another variable, and not for another file', () => {
    const sum = (change: string) =>
      (
        oneOf(renderedChart('postgres', ['--set', change]), 'Deployment').spec.template
          .metadata as unknown as {
          annotations: Record<string, string>;
        }
      ).annotations['checksum/config'];
    const before = sum('commonLabels.a=b');
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(sum('config.time_zone=Asia/Bangkok')).toBe(before);
    expect(sum('variables.LOG_LEVEL=debug')).not.toBe(before);
  });

  test('says under which address people open the page, unless that is set', () => {
    const publicUrl = (name: string, more: string[] = []) =>
      allOf(renderedChart(name, more), 'ConfigMap').find(({ data }) => 'PUBLIC_URL' in (data ?? {}))
        ?.data.PUBLIC_URL;
    expect(publicUrl('ingress')).toBe('https://tocsin.example.com');
    expect(publicUrl('gateway')).toBe('https://tocsin.example.com');
    expect(publicUrl('postgres')).toBeUndefined();
    expect(publicUrl('everything')).toBe('https://alarm.example.com');
  });

  test('is named after the release', () => {
    const { stdout } = runTool('helm', [
      'template',
      'soc',
      chartFolder,
      '--kube-version',
      '1.28.0',
    ]);
    expect(stdout).toContain('name: soc-tocsin\n');
  });
});

describeWith(['helm'], 'what the chart refuses', () => {
  test.each([
    ['a misspelt value', ['--set', 'imgae.tag=1'], /imgae/],
    ['a misspelt key of tocsin.yaml', ['--set', 'config.sinsk.soc.type=stdout'], /sinsk/],
    [
      'a misspelt setting of a sink',
      ['--set', 'config.sinks.soc.type=ntfy,config.sinks.soc.topci=a'],
      /topci/,
    ],
    ['a misspelt variable', ['--set', 'variables.LOG_LEVLE=info'], /LOG_LEVLE/],
    ['a secret among the variables', ['--set', 'variables.TOKENS_KEY=abc'], /TOKENS_KEY/],
    [
      'a secret in a sink',
      [
        '--set',
        'config.sinks.soc.type=mattermost,config.sinks.soc.url=https://chat.example.com/hooks/a',
      ],
      /soc.*url/s,
    ],
    [
      'two replicas on the embedded database',
      ['--set', 'database.kind=embedded,replicas=2'],
      /replicas/,
    ],
    ['a database without a Secret', ['--set', 'database.existingSecret='], /DATABASE_URL/],
    [
      'keys of no Secret',
      ['--set', 'secret.existingSecret=,secret.variables={TOKENS_KEY}'],
      /existingSecret/,
    ],
    ['an Ingress without a host', ['--set', 'ingress.enabled=true'], /host/],
    [
      'an Ingress that no policy lets in',
      ['--set', 'ingress.enabled=true,ingress.host=a.example.com'],
      /pageFrom/,
    ],
    [
      'too little time to stop',
      ['--set', 'terminationGracePeriodSeconds=30'],
      /terminationGracePeriodSeconds/,
    ],
  ])('%s', (_, more, said) => {
    const { status, output } = template('defaults', more);
    expect(status).not.toBe(0);
    expect(output).toMatch(said);
  });
});

describeWith(['helm'], 'the package of the chart', () => {
  test('is small enough for a release, has what it shows, and none of its tests', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-chart-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    expect(runTool('helm', ['package', chartFolder, '--destination', folder]).status).toBe(0);
    const path = join(folder, `tocsin-${manifest.version}.tgz`);
    // Helm keeps the chart in a Secret, which holds 1 MiB.
    expect(statSync(path).size).toBeLessThan(200_000);
    const { stdout } = spawnSync('tar', ['tzf', path], { encoding: 'utf8' });
    const files = stdout.trim().split('\n');
    // The last one is that of `helm test`.
    expect(files.filter((file) => /\/(?:ci|tests)\//.test(file))).toEqual([
      'tocsin/templates/tests/ready.yaml',
    ]);
    const args = ['--kube-version', '1.28.0', '--set', 'dashboards.enabled=true'];
    const shown = runTool('helm', ['template', 'tocsin', path, ...args]).stdout;
    // What is linked is in it as a file.
    expect(shown).toContain('tocsin-overview.json: |');
  });
});

describeWith(['helm-unittest'], 'the chart’s own tests', () => {
  test('pass', () => {
    const { status, output } = runTool('helm-unittest', [chartFolder]);
    expect(output).toMatch(/Tests: +\d+ passed, \d+ total/);
    expect(status).toBe(0);
  });
});

describe('the permutations', () => {
  test('are each of them there', () => {
    expect(permutations.length).toBeGreaterThan(5);
  });
});
