// Makes the input of an operation of a request: fields in the path and the query are text, and
// become what the operation's schema says; a body is JSON. Decides nothing about them.
import { z } from 'zod';
import type { AnyOperation } from '../../operations/index.ts';

/** The JSON Schema of one field, as far as a text can be converted by it. */
interface FieldSchema {
  readonly type?: string;
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
}

export type FieldSchemas = Readonly<Record<string, FieldSchema>>;

/** Of the operation's input, by name. */
export function fieldSchemas({ input }: AnyOperation): FieldSchemas {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  return (schema.properties ?? {}) as FieldSchemas;
}

/**
 * Fields by name; a field that the schema does not know stays text, and the operation refuses it.
 * A list is given with commas or as a field that is repeated.
 */
export function fieldsOfQuery(query: URLSearchParams, schemas: FieldSchemas): object {
  const fields = new Map<string, unknown>();
  for (const name of new Set(query.keys())) {
    const texts = query.getAll(name);
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    fields.set(name, valueOfField(texts, schema));
  }
  return Object.fromEntries(fields);
}

function valueOfField(texts: readonly string[], schema: FieldSchema | undefined): unknown {
  if (schema?.type === 'array')
    return texts.flatMap((text) => text.split(',')).map((text) => converted(text, schema.items));
  // Twice the same field: the operation refuses a list where it expects one value.
  return texts.length === 1 ? converted(texts[0]!, schema) : texts;
}

function converted(text: string, schema: FieldSchema | undefined): unknown {
  const types = schema?.anyOf ?? [schema ?? {}];
  const has = (type: string) => types.some((one) => one.type === type);
  if ((has('integer') || has('number')) && /^-?\d{1,15}(?:\.\d{1,6})?$/.test(text))
    return Number(text);
  if (has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
