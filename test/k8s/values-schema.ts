// Makes k8s/chart/values.schema.json, by which Helm checks values before it renders anything: from
// the schema of the chart's own values, the names of the variables, and the schemas that read
// tocsin.yaml.
import { z } from 'zod';
import { commandVariables, knownVariables, secretVariables } from '../../src/config/read/known.ts';
import { defaultPolicy } from '../../src/core/deliver/policy.ts';
import { stopMaxMs } from '../../src/core/deliver/recorder.ts';
import { type Adapter, jsonSchemaOf } from '../config/json-schema.ts';

type Json = Record<string, unknown>;

const secrets: readonly string[] = secretVariables;
/** Said by the chart itself: another value would lead the probes or the volumes elsewhere. */
const ownVariables: readonly string[] = ['PORT', 'DATA_DIR', 'TOCSIN_CONFIG', 'EMBEDDED'];
const plainVariables = knownVariables.filter(
  (name) => ![...secrets, ...ownVariables].includes(name),
);
/** Further ones of OpenTelemetry's SDK; headers, which may hold a credential, end with S. */
const furtherTracing = 'OTEL_[A-Z_]*[A-RT-Z]';
/** What is left of a stop once it has sent and written: the closing of connections. */
const closingMs = 5000;
const stopSeconds = (defaultPolicy.drainMs + stopMaxMs + closingMs) / 1000;

const reference = '$' + '{NAME}';

/** An object of Kubernetes' own, which Kubernetes checks. */
const foreign = (description: string) => z.looseObject({}).describe(description);
const foreigners = (description: string) => z.array(z.looseObject({})).describe(description);
const texts = (description: string) => z.record(z.string(), z.string()).describe(description);
const text = (description: string) => z.string().describe(description);
const flag = (description: string) => z.boolean().describe(description);
const quantity = (description: string) =>
  z
    .string()
    .regex(/^[0-9]+(\.[0-9]+)?(m|[kMGTPE]i?)?$/)
    .describe(description);
const duration = (description: string) =>
  z
    .string()
    .regex(/^([0-9]+(ms|s|m|h))+$/)
    .describe(description);
const name = (description: string) =>
  z
    .string()
    .regex(/^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?$/)
    .describe(description);
const probe = (description: string) =>
  z
    .strictObject({
      periodSeconds: z.int().min(1),
      // `/readyz` answers within two seconds.
      timeoutSeconds: z.int().min(2),
      failureThreshold: z.int().min(1),
      initialDelaySeconds: z.int().min(0).optional(),
      successThreshold: z.int().min(1).optional(),
    })
    .describe(description);

const database = z.strictObject({
  kind: z
    .enum(['embedded', 'postgres', 'cloudnative-pg'])
    .describe(
      'where the data is: a volume of the one pod, a Postgres of yours, or one that its operator runs',
    ),
  existingSecret: name('the Secret with DATABASE_URL; not for embedded'),
  pooler: flag('behind a PgBouncer in transaction mode, with DATABASE_URL_DIRECT past it'),
  embedded: z.strictObject({
    size: quantity('of the volume'),
    storageClassName: text('of the volume; that of the cluster if empty'),
    existingClaim: name('a PersistentVolumeClaim in place of one of the chart’s own'),
  }),
  cloudnativePg: z.strictObject({
    imageName: text('the image of Postgres'),
    size: quantity('of each of the three volumes'),
    cluster: foreign('merged over the spec of the Cluster'),
    pooler: foreign('merged over the spec of the Pooler'),
  }),
});

const networkPolicy = z.strictObject({
  enabled: flag('whether policies are made'),
  dns: z.strictObject({
    to: z.array(z.looseObject({})).min(1).describe('the peers that resolve names'),
    port: z.int().min(1).max(65_535).describe('their port'),
  }),
  httpsTo: foreigners('the peers on port 443; everywhere if empty'),
  database: z.strictObject({
    to: foreigners('the peers that are Postgres; everywhere if empty'),
    port: z.int().min(1).max(65_535).describe('the port of Postgres'),
  }),
  pageFrom: foreigners('the pods of the ingress controller or of the Gateway'),
  prometheusFrom: foreigners('the pods of Prometheus, let in with serviceMonitor.enabled'),
  extraEgress: foreigners('further rules for what Tocsin calls'),
  extraIngress: foreigners('further rules for who calls Tocsin'),
});

