// The Kubernetes base: that it renders, that every field is one that Kubernetes knows, and that it keeps what the README promises.
// Without kubectl the same manifests are read as they stand in the folder.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import { knownVariables, secretVariables } from '../../src/config/known.ts';
import { defaultPolicy } from '../../src/core/deliver/policy.ts';
import * as objects from './objects.ts';

const folder = fileURLToPath(new URL('../../k8s/base/', import.meta.url));
const hasKubectl = spawnSync('kubectl', ['version', '--client'], { timeout: 20_000 }).status === 0;

interface Manifest {
  readonly kind: string;
}

const manifests: Manifest[] = hasKubectl ? rendered() : written();

function rendered(): Manifest[] {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8', timeout: 60_000 });
  if (status !== 0) throw new Error(`kubectl kustomize failed: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}

function written(): Manifest[] {
  const { resources } = readYaml('kustomization.yaml') as unknown as { resources: string[] };
  return resources.map(readYaml);
}

function readYaml(name: string): Manifest {
  return parse(readFileSync(`${folder}${name}`, 'utf8')) as Manifest;
}

function find<Schema extends z.ZodType>(schema: Schema, kind: string): z.output<Schema> {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  expect(found, `one ${kind}`).toHaveLength(1);
  return schema.parse(found[0]);
}

const kinds: Readonly<Record<string, z.ZodType>> = {
  Deployment: objects.deployment,
  Service: objects.service,
  ConfigMap: objects.configMap,
  ServiceAccount: objects.serviceAccount,
  PodDisruptionBudget: objects.podDisruptionBudget,
  NetworkPolicy: objects.networkPolicy,
};

const app = { 'app.kubernetes.io/name': 'tocsin' };
const pod = () => find(objects.deployment, 'Deployment').spec.template.spec;
const container = () => pod().containers[0]!;

describe('the base', () => {
  test('renders with kubectl, to one object of each kind', ({ skip }) => {
    skip(!hasKubectl, 'kubectl is not installed');
    expect(manifests.map(({ kind }) => kind).sort()).toEqual(Object.keys(kinds).sort());
  });

  test('has no field that Kubernetes does not know', () => {
    for (const manifest of manifests) {
      const result = kinds[manifest.kind]?.safeParse(manifest);
      expect(result?.error?.issues ?? [], manifest.kind).toEqual([]);
      expect(result?.success, `${manifest.kind} is no kind of the base`).toBe(true);
    }
    const misspelt = structuredClone(find(objects.deployment, 'Deployment')) as Record<string, unknown>;
    misspelt.imagePullPolcy = 'Always';
    expect(objects.deployment.safeParse(misspelt).success).toBe(false);
  });

  test('every file of the folder is part of it, but for the example of the Secret', () => {
    const { resources } = readYaml('kustomization.yaml') as unknown as { resources: string[] };
    expect([...resources, 'kustomization.yaml', 'secret.example.yaml'].sort()).toEqual(readdirSync(folder).sort());
  });

  test('selects its own pods and nobody else’s', () => {
    const { selector, template } = find(objects.deployment, 'Deployment').spec;
    if (hasKubectl) expect(template.metadata.labels).toMatchObject(app);
    expect(selector.matchLabels).toEqual(app);
    expect(find(objects.service, 'Service').spec.selector).toEqual(app);
    expect(find(objects.podDisruptionBudget, 'PodDisruptionBudget').spec.selector.matchLabels).toEqual(app);
    expect(find(objects.networkPolicy, 'NetworkPolicy').spec.podSelector.matchLabels).toEqual(app);
    for (const { labelSelector } of pod().topologySpreadConstraints) expect(labelSelector.matchLabels).toEqual(app);
  });
});

describe('the pod', () => {
  test('passes the restricted Pod Security Standard, on a read-only file system', () => {
    expect(pod().securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(pod().securityContext.runAsUser).toBeGreaterThan(0);
    expect(container().securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('carries no token of the cluster', () => {
    expect(pod().automountServiceAccountToken).toBe(false);
    const account = find(objects.serviceAccount, 'ServiceAccount');
    expect(account.automountServiceAccountToken).toBe(false);
    expect(pod().serviceAccountName).toBe(account.metadata.name);
  });

  test('runs as the user of the image', () => {
    const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
    const [, user, group] = /^USER (\d+):(\d+)$/m.exec(dockerfile) ?? [];
    expect(pod().securityContext).toMatchObject({ runAsUser: Number(user), runAsGroup: Number(group) });
  });

  test('is killed for a loop that stands still, and not for a database that is away', () => {
    const { livenessProbe, readinessProbe, startupProbe } = container();
    expect(livenessProbe.httpGet.path).toBe('/healthz');
    expect(startupProbe.httpGet.path).toBe('/healthz');
    expect(readinessProbe.httpGet.path).toBe('/readyz');
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBeGreaterThanOrEqual(120);
    for (const probe of [livenessProbe, readinessProbe, startupProbe]) {
      expect(container().ports.map(({ name }) => name)).toContain(probe.httpGet.port);
      expect(probe.timeoutSeconds).toBeGreaterThanOrEqual(2);
    }
  });

  test('asks for what it needs and is bounded in memory', () => {
    expect(container().resources).toEqual({
      requests: { cpu: '100m', memory: '256Mi' },
      limits: { memory: '512Mi' },
    });
  });

  test('may finish what it is sending before it is killed', () => {
    expect(pod().terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(3 * defaultPolicy.sendTimeoutMs);
  });

  test('keeps its identity in a volume that outlives a restart of the container', () => {
    const dataDir = container().env.find(({ name }) => name === 'DATA_DIR');
    const mount = container().volumeMounts.find(({ mountPath }) => 'value' in dataDir! && mountPath === dataDir.value);
    expect(pod().volumes.find(({ name }) => name === mount?.name)?.emptyDir).toBeDefined();
  });
});

describe('the replicas', () => {
  test('are two, spread, and replaced without a gap', () => {
    const { replicas, strategy } = find(objects.deployment, 'Deployment').spec;
    expect(replicas).toBe(2);
    expect(strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    expect(pod().topologySpreadConstraints.map(({ topologyKey }) => topologyKey)).toContain('kubernetes.io/hostname');
  });

  test('are not all drained at once, and a budget never blocks a drain for good', () => {
    const { minAvailable } = find(objects.podDisruptionBudget, 'PodDisruptionBudget').spec;
    expect(minAvailable).toBeGreaterThanOrEqual(1);
    expect(minAvailable).toBeLessThan(find(objects.deployment, 'Deployment').spec.replicas);
  });
});

describe('the network', () => {
  test('lets HTTP in, and names, HTTPS and Postgres out', () => {
    const { policyTypes, ingress, egress } = find(objects.networkPolicy, 'NetworkPolicy').spec;
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(ingress.flatMap(({ ports }) => ports)).toEqual([{ protocol: 'TCP', port: 'http' }]);
    const out = egress.flatMap(({ ports }) => ports).map(({ protocol, port }) => `${protocol} ${port}`);
    expect(out.sort()).toEqual(['TCP 443', 'TCP 53', 'TCP 5432', 'UDP 53']);
  });

  test('the service leads to the port that the container listens on', () => {
    const [entry] = find(objects.service, 'Service').spec.ports;
    expect(container().ports).toContainEqual({ name: entry!.targetPort, containerPort: 8080 });
  });
});

describe('the configuration', () => {
  const example = () => objects.secret.parse(readYaml('secret.example.yaml'));

  test('names only variables that Tocsin reads', () => {
    const names = [
      ...Object.keys(find(objects.configMap, 'ConfigMap').data),
      ...Object.keys(example().stringData),
      ...container().env.map(({ name }) => name),
    ];
    expect(names.filter((name) => !(knownVariables as readonly string[]).includes(name))).toEqual([]);
  });

  test('takes each secret from the Secret that the example shows, and requires it', () => {
    const referred = container().env.flatMap((entry) => ('valueFrom' in entry ? [entry] : []));
    expect(referred.map(({ name }) => name)).toContain('DATABASE_URL');
    expect(referred.map(({ valueFrom }) => valueFrom.secretKeyRef.key).sort()).toEqual(
      Object.keys(example().stringData).sort(),
    );
    for (const { name, valueFrom } of referred) {
      expect(valueFrom.secretKeyRef).toEqual({ name: example().metadata.name, key: name });
    }
  });

  test('puts no secret into the ConfigMap, and the ConfigMap is the one that the pod reads', () => {
    const { data, metadata } = find(objects.configMap, 'ConfigMap');
    expect(Object.keys(data).filter((name) => (secretVariables as readonly string[]).includes(name))).toEqual([]);
    expect(container().envFrom).toEqual([{ configMapRef: { name: metadata.name } }]);
  });
});
