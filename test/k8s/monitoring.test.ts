// The monitoring component: that it adds to any overlay what Prometheus and Grafana take, and finds
// the pods that it is meant for.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import {
  allOf,
  describeRendered,
  filesOf,
  type Manifest,
  oneOf,
  readText,
  render,
  rendered,
  root,
} from './manifests.ts';
import { problemsOf } from './schema.ts';

function withMonitoring(overlay: string): Manifest[] {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-monitoring-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const to = (path: string) => relative(folder, `${root}${path}`);
  const lines = [`resources: [${to(`overlays/${overlay}`)}]`, `components: [${to('monitoring')}]`];
  writeFileSync(join(folder, 'kustomization.yaml'), lines.join('\n'));
  return render(folder);
}

interface ServiceMonitor extends Manifest {
  readonly spec: {
    readonly jobLabel: string;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly endpoints: readonly { readonly port: string; readonly path: string }[];
  };
}

const writtenAlerts = readText('monitoring/alerts.yaml');

function ruleOf(manifests: readonly Manifest[]): Manifest & { readonly spec: unknown } {
  return manifests.find(({ kind }) => kind === 'PrometheusRule') as Manifest & {
    readonly spec: unknown;
  };
}

describeRendered('the monitoring component', () => {
  test.each(['single', 'postgres', 'ha'])(
    'beside %s renders to objects that Kubernetes takes',
    (overlay) => {
      const manifests = withMonitoring(overlay);
      for (const manifest of manifests) expect(problemsOf(manifest), manifest.kind).toEqual([]);
      const kinds = manifests.map(({ kind }) => kind);
      expect(kinds).toEqual(expect.arrayContaining(['ServiceMonitor', 'PrometheusRule']));
    },
  );

  test('scrapes the port of the service, as the job that the alerts name', () => {
    const manifests = withMonitoring('postgres');
    const { spec } = manifests.find(({ kind }) => kind === 'ServiceMonitor') as ServiceMonitor;
    const service = oneOf(manifests, 'Service');
    expect(service.metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(service.metadata.labels?.[spec.jobLabel]).toBe('tocsin');
    expect(readText('monitoring/alerts.yaml')).toContain('job="tocsin"');
    expect(spec.endpoints).toMatchObject([{ port: service.spec.ports[0]!.name, path: '/metrics' }]);
  });

  test('lets Prometheus in to the port of the metrics, and nobody else', () => {
    const policies = allOf(withMonitoring('postgres'), 'NetworkPolicy');
    const rules = policies.flatMap(({ spec }) => spec.ingress ?? []);
    expect(rules).toHaveLength(1);
    expect(rules[0]!.ports).toEqual([{ protocol: 'TCP', port: 'http' }]);
    expect(Object.keys(rules[0]!.from![0]!).sort()).toEqual(['namespaceSelector', 'podSelector']);
  });

  test('hands every dashboard to Grafana’s sidecar, in an object that is not too large', () => {
    const { data, metadata } = oneOf(withMonitoring('postgres'), 'ConfigMap', 'tocsin-dashboards');
    expect(metadata.labels).toMatchObject({ grafana_dashboard: '1' });
    const files = filesOf('monitoring/dashboards/').filter((path) => path.endsWith('.json'));
    expect(data).toEqual(Object.fromEntries(files.map((path) => [basename(path), readText(path)])));
    // What is applied is kept in an annotation as well, and Kubernetes takes no longer ones.
    expect(JSON.stringify(data).length).toBeLessThan(262_144);
  });

  test('takes every alert from the one file that promtool tries', () => {
    expect(ruleOf(withMonitoring('postgres')).spec).toEqual(
      (parse(writtenAlerts) as { spec: unknown }).spec,
    );
  });

  test('leads from each alert to its section where the people of an installation read it, in the example', () => {
    const manifests = rendered('example-monitored');
    for (const manifest of manifests) expect(problemsOf(manifest), manifest.kind).toEqual([]);
    expect(manifests.map(({ metadata }) => metadata.name)).not.toContain('tocsin-runbook');
    const { literals } = (
      parse(readText('example-monitored/kustomization.yaml')) as {
        configMapGenerator: [{ literals: [string] }];
      }
    ).configMapGenerator[0];
    const address = literals[0].replace('address=', '');
    expect(address).toMatch(/^https:.*\/docs\/runbook\.md$/);
    const absolute = writtenAlerts.replaceAll(
      'runbook_url: docs/runbook.md',
      `runbook_url: ${address}`,
    );
    expect(ruleOf(manifests).spec).toEqual((parse(absolute) as { spec: unknown }).spec);
  });
});
