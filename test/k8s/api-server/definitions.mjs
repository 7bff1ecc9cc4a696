// Definitions of the custom resources that the manifests use, made from the publishers' schemas in
// test/fixtures/kubernetes, so that an API server takes them and drops what they do not know. Pure.

/** What the schemas do not say. */
const plurals = {
  Cluster: 'clusters',
  Pooler: 'poolers',
  ServiceMonitor: 'servicemonitors',
  PrometheusRule: 'prometheusrules',
  HTTPRoute: 'httproutes',
};

/**
 * @param resources by `group/version Kind`
 * @param $defs what their references lead to
 */
export function definitionsOf(resources, $defs) {
  return Object.entries(resources).map(([key, schema]) => {
    const [, group, version, kind] = /^(.+)\/(\S+) (\w+)$/.exec(key) ?? [];
    const plural = plurals[kind];
    if (plural === undefined) throw new Error(`${kind} has no plural here`);
    return {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {
        name: `${plural}.${group}`,
        // Asked for in groups of Kubernetes' own.
        annotations: { 'api-approved.kubernetes.io': 'unapproved, for a test' },
      },
      spec: {
        group,
        scope: 'Namespaced',
        names: { kind, plural, singular: kind.toLowerCase() },
        versions: [
          {
            name: version,
            served: true,
            storage: true,
            schema: { openAPIV3Schema: structural(schema, $defs) },
          },
        ],
      },
    };
  });
}

/** As a definition must be: without references, and each part with a type. */
export function structural(schema, $defs) {
  const { properties, ...rest } = schema;
  // Kubernetes knows the rest of an object's head itself.
  const { metadata: _, ...own } = properties;
  return {
    ...rest,
    properties: { ...map(own, (one) => part(one, $defs)), metadata: { type: 'object' } },
  };
}

function part(schema, $defs) {
  if (schema.$ref !== undefined) return part($defs[schema.$ref.replace('#/$defs/', '')], $defs);
  const { anyOf, items, properties, additionalProperties, ...rest } = schema;
  if (anyOf !== undefined) return { 'x-kubernetes-int-or-string': true };
  const isOpen = additionalProperties === true;
  return {
    ...rest,
    ...(items && { items: part(items, $defs) }),
    ...(properties && { properties: map(properties, (one) => part(one, $defs)) }),
    ...(isOpen && { 'x-kubernetes-preserve-unknown-fields': true }),
    ...(!isOpen &&
      additionalProperties &&
      !properties && {
        additionalProperties: part(additionalProperties, $defs),
      }),
  };
}

function map(record, change) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
