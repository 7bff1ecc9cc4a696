// Whether values are what k8s/chart/values.schema.json allows. zod knows no `if` and `then`, so those
// are looked at here, for the two forms that the schema has; Helm itself reads them in chart.test.ts.
import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

/** Paths and what is wrong there; empty if nothing is. */
export type Check = (values: Json) => string[];

/** @param schema the whole of it */
export function checkBy(schema: Json): Check {
  const { allOf, ...rest } = schema as { allOf: readonly Json[] } & Json;
  const types = new Map<string, z.ZodType>();
  const plain = z.fromJSONSchema(withoutChoices(rest) as Json);
  const adapters = (kind: string): Json =>
    at(schema, ['properties', 'config', 'properties', kind, 'additionalProperties']) as Json;

  function typeOf(kind: string, type: string): z.ZodType {
    const key = `${kind} ${type}`;
    const known = types.get(key);
    if (known) return known;
    const rules = adapters(kind).allOf as readonly Json[];
    const rule = rules.find((one) => at(one, ['if', 'properties', 'type', 'const']) === type);
    const made =
      rule === undefined ? z.never() : z.fromJSONSchema(withoutChoices(rule.then) as Json);
    types.set(key, made);
    return made;
  }

  return (values) => {
    const found = issuesOf(plain, values);
    for (const kind of ['sources', 'sinks'])
      for (const one of Object.values((at(values, ['config', kind]) ?? {}) as Json))
        found.push(...issuesOf(typeOf(kind, String((one as Json).type)), one));
    for (const { if: condition, then: conclusion } of allOf as unknown as Record<string, Json>[])
      if (holds(condition, values) && !holds(conclusion, values))
        found.push(`breaks ${JSON.stringify(conclusion)}`);
    return found;
  };
}

function issuesOf(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value);
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

/** The few words that the rules between values use. */
function holds(rule: unknown, value: unknown): boolean {
  const { properties = {}, const: wanted, minLength = 0, minItems = 0 } = rule as Json;
  if (wanted !== undefined && value !== wanted) return false;
  if (typeof value === 'string' && value.length < (minLength as number)) return false;
  if (Array.isArray(value) && value.length < (minItems as number)) return false;
  return Object.entries(properties as Json).every(([key, inner]) => holds(inner, at(value, [key])));
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key], value);
}

function withoutChoices(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutChoices);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(
    ([key, value]) => key !== 'allOf' || !JSON.stringify(value).startsWith('[{"if":'),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutChoices(value)]));
}
