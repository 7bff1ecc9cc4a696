// Renders the chart, and makes what it and the overlays give comparable. Judges nothing.
import { readdirSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { type Manifest, root } from './manifests.ts';
import { type Run, runTool } from './tools.ts';

export const chartFolder = `${root}chart`;
/** Names of the files in k8s/chart/ci, without what they end in. */
export const permutations = readdirSync(`${chartFolder}/ci`).map((file) =>
  file.replace(/-values\.yaml$/, ''),
);

export const valuesFile = (name: string): string => `${chartFolder}/ci/${name}-values.yaml`;

/** @param more further arguments, such as `--set` */
export function template(name: string, more: readonly string[] = []): Run {
  const files = name === 'defaults' ? [] : ['-f', valuesFile(name)];
  // A helm that is built from its module takes every cluster for an old one.
  const release = [
    'template',
    'tocsin',
    chartFolder,
    '--namespace',
    'tocsin',
    '--kube-version',
    '1.37.0',
  ];
  return runTool('helm', [...release, ...files, ...more]);
}

const known = new Map<string, Manifest[]>();

/** What an installation makes; without what `helm test` makes. @throws with what Helm says */
export function renderedChart(name: string, more: readonly string[] = []): readonly Manifest[] {
  const key = [name, ...more].join(' ');
  const before = known.get(key);
  if (before) return before;
  const { status, stdout, output } = template(name, ['--no-hooks', ...more]);
  if (status !== 0) throw new Error(`helm template ${key} failed: ${output}`);
  const manifests = parseAllDocuments(stdout)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
  known.set(key, manifests);
  return manifests;
}

type Json = Readonly<Record<string, unknown>>;

/** Labels and annotations that each tool adds in its own way, and that decide nothing by themselves. */
const ofTools =
  /^(?:helm\.sh\/.*|app\.kubernetes\.io\/(?:name|instance|version|managed-by)|checksum\/config)$/;
/** Lists whose order means nothing, by the key that tells their entries apart. */
const unordered = ['env', 'volumes', 'volumeMounts', 'topologySpreadConstraints'];

/** The same objects in one form: by kind and name, without what only the tool decides. */
export function comparable(manifests: readonly Manifest[]): Json {
  const hashed = manifests
    .filter(({ kind, metadata }) => kind === 'ConfigMap' && /-[a-z0-9]{10}$/.test(metadata.name))
    .map(({ metadata }) => metadata.name);
  const text = hashed.reduce(
    (all, name) => all.replaceAll(`"${name}"`, `"${name.replace(/-[a-z0-9]{10}$/, '')}"`),
    JSON.stringify(manifests),
  );
  const entries = (JSON.parse(text) as Manifest[])
    .map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, plain(manifest)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries);
}

function plain(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const all = value.map((entry) => plain(entry));
    return unordered.includes(key)
      ? all.sort((one, other) => (order(one) < order(other) ? -1 : 1))
      : all;
  }
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value)
    .filter(([name]) => !(key === 'metadata' && name === 'namespace'))
    .filter(([name]) => !isMapOfNames(key) || !ofTools.test(name))
    .map(
      ([name, entry]) =>
        [name, name === 'tocsin.yaml' ? parsed(entry) : plain(entry, name)] as const,
    )
    // Written as nothing, or left out.
    .filter(([name, entry]) => !(isMapOfNames(name) && Object.keys(entry as Json).length === 0))
    .filter(([name, entry]) => !(name === 'minReadySeconds' && entry === 0))
    .filter(([name, entry]) => !(name === 'metadata' && Object.keys(entry as Json).length === 0));
  return Object.fromEntries(kept);
}

const isMapOfNames = (key: string): boolean =>
  ['labels', 'annotations', 'matchLabels', 'selector'].includes(key);

/** The file without its comments. */
function parsed(text: unknown): unknown {
  return parseAllDocuments(String(text)).map((document) => document.toJS());
}

function order(entry: unknown): string {
  const { name, topologyKey } = entry as { name?: string; topologyKey?: string };
  return name ?? topologyKey ?? JSON.stringify(entry);
}
