// The chart as it is written: needs no tool. Its values, their schema and its page say the same, and
// a value that a template reads is one that a person can set.
import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { odditiesOf } from '../support/example-config.ts';
import { manifest, readProjectFile } from '../tree/project-files.ts';
import { root } from './manifests.ts';
import { checkBy } from './values-check.ts';
import { isOfGo, refusedVariables, valuesSchema, valuesSchemaOf } from './values-schema.ts';
import { withValues } from './values-table.ts';

const chart = `${root}chart/`;
const read = (path: string): string => readFileSync(`${chart}${path}`, 'utf8');
const values = parse(read('values.yaml')) as Readonly<Record<string, unknown>>;
const templates = (readdirSync(`${chart}templates`, { recursive: true }) as string[])
  .filter((path) => lstatSync(join(chart, 'templates', path)).isFile())
  .map((path) => ({ path, text: read(`templates/${path}`) }));
const permutations = readdirSync(`${chart}ci`);
const check = checkBy(valuesSchemaOf({ sources, sinks }));

/** What the schema says of the default values with some of them set. */
function problemsWith(more: Readonly<Record<string, unknown>>): string[] {
  return check({ ...values, ...more });
}

/** Every path that ends at a value: `image.tag`. Lists and empty maps are values. */
function pathsOf(value: unknown, path: readonly string[] = []): string[] {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap || Object.keys(value).length === 0) return [path.join('.')];
  return Object.entries(value).flatMap(([key, entry]) => pathsOf(entry, [...path, key]));
}

/** Every path of `.Values` that the templates read. */
function pathsRead(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) => [...text.matchAll(/\.Values\.([\w.]+)/g)]);
  return [...new Set(found.map(([, path = '']) => path))];
}

function has(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, key) && has((value as Record<string, unknown>)[key], rest);
}

describe('the values', () => {
  test('stand on the chart’s page, each with its default and its meaning', async () => {
    await expect(withValues(read('README.md'), valuesSchema, values)).toMatchFileSnapshot(
      `${chart}README.md`,
    );
  });

  test('have a default each, which the schema takes', () => {
    expect(valuesSchema.safeParse(values).error?.issues ?? []).toEqual([]);
    expect(problemsWith({})).toEqual([]);
    const { global: _, ...all } = valuesSchema.shape;
    expect(Object.keys(values).sort()).toEqual(Object.keys(all).sort());
  });

  test('are there for whatever a template reads, and all but the kind’s own are read', () => {
    const paths = pathsRead(templates.map(({ text }) => text));
    // One that the chart gives no default to.
    const missing = paths.filter((path) => !has(values, path.split('.')));
    expect(missing).toEqual(['config.sources', 'variables.PUBLIC_URL']);
    const unread = Object.keys(values).filter(
      (key) => !paths.some((path) => path.split('.')[0] === key),
    );
    expect(unread).toEqual([]);
    expect(
      pathsRead(['{{ .Values.imgae.tag }}']).filter((path) => !has(values, path.split('.'))),
    ).toEqual(['imgae.tag']);
  });

  test('of a misspelt name are refused, at the top, below it, in tocsin.yaml and among variables', () => {
    expect(problemsWith({ imgae: {} })).toHaveLength(1);
    expect(problemsWith({ image: { ...(values.image as object), tga: '1' } })).toHaveLength(1);
    expect(problemsWith({ config: { sinsk: {} } })).toHaveLength(1);
    expect(problemsWith({ variables: { LOG_LEVLE: 'info' } })).toHaveLength(1);
  });

  test('hold no secret: a variable or a setting that is one is refused', () => {
    for (const name of refusedVariables)
      expect(problemsWith({ variables: { [name]: 'a' } }), name).toHaveLength(1);
    const soc = (url: string) => ({ config: { sinks: { soc: { type: 'mattermost', url } } } });
    expect(problemsWith(soc('$' + '{MATTERMOST_WEBHOOK_URL}'))).toEqual([]);
    expect(problemsWith(soc('https://chat.example.com/hooks/abcdefgh'))).not.toEqual([]);
    for (const { path, text } of templates) expect(text, path).not.toMatch(/kind: Secret\b/);
    const named = pathsOf(values).filter((path) => /password|token|key/i.test(path));
    expect(named).toEqual([]);
  });

  test('leave a stop the time that it may take', () => {
    expect(problemsWith({ terminationGracePeriodSeconds: 40 })).toHaveLength(1);
    expect(problemsWith({ terminationGracePeriodSeconds: 45 })).toEqual([]);
  });

  test('of what is switched on are complete', () => {
    const ingress = { ...(values.ingress as object), enabled: true };
    expect(problemsWith({ ingress })).toHaveLength(1);
    expect(problemsWith({ ingress: { ...ingress, host: 'tocsin.example.com' } })).toEqual([]);
    const httpRoute = { ...(values.httpRoute as object), enabled: true };
    expect(problemsWith({ httpRoute }).length).toBeGreaterThan(0);
  });

  test.each(permutations)('of %s are what the schema takes', (name) => {
    const set = parse(read(`ci/${name}`)) as Record<string, unknown>;
    expect(set).toBeTypeOf('object');
    const known = pathsOf(set).map((path) => path.split('.')[0]!);
    expect(known.filter((key) => !(key in values))).toEqual([]);
  });

  test('that are a whole file are one about which nothing is to be said', () => {
    const { configFile } = parse(read('ci/everything-values.yaml')) as { configFile: string };
    expect(odditiesOf(configFile)).toEqual([]);
  });

  test('of the permutation with everything leave no value unset', () => {
    const set = parse(read('ci/everything-values.yaml')) as Record<string, unknown>;
    const others = permutations.map((name) => parse(read(`ci/${name}`)) as Record<string, unknown>);
    const unset = Object.keys(values).filter(
      (key) => !(key in set) && !others.some((one) => key in one),
    );
    // Tried by helm-unittest.
    expect(unset).toEqual(['startupProbe', 'livenessProbe', 'readinessProbe', 'securityContext']);
  });
});

describe('the chart', () => {
  test('has the version of the package, and so have the image and the addresses that name one', () => {
    const { version, appVersion, apiVersion } = parse(read('Chart.yaml')) as Record<string, string>;
    expect({ version, appVersion }).toEqual({
      version: manifest.version,
      appVersion: manifest.version,
    });
    expect(apiVersion).toBe('v2');
    for (const path of ['base', 'example'])
      expect(readProjectFile(`k8s/${path}/kustomization.yaml`)).toContain(`newTag: ${version}`);
    expect(read('ci/monitored-values.yaml')).toContain(`/v${version}/`);
  });

  test('takes alerts and dashboards from the one place where they are', () => {
    for (const name of readdirSync(`${chart}files`)) {
      expect(lstatSync(`${chart}files/${name}`).isSymbolicLink(), name).toBe(true);
      expect(realpathSync(`${chart}files/${name}`)).toContain('/k8s/monitoring/');
    }
    const written = readdirSync(`${root}monitoring/dashboards`).filter((name) =>
      name.endsWith('.json'),
    );
    expect(readdirSync(`${chart}files`).sort()).toEqual(['alerts.yaml', ...written].sort());
  });
});

test.each([
  ['^[a-z]{1,63}$', true],
  ['\\$\\{|^(?:a|b)$', true],
  ['^(?!-)a$', false],
  ['(?<=a)b', false],
  ['^\\u0041$', false],
  ['(a)\\1', false],
  ['^[^\\0]$', false],
  ['^a{1,2000}$', false],
])('the expression %s is one of Go’s: %s', (pattern, is) => {
  expect(isOfGo(pattern)).toBe(is);
});
