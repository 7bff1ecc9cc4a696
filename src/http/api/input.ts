// Makes the input of an operation of a request: fields in the path and the query are text, and
// become what the operation's schema says; a body is JSON. Decides nothing about them.
import type { HonoRequest } from 'hono';
import { z } from 'zod';
import { isNestedDeeper } from '../../kit/nesting.ts';
import type { AnyOperation } from '../../operations/index.ts';
import { problem } from './problem.ts';

/** The JSON Schema of one field, as far as a text can be converted by it. */
interface FieldSchema {
  readonly type?: string;
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
}

export type FieldSchemas = Readonly<Record<string, FieldSchema>>;

/** Of the operation's input, by name. */
export function fieldSchemas({ input }: AnyOperation): FieldSchemas {
  return schemasOf(input);
}

export function schemasOf(input: z.ZodType): FieldSchemas {
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

/** What a request asks for. */
export interface ReadInput {
  readonly input: object;
  /** As it was sent; empty without one. */
  readonly body: string;
}

/** No honest body comes near. */
const depthMax = 50;

/** The input, or why there is none. */
export async function readInput(
  request: HonoRequest,
  schemas: FieldSchemas,
): Promise<ReadInput | Response> {
  const path = request.param() as Readonly<Record<string, string>>;
  const query = fieldsOfQuery(new URL(request.url).searchParams, schemas);
  if (request.method === 'GET' || request.method === 'HEAD')
    return storable({ input: { ...query, ...path }, body: '' });
  if (Object.keys(query).length > 0)
    return problem(400, 'Put the fields into the body; the address has none.');
  // Only a client that has left sends half a body.
  const body = await request.text().catch(() => null);
  if (body === null) return problem(400, 'The body broke off.');
  if (body === '') return storable({ input: { ...path }, body });
  const fields = fieldsOfBody(body, request.header('content-type') ?? '');
  if (fields instanceof Response) return fields;
  const both = Object.keys(path).find((name) => Object.hasOwn(fields, name));
  if (both !== undefined) return problem(400, `"${both}" is in the address; leave it out here.`);
  return storable({ input: { ...fields, ...path }, body });
}

function fieldsOfBody(text: string, type: string): object | Response {
  if (!/^application\/json\s*(;|$)/i.test(type))
    return problem(415, 'Send JSON, with the content type application/json.');
  // Before it is parsed: what comes later goes through it by recursion.
  if (isNestedDeeper(text, depthMax))
    return problem(400, `The body may be nested ${depthMax} levels deep.`);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return problem(400, 'The body is no JSON.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return problem(400, 'The body must be a JSON object.');
  return body;
}

/** NUL, and half a pair of surrogates. */
const unstorable = /[\0\p{Surrogate}]/u;

function storable(read: ReadInput): ReadInput | Response {
  return hasUnstorable(read.input)
    ? problem(400, 'A text has NUL or half a character, which no text of Tocsin has.')
    : read;
}

/** Whether any text in it is one that the database does not take. */
export function hasUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return unstorable.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, own]) => unstorable.test(name) || hasUnstorable(own));
}