export const valuesSchema = z.strictObject({
  // Helm leaves out a value that is null.
  replicas: z
    .int()
    .min(1)
    .nullable()
    .optional()
    .describe('pods; 1, 2 or 3 by the kind of database if unset'),
  image: z.strictObject({
    registry: text('host and path before the repository'),
    repository: z.string().min(1).describe('the name of the image'),
    tag: text('the version of the chart if empty'),
    digest: z
      .string()
      .regex(/^(sha256:[0-9a-f]{64})?$/)
      .describe('takes the place of the tag'),
    pullPolicy: z.enum(['', 'Always', 'IfNotPresent', 'Never']).describe('as Kubernetes has it'),
  }),
  imagePullSecrets: foreigners('Secrets for the registry'),
  fullnameOverride: name('the name of all objects; that of the release if empty'),
  commonLabels: texts('on every object'),
  commonAnnotations: texts('on every object'),
  config: z.looseObject({}).describe(`the content of tocsin.yaml, with secrets as ${reference}`),
  configFile: text('the text of tocsin.yaml, in place of config'),
  variables: z
    .record(
      z.string().regex(new RegExp(`^(${plainVariables.join('|')}|${furtherTracing})$`)),
      z.union([z.string(), z.number(), z.boolean()]),
    )
    .describe('variables that are no secrets: docs/configuration.md'),
  secret: z.strictObject({
    existingSecret: name('the Secret that is mounted under /secrets/tocsin'),
    variables: z
      .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/))
      .describe(`keys of it that variables and ${reference} in tocsin.yaml read`),
  }),
  database,
  service: z.strictObject({
    type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']).describe('as Kubernetes has it'),
    port: z.int().min(1).max(65_535).describe('of the Service'),
    annotations: texts('of the Service'),
  }),
  serviceAccount: z.strictObject({
    create: flag('whether one is made; it never has a token'),
    name: name('that of the release if empty'),
    annotations: texts('of the account'),
  }),
  ingress: z.strictObject({
    enabled: flag('an Ingress with TLS'),
    className: text('of the controller'),
    host: text('the name under which people open the page'),
    tlsSecret: name('the certificate; <name>-tls if empty'),
    annotations: texts('of the Ingress'),
  }),
  httpRoute: z.strictObject({
    enabled: flag('an HTTPRoute of the Gateway API'),
    parentRefs: foreigners('the Gateways'),
    hostnames: z.array(z.string().min(1)).describe('the names under which people open the page'),
    annotations: texts('of the route'),
  }),
  networkPolicy,
  serviceMonitor: z.strictObject({
    enabled: flag('a ServiceMonitor, and a policy that lets Prometheus in'),
    interval: duration('between two scrapes'),
    scrapeTimeout: duration('of a scrape'),
    labels: texts('by which your Prometheus selects it'),
  }),
  prometheusRule: z.strictObject({
    enabled: flag('the alerts, as a PrometheusRule'),
    labels: texts('by which your Prometheus selects it'),
    runbook: z.string().min(1).describe('the address of docs/runbook.md'),
    without: z.array(z.string()).describe('names of alerts that are left out'),
  }),
  dashboards: z.strictObject({
    enabled: flag('the dashboards, in a ConfigMap for Grafana’s sidecar'),
    labels: texts('by which the sidecar finds it'),
    annotations: texts('such as the folder in Grafana'),
  }),
  podDisruptionBudget: z.strictObject({
    enabled: flag('a drain takes one replica at a time'),
  }),
  terminationGracePeriodSeconds: z
    .int()
    .min(stopSeconds + 5)
    .describe(`longer than the ${stopSeconds} s that a stop may take`),
  startupProbe: probe('until it listens'),
  livenessProbe: probe('whether its loops move'),
  readinessProbe: probe('whether the database answers'),
  resources: foreign('as measured for the kind of database if empty'),
  podSecurityContext: foreign('of the pod'),
  securityContext: foreign('of the container'),
  topologySpreadConstraints: foreigners('in place of the spread over nodes and zones'),
  nodeSelector: texts('of the pods'),
  tolerations: foreigners('of the pods'),
  affinity: foreign('of the pods'),
  priorityClassName: text('of the pods'),
  podLabels: texts('of the pods'),
  podAnnotations: texts('of the pods'),
  extraEnv: foreigners('further variables of the container'),
  extraEnvFrom: foreigners('further sources of variables'),
  extraVolumes: foreigners('further volumes'),
  extraVolumeMounts: foreigners('further mounts'),
  extraObjects: foreigners('further objects, in which templates are filled in'),
  global: z.looseObject({}).optional().describe('set by Helm where the chart is a part of another'),
});

