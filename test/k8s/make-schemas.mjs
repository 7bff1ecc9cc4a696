// Makes test/fixtures/kubernetes anew from what the publishers give away (Apache License 2.0),
// without prose and without what is not used here:
//   node test/k8s/make-schemas.mjs <swagger.json of Kubernetes> <definitions of custom resources,
// YAML>... The first is what `kubectl get --raw /openapi/v2` prints. With files of a newer release,
// the tests say what that release no longer takes.
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

const [swaggerFile, ...definitionFiles] = process.argv.slice(2);
const core = JSON.parse(readFileSync(swaggerFile, 'utf8')).definitions;
const kinds = {
  'apps/v1 Deployment': 'io.k8s.api.apps.v1.Deployment',
  'v1 Service': 'io.k8s.api.core.v1.Service',
  'v1 ConfigMap': 'io.k8s.api.core.v1.ConfigMap',
  'v1 Secret': 'io.k8s.api.core.v1.Secret',
  'v1 ServiceAccount': 'io.k8s.api.core.v1.ServiceAccount',
  'v1 PersistentVolumeClaim': 'io.k8s.api.core.v1.PersistentVolumeClaim',
  'policy/v1 PodDisruptionBudget': 'io.k8s.api.policy.v1.PodDisruptionBudget',
  'networking.k8s.io/v1 NetworkPolicy': 'io.k8s.api.networking.v1.NetworkPolicy',
  'networking.k8s.io/v1 Ingress': 'io.k8s.api.networking.v1.Ingress',
};
/**
 * Parts of custom resources that are large and not used here; a manifest that has one is refused,
 * and the line goes.
 */
const unused = {
  Cluster: [
    'backup',
    'bootstrap.recovery',
    'ephemeralVolumeSource',
    'externalClusters',
    'env',
    'envFrom',
    'managed',
    'projectedVolumeTemplate',
    'tablespaces',
    'affinity.additionalPodAffinity',
    'affinity.additionalPodAntiAffinity',
    'affinity.nodeAffinity',
    'storage.pvcTemplate',
    'walStorage',
    'plugins',
    'monitoring',
    'topologySpreadConstraints',
  ],
  Pooler: ['serviceTemplate', 'template', 'monitoring'],
  ServiceMonitor: [],
  PrometheusRule: [],
};
/** The whole of a pod's description is in the resource of the pooler too; it is Kubernetes' own. */
const podTemplate = 'io.k8s.api.core.v1.PodTemplateSpec';
const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** What we use of the Gateway API, by its reference; its definitions are ten times as long. */
const text = { type: 'string' };
const port = { type: 'integer' };
const duration = { ...text, pattern: '^([0-9]{1,5}(h|m|s|ms)){1,4}$' };
const object = (properties, required) => ({
  type: 'object',
  ...(required && { required }),
  properties,
});
const listOf = (items) => ({ type: 'array', items });
const httpRoute = object({
  parentRefs: listOf(object({ name: text, namespace: text, sectionName: text, port }, ['name'])),
  hostnames: listOf(text),
  rules: listOf(
    object({
      matches: listOf(
        object({
          path: object({
            type: { ...text, enum: ['Exact', 'PathPrefix', 'RegularExpression'] },
            value: text,
          }),
        }),
      ),
      backendRefs: listOf(object({ name: text, namespace: text, port }, ['name'])),
      timeouts: object({ request: duration, backendRequest: duration }),
    }),
  ),
});

const definitions = {};
for (const name of [...Object.values(kinds), podTemplate]) keep(name);
write('kubernetes', { kinds, $defs: definitions });
write(
  'custom-resources',
  Object.fromEntries([
    ...definitionFiles.map((file) => customResource(parse(readFileSync(file, 'utf8')))),
    ['gateway.networking.k8s.io/v1 HTTPRoute', whole(httpRoute, ['spec', 'metadata'])],
  ]),
);

function keep(name) {
  if (name in definitions) return;
  definitions[name] = compact(core[name]);
  for (const [, next] of JSON.stringify(definitions[name]).matchAll(/"#\/\$defs\/([\w.-]+)"/g))
    keep(next);
}

function customResource({ spec: { group, names, versions } }) {
  const { name, schema } = versions.find(({ storage }) => storage);
  const { properties, required = [] } = schema.openAPIV3Schema;
  const spec = compact(properties.spec);
  for (const path of unused[names.kind]) remove(spec, path.split('.'));
  if (names.kind === 'Pooler') spec.properties.template = { $ref: `#/$defs/${podTemplate}` };
  return [`${group}/${name} ${names.kind}`, whole(spec, [...required, 'metadata'])];
}

function whole(spec, required) {
  const all = { apiVersion: text, kind: text, metadata: { $ref: `#/$defs/${objectMeta}` }, spec };
  return { type: 'object', properties: all, required };
}

function remove(schema, [key, ...rest]) {
  if (!(key in schema.properties)) throw new Error(`there is no ${key} to leave out`);
  if (rest.length === 0) delete schema.properties[key];
  else remove(schema.properties[key], rest);
}

/** `properties` maps names to schemas, so only elsewhere a key is a word of the schema language. */
function compact(schema) {
  const {
    type,
    format,
    enum: values,
    required,
    properties,
    items,
    additionalProperties,
    anyOf,
    $ref,
    pattern,
  } = schema;
  const isEither = schema['x-kubernetes-int-or-string'] || format === 'int-or-string';
  if (isEither)
    return { anyOf: [{ type: 'integer' }, { type: 'string', ...(pattern && { pattern }) }] };
  return {
    ...($ref && { $ref: $ref.replace('definitions', '$defs') }),
    ...(type && { type }),
    ...(values && { enum: values }),
    // Go's way to say that capitals do not matter is none of JavaScript's.
    ...(pattern && !pattern.includes('(?i)') && { pattern }),
    ...(anyOf && !type && { anyOf }),
    ...(required && { required }),
    ...(properties && { properties: map(properties, compact) }),
    ...(items && { items: compact(items) }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: compact(additionalProperties),
    }),
    ...(schema['x-kubernetes-preserve-unknown-fields'] && { additionalProperties: true }),
  };
}

function map(record, change) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** A line for each entry, so that a difference between two releases can be read. */
function write(name, groups) {
  const line = (value) => JSON.stringify(value);
  const block = (value) =>
    Object.keys(value).length < 3 || value.type ? line(value) : `{\n${lines(value)}\n}`;
  const lines = (value) =>
    Object.entries(value)
      .map(([key, entry]) => `${line(key)}: ${line(entry)}`)
      .join(',\n');
  const text = Object.entries(groups)
    .map(([key, value]) => `${line(key)}: ${block(value)}`)
    .join(',\n');
  writeFileSync(new URL(`../fixtures/kubernetes/${name}.json`, import.meta.url), `{\n${text}\n}\n`);
}
