// Each way to run Tocsin, rendered as a cluster would get it: valid, restricted, probed, bounded,
// and without a gap when it is replaced. The base is looked at as it is written, too, which needs
// no kubectl.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../../src/core/deliver/policy.ts';
import { stopMaxMs } from '../../src/core/deliver/recorder.ts';
import { defaultRoleTimes } from '../../src/core/roles/index.ts';
import {
  allOf,
  type Container,
  type Deployment,
  describeRendered,
  lackOfKubectl,
  type Manifest,
  oneOf,
  type Pod,
  readManifests,
  rendered,
} from './manifests.ts';
import { problemsOf } from './schema.ts';

const overlays = ['single', 'postgres', 'ha'] as const;
type Overlay = (typeof overlays)[number];
const written = [
  'deployment',
  'service',
  'serviceaccount',
  'poddisruptionbudget',
  'networkpolicy',
].flatMap((name) => readManifests(`base/${name}.yaml`));
const variants: readonly (readonly [name: string, manifests: readonly Manifest[]])[] = [
  ['the base as written', written],
  ...(lackOfKubectl === undefined ? overlays.map((name) => [name, rendered(name)] as const) : []),
];
const app = { 'app.kubernetes.io/name': 'tocsin' };

const deploymentOf = (manifests: readonly Manifest[]): Deployment => oneOf(manifests, 'Deployment');
const podOf = (manifests: readonly Manifest[]): Pod => deploymentOf(manifests).spec.template.spec;
const containerOf = (manifests: readonly Manifest[]): Container => podOf(manifests).containers[0]!;

/** Mebibytes of `384Mi` or `1Gi`. */
function mebibytes(quantity: string | undefined): number {
  const [, count, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity ?? '') ?? [];
  return Number(count) * (unit === 'Gi' ? 1024 : 1);
}

