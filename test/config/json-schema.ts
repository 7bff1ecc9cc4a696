// Makes docs/tocsin.schema.json, by which editors complete and check a tocsin.yaml, from the schemas
// that read the file.
import { z } from 'zod';
import type { Definition } from '../../src/config/read/adapters.ts';
import { fileSchema, sinkSchema } from '../../src/config/read/schema/file.ts';
import type { Registries } from '../../src/config/read/shape.ts';

type Json = Record<string, unknown>;

/** The whole schema, with the settings of every type of source and sink. */
export function jsonSchemaOf(registries: Registries): Json {
  const schema = plain(fileSchema) as Json & { properties: Record<string, Json> };
  for (const kind of ['sources', 'sinks'] as const) {
    const definitions: Readonly<Record<string, Definition>> = registries[kind];
    schema.properties[kind]!.additionalProperties = {
      anyOf: Object.values(definitions).map((one) => adapterSchema(one, kind)),
    };
  }
  return { title: 'tocsin.yaml', ...schema };
}

/** A secret is not required: `<key>_file` may name a file that holds it. */
function adapterSchema(definition: Definition, kind: 'sources' | 'sinks'): Json {
  const { type, config, secrets } = definition;
  const {
    properties = {},
    required = [],
    ...rest
  } = plain(config) as Json & { properties?: Json; required?: string[] };
  const files = secrets.map((key) => [
    `${String(key)}_file`,
    { type: 'string', description: `a file that holds the ${String(key)}` },
  ]);
  return {
    ...rest,
    properties: {
      type: { const: type },
      ...(withVariables(properties) as Json),
      ...Object.fromEntries(files),
      ...(kind === 'sinks' && sinkProperties()),
    },
    required: ['type', ...required.filter((key) => !(secrets as readonly string[]).includes(key))],
  };
}

/** A value with `${NAME}` in it fits every pattern: an editor cannot know what it will be. */
function withVariables(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withVariables);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'pattern' && typeof value === 'string' ? `\\$\\{|${value}` : withVariables(value),
    ]),
  );
}

/** The keys that every sink may have, whatever its type. */
function sinkProperties(): Json {
  const { type: _, ...common } = (plain(sinkSchema) as { properties: Json }).properties;
  return common;
}

function plain(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest as Json;
}
