// The examples that let people in from outside: each leads to Tocsin's own Service by TLS, and its
// policy lets the controller's pods in and nobody else.
import { expect, test } from 'vitest';
import { oneOf, readManifests } from './manifests.ts';
import { problemsOf } from './schema.ts';

const written = readManifests('base/ingress.example.yaml');
const byGateway = readManifests('base/gateway.example.yaml');
const [service] = readManifests('base/service.yaml');

interface Service {
  readonly spec: { readonly ports: readonly { readonly port: number }[] };
}
interface HttpRoute {
  readonly spec: {
    readonly hostnames: readonly string[];
    readonly rules: readonly {
      readonly backendRefs: readonly object[];
      readonly timeouts: object;
    }[];
  };
}

test('both are what Kubernetes takes', () => {
  expect(written.map(({ kind }) => kind)).toEqual(['Ingress', 'NetworkPolicy']);
  for (const manifest of written) expect(problemsOf(manifest), manifest.kind).toEqual([]);
});

test('every host has a certificate by reference, and leads to the Service of the base', () => {
  const { spec } = written.find(({ kind }) => kind === 'Ingress') as unknown as {
    spec: {
      tls: { hosts: string[]; secretName: string }[];
      rules: { host: string; http: { paths: { path: string; backend: object }[] } }[];
    };
  };
  const secured = spec.tls.flatMap(({ hosts }) => hosts);
  expect(spec.rules.map(({ host }) => host)).toEqual(secured);
  expect(spec.tls.every(({ secretName }) => secretName !== '')).toBe(true);
  const [all, ...others] = spec.rules[0]!.http.paths;
  expect(others).toEqual([]);
  expect(all!.path).toBe('/');
  expect(all!.backend).toEqual({
    service: { name: service!.metadata.name, port: { name: 'http' } },
  });
});

test('by the Gateway API, a route of one host leads to the same Service, for as long as it takes', () => {
  expect(byGateway.map(({ kind }) => kind)).toEqual(['HTTPRoute', 'NetworkPolicy']);
  for (const manifest of byGateway) expect(problemsOf(manifest), manifest.kind).toEqual([]);
  const { hostnames, rules } = (byGateway[0] as unknown as HttpRoute).spec;
  expect(hostnames).toEqual(['tocsin.example.com']);
  const { ports } = (service as unknown as Service).spec;
  expect(rules.map(({ backendRefs }) => backendRefs)).toEqual([
    [{ name: service!.metadata.name, port: ports[0]!.port }],
  ]);
  // Zero is no time at all: a stream may last.
  expect(rules[0]!.timeouts).toEqual({ request: '0s' });
});

test.each([
  ['of the Ingress', written],
  ['of the Gateway', byGateway],
])('the policy %s lets one kind of pod in, to the port of Tocsin alone', (_, manifests) => {
  const { spec } = oneOf(manifests, 'NetworkPolicy', 'tocsin-page') as unknown as {
    spec: { podSelector: unknown; ingress: { from: object[]; ports: object[] }[] };
  };
  expect(spec.podSelector).toEqual({ matchLabels: { 'app.kubernetes.io/name': 'tocsin' } });
  const [rule, ...more] = spec.ingress;
  expect(more).toEqual([]);
  expect(rule!.ports).toEqual([{ protocol: 'TCP', port: 'http' }]);
  expect(rule!.from).toHaveLength(1);
  expect(Object.keys(rule!.from[0]!).sort()).toEqual(['namespaceSelector', 'podSelector']);
});
