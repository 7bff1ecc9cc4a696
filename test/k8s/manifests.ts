// The manifests under k8s: as they are written, and as kubectl renders them. Reads and renders;
// judges nothing.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { parseAllDocuments } from 'yaml';

export const root = fileURLToPath(new URL('../../k8s/', import.meta.url));

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

export interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom: readonly { readonly configMapRef?: { readonly name: string } }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly resources: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>>;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumeMounts: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
    readonly subPath?: string;
  }[];
}

export interface Volume {
  readonly name: string;
  readonly emptyDir?: { readonly sizeLimit: string };
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string; readonly defaultMode: number };
  readonly persistentVolumeClaim?: { readonly claimName: string };
}

export interface Pod {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly topologySpreadConstraints?: readonly {
    readonly topologyKey: string;
    readonly whenUnsatisfiable: string;
    readonly labelSelector: Selector;
  }[];
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes: readonly Volume[];
}

export interface Deployment extends Manifest {
  readonly spec: {
    readonly replicas: number;
    readonly minReadySeconds: number;
    readonly selector: Selector;
    readonly strategy: {
      readonly type: string;
      readonly rollingUpdate?: { readonly maxUnavailable: number; readonly maxSurge: number };
    };
    readonly template: {
      readonly metadata?: { readonly labels: Selector['matchLabels'] };
      readonly spec: Pod;
    };
  };
}

export interface PolicyRule {
  readonly from?: readonly Readonly<Record<string, unknown>>[];
  readonly to?: readonly Readonly<Record<string, unknown>>[];
  readonly ports: readonly { readonly protocol: string; readonly port: number | string }[];
}

export interface NetworkPolicy extends Manifest {
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly PolicyRule[];
    readonly egress?: readonly PolicyRule[];
  };
}

export interface Kinds {
  readonly Deployment: Deployment;
  readonly NetworkPolicy: NetworkPolicy;
  readonly Service: Manifest & {
    readonly spec: {
      readonly selector: Selector['matchLabels'];
      readonly ports: readonly { readonly name: string; readonly targetPort: string }[];
    };
  };
  readonly ServiceAccount: Manifest & { readonly automountServiceAccountToken: boolean };
  readonly ConfigMap: Manifest & { readonly data: Readonly<Record<string, string>> };
  readonly Secret: Manifest & {
    readonly type: string;
    readonly stringData: Readonly<Record<string, string>>;
  };
  readonly PodDisruptionBudget: Manifest & {
    readonly spec: { readonly maxUnavailable: number; readonly selector: Selector };
  };
  readonly PersistentVolumeClaim: Manifest & {
    readonly spec: { readonly accessModes: readonly string[] };
  };
}

export function allOf<Kind extends keyof Kinds>(
  manifests: readonly Manifest[],
  kind: Kind,
): Kinds[Kind][] {
  return manifests.filter((manifest) => manifest.kind === kind) as Kinds[Kind][];
}

/** @throws if there is not exactly one */
export function oneOf<Kind extends keyof Kinds>(
  manifests: readonly Manifest[],
  kind: Kind,
  name = 'tocsin',
): Kinds[Kind] {
  const found = allOf(manifests, kind).filter(({ metadata }) => metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} objects ${kind} ${name}`);
  return found[0]!;
}

/** Why nothing can be rendered here; undefined if it can. */
export const lackOfKubectl =
  spawnSync('kubectl', ['version', '--client'], { timeout: 20_000 }).status === 0
    ? undefined
    : 'kubectl is not installed';

/** A `describe` that says why it is skipped where nothing can be rendered. */
export function describeRendered(title: string, body: () => void): void {
  if (lackOfKubectl === undefined) describe(title, body);
  else describe.skip(`${title} (skipped: ${lackOfKubectl})`, body);
}

const overlays = new Map<string, Manifest[]>();

/** An overlay, or an example of an installation, rendered once. */
export function rendered(name: string): readonly Manifest[] {
  const known =
    overlays.get(name) ?? render(name.startsWith('example') ? name : `overlays/${name}`);
  overlays.set(name, known);
  return known;
}

/** @param folder below k8s, or absolute @throws with what kubectl says */
export function render(folder: string): Manifest[] {
  const path = folder.startsWith('/') ? folder : `${root}${folder}`;
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', path], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`kubectl kustomize ${folder} failed: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}

/** Paths below k8s. */
export function filesOf(folder: string): string[] {
  return (readdirSync(`${root}${folder}`, { recursive: true }) as string[])
    .map((path) => `${folder}${path}`)
    .filter((path) => statSync(`${root}${path}`).isFile());
}

export function readText(path: string): string {
  return readFileSync(`${root}${path}`, 'utf8');
}

export function readManifests(path: string): Manifest[] {
  return parseAllDocuments(readText(path)).map((document) => document.toJS() as Manifest);
}
