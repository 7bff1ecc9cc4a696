// The manifests as they are written: needs no tool, and holds each file to the published schemas,
// patches in parts.
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { allOf, filesOf, type Manifest, oneOf, readManifests, readText } from './manifests.ts';
import { problemsOf } from './schema.ts';

interface Kustomization {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly patches?: readonly { readonly path: string }[];
  readonly configMapGenerator?: readonly { readonly files?: readonly string[] }[];
}

/** Those of the chart are made by its templates: chart.test.ts. */
const files = filesOf('').filter((path) => path.endsWith('.yaml') && !path.startsWith('chart/'));
const kustomizations = files.filter((path) => path.endsWith('kustomization.yaml'));

function kustomizationOf(path: string): Kustomization {
  return parse(readText(path)) as Kustomization;
}

const patches = kustomizations.flatMap((path) =>
  (kustomizationOf(path).patches ?? []).map((patch) => `${dirname(path)}/${patch.path}`),
);
/** Files that are not manifests: they are put into a ConfigMap. */
const contents = kustomizations.flatMap((path) =>
  (kustomizationOf(path).configMapGenerator ?? []).flatMap((generator) =>
    (generator.files ?? []).map((name) => `${dirname(path)}/${name}`),
  ),
);
const manifestFiles = files.filter((path) => ![...kustomizations, ...contents].includes(path));

/** Without kustomize's own words, and without what a patch takes away. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, entry]) => !key.startsWith('$') && entry !== null,
  );
  return Object.fromEntries(kept.map(([key, entry]) => [key, withoutDirectives(entry)]));
}

describe('the written manifests', () => {
  test('have no field that Kubernetes does not know, and none of a wrong kind', () => {
    expect(manifestFiles.length).toBeGreaterThan(10);
    for (const path of manifestFiles) {
      const isWhole = !patches.includes(path) && !path.endsWith('base/deployment.yaml');
      for (const manifest of readManifests(path)) {
        const found = problemsOf(withoutDirectives(manifest), isWhole ? 'wholly' : 'partly');
        expect(found, path).toEqual([]);
      }
    }
  });

  test('are all used: each is named by the kustomization beside it, or is an example', () => {
    for (const path of kustomizations) {
      const folder = dirname(path);
      const { resources = [], patches: patched = [] } = kustomizationOf(path);
      const named = [...resources, ...patched.map((patch) => patch.path)].map(
        (name) => `${folder}/${name}`,
      );
      const beside = manifestFiles.filter(
        (file) => dirname(file) === folder && !file.endsWith('.example.yaml'),
      );
      expect(beside.filter((file) => !named.includes(file))).toEqual([]);
    }
  });

  test('hold no secret: the examples of Secrets are in no kustomization', () => {
    const named = kustomizations.flatMap((path) => kustomizationOf(path).resources ?? []);
    expect(named.filter((name) => name.includes('secret'))).toEqual([]);
    const secrets = manifestFiles.filter((path) => allOf(readManifests(path), 'Secret').length > 0);
    expect(secrets.every((path) => path.endsWith('secret.example.yaml'))).toBe(true);
    expect(secrets.length).toBeGreaterThan(0);
  });
});

describe('the schemas', () => {
  const deployment = oneOf(readManifests('base/deployment.yaml'), 'Deployment');
  const service = oneOf(readManifests('base/service.yaml'), 'Service');

  function faultOf(manifest: Manifest, change: (copy: never) => void): string[] {
    const copy = structuredClone(manifest);
    change(copy as never);
    return problemsOf(copy, manifest === service ? 'wholly' : 'partly');
  }

  test('refuse a misspelt field, however deep', () => {
    const fault = faultOf(
      deployment,
      (copy: { spec: { template: { spec: { containers: object[] } } } }) => {
        Object.assign(copy.spec.template.spec.containers[0]!, { imagePullPolcy: 'Always' });
      },
    );
    expect(fault).toEqual(['spec.template.spec.containers.0: Unrecognized key: "imagePullPolcy"']);
  });

  test('refuse a wrong type, a word that is not allowed, what is missing, and a kind that they do not have', () => {
    expect(
      faultOf(deployment, (copy: { spec: object }) => Object.assign(copy.spec, { replicas: '2' })),
    ).toHaveLength(1);
    expect(
      faultOf(deployment, (copy: { spec: { strategy: object } }) =>
        Object.assign(copy.spec.strategy, { type: 'Roll' }),
      ),
    ).toHaveLength(1);
    expect(
      faultOf(
        service,
        (copy: { spec: { ports: { port?: number }[] } }) => delete copy.spec.ports[0]!.port,
      ),
    ).toEqual([expect.stringContaining('spec.ports.0.port')]);
    expect(
      faultOf(service, (copy: { kind: string }) => Object.assign(copy, { kind: 'Servce' })),
    ).toHaveLength(1);
  });
});