describeRendered('what a cluster would get', () => {
  test.each(overlays)('%s renders to objects that Kubernetes takes, each name once', (name) => {
    const manifests = rendered(name);
    for (const manifest of manifests)
      expect(problemsOf(manifest), `${manifest.kind} ${manifest.metadata.name}`).toEqual([]);
    const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test('no overlay has the Secrets in it, and the overlays differ in what they should', () => {
    const kindsOf = (name: Overlay) => new Set(rendered(name).map(({ kind }) => kind));
    for (const name of overlays) expect(kindsOf(name)).not.toContain('Secret');
    expect(kindsOf('single')).toContain('PersistentVolumeClaim');
    expect(kindsOf('single')).not.toContain('PodDisruptionBudget');
    expect(kindsOf('postgres')).not.toContain('PersistentVolumeClaim');
    expect([...kindsOf('ha')]).toEqual(expect.arrayContaining(['Cluster', 'Pooler']));
  });
});

describe.each(variants)('the pod of %s', (_name, manifests) => {
  test('passes the restricted Pod Security Standard, on a read-only file system', () => {
    const { securityContext, initContainers, volumes } = podOf(manifests);
    expect(securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(podOf(manifests)).not.toMatchObject({ hostNetwork: true });
    expect(initContainers).toBeUndefined();
    for (const container of podOf(manifests).containers)
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    const allowed = ['emptyDir', 'configMap', 'secret', 'persistentVolumeClaim'];
    for (const { name, ...source } of volumes)
      expect(allowed, name).toContain(Object.keys(source).join());
  });

  test('runs as the user of the image, who may read the secrets, and nobody else may', () => {
    const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
    const [, user, group] = /^USER (\d+):(\d+)$/m.exec(dockerfile) ?? [];
    const numbers = { runAsUser: Number(user), runAsGroup: Number(group), fsGroup: Number(group) };
    expect(podOf(manifests).securityContext).toMatchObject(numbers);
    const secrets = podOf(manifests).volumes.flatMap(({ secret }) => secret ?? []);
    expect(secrets.length).toBeGreaterThan(0);
    for (const { defaultMode } of secrets) expect(defaultMode).toBe(0o440);
  });

  test('carries no token of the cluster', () => {
    expect(podOf(manifests).automountServiceAccountToken).toBe(false);
    const account = oneOf(manifests, 'ServiceAccount');
    expect(account.automountServiceAccountToken).toBe(false);
    expect(podOf(manifests).serviceAccountName).toBe(account.metadata.name);
  });

  test('mounts whole folders, which are renewed, and writes to none of them but its own', () => {
    const { volumeMounts } = containerOf(manifests);
    for (const mount of volumeMounts) {
      expect(mount.subPath).toBeUndefined();
      expect(mount.readOnly ?? false, mount.mountPath).toBe(mount.name !== 'data');
    }
    const volumes = podOf(manifests).volumes.map(({ name }) => name);
    expect(volumeMounts.map(({ name }) => name).sort()).toEqual(volumes.sort());
    const dataDir = containerOf(manifests).env.find(({ name }) => name === 'DATA_DIR')?.value;
    expect(volumeMounts.find(({ name }) => name === 'data')?.mountPath).toBe(dataDir);
  });

  test('is killed for a loop that stands still, and not for a database that is away', () => {
    const { livenessProbe, readinessProbe, startupProbe, ports } = containerOf(manifests);
    expect(livenessProbe.httpGet.path).toBe('/healthz');
    expect(startupProbe.httpGet.path).toBe('/healthz');
    expect(readinessProbe.httpGet.path).toBe('/readyz');
    for (const probe of [livenessProbe, readinessProbe, startupProbe]) {
      expect(ports.map(({ name }) => name)).toContain(probe.httpGet.port);
      // `/readyz` answers within two seconds.
      expect(probe.timeoutSeconds).toBeGreaterThanOrEqual(2);
    }
    const untilReadMs = livenessProbe.periodSeconds * livenessProbe.failureThreshold * 1000;
    expect(untilReadMs).toBeLessThanOrEqual(60_000);
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBeGreaterThanOrEqual(120);
  });

  test('asks for what it was measured to need, is bounded in memory and not in the processor', () => {
    const { requests, limits } = containerOf(manifests).resources;
    const isEmbedded = containerOf(manifests).env.some(({ name }) => name === 'EMBEDDED');
    const peak = mebibytesMeasured(isEmbedded ? 'embedded' : 'tocsin');
    expect(mebibytes(requests.memory)).toBeGreaterThanOrEqual(peak);
    expect(mebibytes(limits.memory)).toBeGreaterThanOrEqual(1.5 * peak);
    expect(mebibytes(limits.memory)).toBeLessThanOrEqual(3 * peak);
    expect(requests.cpu).toMatch(/^\d+m$/);
    expect(limits.cpu).toBeUndefined();
  });

  test('is as large as the page on operating says', () => {
    const { requests, limits } = containerOf(manifests).resources;
    const isEmbedded = containerOf(manifests).env.some(({ name }) => name === 'EMBEDDED');
    const page = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
    const spaced = (quantity: string | undefined) => quantity!.replace(/(?=Mi$)/, ' ');
    const subject = isEmbedded ? 'memory with the embedded database' : 'memory of a replica';
    expect(page).toContain(
      `| ${subject} | request ${spaced(requests.memory)}, limit ${spaced(limits.memory)} |`,
    );
    expect(page).toContain(`| CPU of a replica | request ${requests.cpu}, no limit |`);
  });

  test('may finish what it is sending and write it down before it is killed', () => {
    const closingMs = 5000;
    const drainMs = defaultPolicy.drainMs + stopMaxMs + closingMs;
    expect(podOf(manifests).terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(
      1.5 * drainMs,
    );
  });

  test('is selected by what is meant for it, and by its own name', () => {
    const { selector, template } = deploymentOf(manifests).spec;
    if (template.metadata) expect(template.metadata.labels).toMatchObject(app);
    expect(selector.matchLabels).toEqual(app);
    expect(oneOf(manifests, 'Service').spec.selector).toEqual(app);
    for (const { spec } of allOf(manifests, 'NetworkPolicy'))
      expect(spec.podSelector.matchLabels).toEqual(app);
    for (const { labelSelector } of podOf(manifests).topologySpreadConstraints ?? [])
      expect(labelSelector.matchLabels).toEqual(app);
    const [entry] = oneOf(manifests, 'Service').spec.ports;
    expect(containerOf(manifests).ports).toEqual([
      { name: entry!.targetPort, containerPort: 8080 },
    ]);
  });
});

/** The highest peak in the tables of the benchmark, in MB. */
function mebibytesMeasured(row: 'tocsin' | 'embedded'): number {
  const results = readFileSync(new URL('../../bench/RESULTS.md', import.meta.url), 'utf8');
  const part = row === 'tocsin' ? results.split(/^## /m)[0]! : results.split(/^## embedded/m)[1]!;
  const lines = part.split('\n').filter((line) => line.startsWith('| '));
  const peakAt = cellsOf(lines[0]!).findIndex((cell) => cell.startsWith('peak'));
  const rows = lines
    .map(cellsOf)
    .filter(([first = '']) =>
      row === 'tocsin' ? first.startsWith('`tocsin`') : /^\d+$/.test(first),
    );
  const peaks = rows.map((cells) => Number(cells[peakAt]));
  expect(peaks.length, `rows of ${row}`).toBeGreaterThan(0);
  return Math.max(...peaks);
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1)
    .map((cell) => cell.trim());
}

const many = variants.filter(([name]) => name !== 'single');
describe.each(many)('the replicas of %s', (name, manifests) => {
  test('are as many as it says, and spread', () => {
    const { replicas } = deploymentOf(manifests).spec;
    expect(replicas).toBe(name === 'ha' ? 3 : 2);
    const spread = podOf(manifests).topologySpreadConstraints ?? [];
    expect(spread.map(({ topologyKey }) => topologyKey).sort()).toEqual([
      'kubernetes.io/hostname',
      'topology.kubernetes.io/zone',
    ]);
    const zone = spread.find(({ topologyKey }) => topologyKey === 'topology.kubernetes.io/zone');
    expect(zone?.whenUnsatisfiable).toBe(name === 'ha' ? 'DoNotSchedule' : 'ScheduleAnyway');
  });

  test('are never fewer while they are replaced, and a new one has joined before an old one goes', () => {
    const { strategy, minReadySeconds } = deploymentOf(manifests).spec;
    expect(strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
    });
    expect(minReadySeconds * 1000).toBeGreaterThanOrEqual(2 * defaultRoleTimes.renewMs);
  });

  test('keep their identity where a restart of the container finds it again', () => {
    expect(
      podOf(manifests).volumes.find(({ name: volume }) => volume === 'data')?.emptyDir,
    ).toBeDefined();
  });

  test('are drained one after the other, and the budget never blocks a drain for good', () => {
    const { maxUnavailable, selector } = oneOf(manifests, 'PodDisruptionBudget').spec;
    expect(maxUnavailable).toBe(1);
    expect(selector.matchLabels).toEqual(app);
  });
});

describeRendered('the single replica', () => {
  const single = () => rendered('single');

  test('is never two: the old pod ends before the new one starts', () => {
    const { replicas, strategy } = deploymentOf(single()).spec;
    expect(replicas).toBe(1);
    expect(strategy).toEqual({ type: 'Recreate' });
  });

  test('keeps its database on a volume that outlives the pod, and that one node mounts', () => {
    const claim = oneOf(single(), 'PersistentVolumeClaim');
    const data = podOf(single()).volumes.find(({ name }) => name === 'data');
    expect(data).toEqual({
      name: 'data',
      persistentVolumeClaim: { claimName: claim.metadata.name },
    });
    expect(claim.spec.accessModes).toEqual(['ReadWriteOnce']);
  });
});
