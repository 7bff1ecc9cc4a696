// Makes docs/tocsin.schema.json, by which editors complete and check a tocsin.yaml, from the schemas
// that read the file. The values of the Helm chart are checked by the same.
import { z } from 'zod';
import type { Definition } from '../../src/config/read/adapters.ts';
import { fileSchema, sinkSchema } from '../../src/config/read/schema/file.ts';
import type { Registries } from '../../src/config/read/shape.ts';

type Json = Record<string, unknown>;

/** A type of source or sink, and the schema of one in the file. */
export interface Adapter {
  readonly definition: Definition;
  readonly schema: Json;
}
interface Form {
  readonly target: 'draft-2020-12' | 'draft-7';
  /** The schema of one of them. */
  adapters(all: readonly Adapter[]): Json;
}
const forEditors: Form = {
  target: 'draft-2020-12',
  adapters: (all) => ({ anyOf: all.map(({ schema }) => schema) }),
};

/** The whole schema, with the settings of every type of source and sink. */
export function jsonSchemaOf(registries: Registries, form = forEditors): Json {
  const schema = plain(fileSchema, form) as Json & { properties: Record<string, Json> };
  for (const kind of ['sources', 'sinks'] as const) {
    const definitions: Readonly<Record<string, Definition>> = registries[kind];
    schema.properties[kind]!.additionalProperties = form.adapters(
      Object.values(definitions).map((definition) => ({
        definition,
        schema: adapterSchema(definition, kind, form),
      })),
    );
  }
  return { title: 'tocsin.yaml', ...schema };
}

/** A secret is not required: `<key>_file` may name a file that holds it. */
function adapterSchema(definition: Definition, kind: 'sources' | 'sinks', form: Form): Json {
  const { type, config, secrets } = definition;
  const {
    properties = {},
    required = [],
    ...rest
  } = plain(config, form) as Json & { properties?: Json; required?: string[] };
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
      ...(kind === 'sinks' && sinkProperties(form)),
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
function sinkProperties(form: Form): Json {
  const { type: _, ...common } = (plain(sinkSchema, form) as { properties: Json }).properties;
  return common;
}

function plain(schema: z.ZodType, { target }: Form): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target,
    io: 'input',
    unrepresentable: 'any',
  });
  return rest as Json;
}
