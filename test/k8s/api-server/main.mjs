// Applies every overlay, and the chart with every set of values, to a real API server, in namespaces
// that enforce the restricted Pod Security Standard: nothing may be refused, nothing may be dropped,
// and the pods that the Deployments describe must be admitted. Then breaks each promise once.
//   node test/k8s/api-server/main.mjs
// Needs go, kubectl and helm (node test/k8s/get-chart-tools.mjs). Minutes after the first build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { folderOfTools } from '../get-chart-tools.mjs';
import { definitionsOf } from './definitions.mjs';
import { lostOf } from './lost.mjs';
import { startApiServer } from './server.mjs';

const k8s = fileURLToPath(new URL('../../../k8s/', import.meta.url));
const fixture = (name) =>
  JSON.parse(
    readFileSync(new URL(`../../fixtures/kubernetes/${name}.json`, import.meta.url), 'utf8'),
  );
const helm = existsSync(join(folderOfTools(), 'bin/helm'))
  ? join(folderOfTools(), 'bin/helm')
  : 'helm';

function render(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1e8 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
  return parseAllDocuments(stdout).flatMap((document) => document.toJS() ?? []);
}

/** By the name of its namespace. */
function everything() {
  const overlays = [
    'overlays/single',
    'overlays/postgres',
    'overlays/ha',
    'example',
    'example-monitored',
  ];
  const values = readdirSync(`${k8s}chart/ci`);
  return Object.fromEntries([
    ...overlays.map((path) => [
      `kustomize-${path.replace(/.*\//, '')}`,
      () => render('kubectl', ['kustomize', `${k8s}${path}`]),
    ]),
    ...values.map((file) => [
      `chart-${file.replace('-values.yaml', '')}`,
      () =>
        render(helm, [
          'template',
          'tocsin',
          `${k8s}chart`,
          '--kube-version',
          '1.37.0',
          '-f',
          `${k8s}chart/ci/${file}`,
        ]),
    ]),
  ]);
}

const nameOf = ({ kind, metadata }) => `${kind} ${metadata.name}`;

/** The pod that a controller would make of it. */
function podOf({ metadata, spec }) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...spec.template.metadata,
      name: `${metadata.name}-0`,
      namespace: metadata.namespace,
    },
    spec: spec.template.spec,
  };
}

class Cluster {
  #kubectl;

  constructor(kubectl) {
    this.#kubectl = kubectl;
  }

  makeNamespace(name) {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const problems = this.apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    });
    // What the controllers of a cluster make in each.
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: name },
    };
    return [...problems, ...this.apply(account)];
  }

  /** What is wrong: refused, warned about, or not kept as it was given. */
  apply(object, more = []) {
    const args = ['apply', '--server-side', '--validate=strict', '-o', 'json', ...more, '-f', '-'];
    const { status, stdout, stderr } = this.#kubectl(args, JSON.stringify(object));
    if (status !== 0) return [`${nameOf(object)} is refused: ${stderr.trim()}`];
    const warnings = stderr.split('\n').filter((line) => line.startsWith('Warning:'));
    const lost = lostOf(object, JSON.parse(stdout)).map((path) => `${path} is lost`);
    return [...warnings, ...lost].map((text) => `${nameOf(object)}: ${text}`);
  }

  /** As a controller would, and without leaving it. */
  admit(pod) {
    const args = ['create', '--dry-run=server', '--validate=strict', '-o', 'json', '-f', '-'];
    const { status, stderr } = this.#kubectl(args, JSON.stringify(pod));
    return status === 0 ? [] : [`the pod ${pod.metadata.name} is refused: ${stderr.trim()}`];
  }

  async waitFor(definitions) {
    const names = definitions.map(({ metadata }) => `crd/${metadata.name}`);
    const { status, stderr } = this.#kubectl([
      'wait',
      '--for=condition=Established',
      '--timeout=60s',
      ...names,
    ]);
    if (status !== 0) throw new Error(stderr);
  }
}

function tryAll(cluster, namespace, objects) {
  const placed = objects.map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace },
  }));
  // A pod needs its account and its class of priority, so those come first.
  const first = placed.filter(({ kind }) => kind !== 'Pod');
  const pods = [
    ...placed.filter(({ kind }) => kind === 'Pod'),
    ...first.filter(({ kind }) => kind === 'Deployment').map(podOf),
  ];
  return [
    ...cluster.makeNamespace(namespace),
    ...first.flatMap((object) => cluster.apply(object)),
    ...pods.flatMap((pod) => cluster.admit(pod)),
  ];
}

/** Each must be found, or the rest says nothing. */
function breakPromises(cluster, objects) {
  const namespace = 'broken';
  cluster.makeNamespace(namespace);
  const place = (kind) => {
    const copy = structuredClone(objects.find((object) => object.kind === kind));
    copy.metadata.namespace = namespace;
    return copy;
  };
  const misspelt = place('Deployment');
  misspelt.spec.template.spec.terminationGraceSeconds = 60;
  const pod = podOf(place('Deployment'));
  pod.spec.containers[0].securityContext.allowPrivilegeEscalation = true;
  const dropped = place('Cluster');
  dropped.spec.instnaces = 3;
  return [
    ['a misspelt field', cluster.apply(misspelt)],
    [
      'a pod that is not restricted',
      [...cluster.apply(place('ServiceAccount')), ...cluster.admit(pod)],
    ],
    ['a field that its definition lacks', cluster.apply(dropped, ['--validate=ignore'])],
  ].flatMap(([what, problems]) => (problems.length === 0 ? [`${what} is not noticed`] : []));
}

const { kubectl, stop } = await startApiServer();
const failures = [];
let passed = 0;
const count = (name, problems) => {
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  for (const problem of problems) console.log(`     ${problem}`);
  if (problems.length === 0) passed += 1;
  else failures.push(name);
};
try {
  const cluster = new Cluster(kubectl);
  const definitions = definitionsOf(fixture('custom-resources'), fixture('kubernetes').$defs);
  count(
    'definitions',
    definitions.flatMap((definition) => cluster.apply(definition)),
  );
  await cluster.waitFor(definitions);
  const all = everything();
  for (const [namespace, objects] of Object.entries(all))
    count(namespace, tryAll(cluster, namespace, objects()));
  count('what must be noticed', breakPromises(cluster, all['kustomize-ha']()));
} finally {
  await stop();
}
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
