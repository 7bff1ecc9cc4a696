// The pure parts of the run against a real API server, which itself is not a part of the suite.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { definitionsOf } from './definitions.mjs';
import { lostOf } from './lost.mjs';

const fixture = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../fixtures/kubernetes/${name}.json`, import.meta.url), 'utf8'),
  );

/** Every schema in it that would be refused: a part has a type, or is a number or a text. */
function unstructured(value: unknown, path: string): string[] {
  const schema = value as Record<string, Record<string, unknown>>;
  const is = schema.type !== undefined || 'x-kubernetes-int-or-string' in schema;
  const { properties = {}, items, additionalProperties } = schema;
  const inner = [
    ...Object.entries(properties),
    ...(items ? [['items', items]] : []),
    ...(additionalProperties ? [['*', additionalProperties]] : []),
  ] as [string, unknown][];
  return [
    ...(is && !('$ref' in schema) && !('anyOf' in schema) ? [] : [path]),
    ...inner.flatMap(([key, one]) => unstructured(one, `${path}.${key}`)),
  ];
}

test('the definitions have what a definition must have, and the whole of a pod where one is described', () => {
  const definitions = definitionsOf(
    fixture('custom-resources'),
    fixture('kubernetes').$defs,
  ) as unknown as {
    metadata: { name: string };
    spec: { versions: [{ schema: { openAPIV3Schema: unknown } }] };
  }[];
  expect(definitions.map(({ metadata }) => metadata.name).sort()).toEqual([
    'clusters.postgresql.cnpg.io',
    'httproutes.gateway.networking.k8s.io',
    'poolers.postgresql.cnpg.io',
    'prometheusrules.monitoring.coreos.com',
    'servicemonitors.monitoring.coreos.com',
  ]);
  for (const { metadata, spec } of definitions)
    expect(unstructured(spec.versions[0].schema.openAPIV3Schema, ''), metadata.name).toEqual([]);
  const pooler = definitions.find(({ metadata }) => metadata.name.startsWith('poolers'))!;
  expect(JSON.stringify(pooler)).toContain('topologySpreadConstraints');
  expect(() => definitionsOf({ 'a/v1 Unknown': {} }, {})).toThrow(/Unknown/);
});

test.each([
  ['nothing', { a: 1, b: [{ c: 'd' }] }, { a: 1, b: [{ c: 'd', more: 1 }], more: 1 }, []],
  ['a field', { spec: { a: 1 } }, { spec: {} }, ['spec.a']],
  ['a changed value', { a: 'b' }, { a: 'c' }, ['a']],
  ['an entry', { a: [1, 2] }, { a: [1] }, ['a']],
  ['a field in an entry', { a: [{ b: 1 }] }, { a: [{}] }, ['a[0].b']],
  ['a map that became nothing', { a: { b: 1 } }, { a: null }, ['a']],
  ['no empty things', { a: {}, b: [], c: null }, {}, []],
  ['no other form of an amount', { a: '1000m', b: '1024Mi' }, { a: '1', b: '1Gi' }, []],
  ['another amount', { a: '1Gi' }, { a: '1Mi' }, ['a']],
])('%s is lost', (_, given, kept, lost) => {
  expect(lostOf(given, kept)).toEqual(lost);
});