/** The rules that hold between values: host or hostnames for what is switched on. */
const between: readonly Json[] = [
  onlyIf('ingress', { properties: { host: { minLength: 1 } } }),
  onlyIf('httpRoute', {
    properties: { hostnames: { minItems: 1 }, parentRefs: { minItems: 1 } },
  }),
];

function onlyIf(key: string, rule: Json): Json {
  const isOn = { properties: { [key]: { properties: { enabled: { const: true } } } } };
  return implies(isOn, { properties: { [key]: rule } });
}

/** Written as entries: an object with a member `then` is taken for a promise. */
function implies(condition: Json, conclusion: Json): Json {
  return Object.fromEntries([
    ['if', condition],
    ['then', conclusion],
  ]);
}

/** The whole schema, in draft 7, which every Helm 3 reads. */
export function valuesSchemaOf(registries: Parameters<typeof jsonSchemaOf>[0]): Json {
  const { $schema: _, ...values } = z.toJSONSchema(valuesSchema, { target: 'draft-7' }) as Json & {
    properties: Json;
  };
  const config = jsonSchemaOf(registries, { target: 'draft-7', adapters: choiceOf });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the chart of Tocsin',
    ...values,
    properties: { ...values.properties, config: forHelm(config) },
    allOf: between,
  };
}

/** By its type, so that Helm names what is wrong with one adapter, and not with all of them. */
function choiceOf(adapters: readonly Adapter[]): Json {
  const types = adapters.map(({ definition }) => definition.type);
  return {
    type: 'object',
    required: ['type'],
    properties: { type: { enum: types } },
    allOf: adapters.map(({ definition, schema }) =>
      implies(
        { properties: { type: { const: definition.type } } },
        withoutSecrets(schema, definition.secrets.map(String)),
      ),
    ),
  };
}

/** A release keeps its values for everybody who may read it, so a secret stands there by its name. */
function withoutSecrets(schema: Json, names: readonly string[]): Json {
  const properties = schema.properties as Record<string, Json>;
  const closed = names.map((key) => [
    key,
    {
      type: 'string',
      pattern: '^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$',
      description: `a secret: the name of a variable, as \${NAME}, or ${key}_file`,
    },
  ]);
  return { ...schema, properties: { ...properties, ...Object.fromEntries(closed) } };
}

/** Helm's expressions are Go's, which lack some of JavaScript's: such a pattern is left to Tocsin. */
function forHelm(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(forHelm);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(
    ([key, value]) => key !== 'pattern' || typeof value !== 'string' || isOfGo(value),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, forHelm(value)]));
}

/** @returns false if in doubt */
export function isOfGo(pattern: string): boolean {
  const bounds = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].flatMap(([, from, to]) => [
    from,
    to,
  ]);
  if (bounds.some((bound) => Number(bound) > 1000)) return false;
  return !/\(\?(?!:)|\\[1-9cukpP0]|\[\]|\[\^\]|\(\?<|\[\[|&&/.test(pattern);
}

/** Names of the variables that a values file must not set: secrets, the chart's own, commands'. */
export const refusedVariables: readonly string[] = [
  ...secretVariables,
  ...ownVariables,
  ...commandVariables,
];
