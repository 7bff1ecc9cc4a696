// Whether an object is one that Kubernetes would take: against the published schemas, with what
// they do not say so well made strict:
// a field that they do not have is refused, and so is a word where only some are allowed.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

type Schema = Readonly<Record<string, unknown>>;
interface Published {
  readonly kinds: Readonly<Record<string, string>>;
  readonly $defs: Readonly<Record<string, Schema>>;
}

const { kinds, $defs } = read('kubernetes') as Published;
const customResources = read('custom-resources') as Readonly<Record<string, Schema>>;

function read(name: string): unknown {
  return JSON.parse(
    readFileSync(new URL(`../fixtures/kubernetes/${name}.json`, import.meta.url), 'utf8'),
  );
}

/** `partly`: what is required may be missing, as in a patch. */
export type Strictness = 'wholly' | 'partly';

/** What is wrong with the object, each with its place; empty if nothing is. */
export function problemsOf(object: unknown, strictness: Strictness = 'wholly'): string[] {
  const { apiVersion, kind } = object as { apiVersion?: string; kind?: string };
  const schema = schemaOf(`${apiVersion} ${kind}`, strictness);
  if (schema === undefined) return [`${apiVersion} ${kind} is not among the kinds of the schemas`];
  const { error } = schema.safeParse(object);
  const faults = error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  return [...faults, ...wordsNotAllowed(object)];
}

const compiled = new Map<string, z.ZodType>();

function schemaOf(name: string, strictness: Strictness): z.ZodType | undefined {
  const root = customResources[name] ?? (kinds[name] && { $ref: `#/$defs/${kinds[name]}` });
  if (root === undefined || root === '') return undefined;
  const key = `${strictness} ${name}`;
  const known = compiled.get(key);
  if (known) return known;
  const all = Object.entries($defs).map(([id, definition]) => [id, closed(definition, strictness)]);
  const schema = z.fromJSONSchema({ ...closed(root, strictness), $defs: Object.fromEntries(all) });
  compiled.set(key, schema);
  return schema;
}

/** The same schema, in which an object has the fields that are written there and no other. */
function closed(schema: Schema, strictness: Strictness): Schema {
  const { properties, items, additionalProperties, required, ...rest } = schema;
  return {
    ...rest,
    ...(strictness === 'wholly' && required !== undefined && { required }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: closed(additionalProperties as Schema, strictness),
    }),
    ...(additionalProperties === true && { additionalProperties }),
    ...(items !== undefined && { items: closed(items as Schema, strictness) }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as Record<string, Schema>).map(([key, value]) => [
          key,
          closed(value, strictness),
        ]),
      ),
      additionalProperties: additionalProperties ?? false,
    }),
  };
}

/**
 * Kubernetes' own schema calls all of these a text and no more. By the key that they stand under,
 * or the two last ones.
 */
const allowedWords: Readonly<Record<string, readonly string[]>> = {
  protocol: ['TCP', 'UDP', 'SCTP'],
  policyTypes: ['Ingress', 'Egress'],
  whenUnsatisfiable: ['ScheduleAnyway', 'DoNotSchedule'],
  nodeTaintsPolicy: ['Honor', 'Ignore'],
  unhealthyPodEvictionPolicy: ['AlwaysAllow', 'IfHealthyBudget'],
  fsGroupChangePolicy: ['OnRootMismatch', 'Always'],
  imagePullPolicy: ['Always', 'IfNotPresent', 'Never'],
  accessModes: ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadOnlyMany', 'ReadWriteMany'],
  'seccompProfile.type': ['RuntimeDefault', 'Localhost', 'Unconfined'],
  'strategy.type': ['RollingUpdate', 'Recreate'],
};

function wordsNotAllowed(value: unknown, path: readonly string[] = []): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => wordsNotAllowed(entry, path));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, entry]) => wordsNotAllowed(entry, [...path, key]));
  const words = allowedWords[path.at(-1) ?? ''] ?? allowedWords[path.slice(-2).join('.')];
  if (words === undefined || words.includes(String(value))) return [];
  return [`${path.join('.')}: ${String(value)} is none of ${words.join(', ')}`];
}
