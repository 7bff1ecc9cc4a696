// The OpenAPI document, made of the table of operations. Pure.
import { z } from 'zod';
import type { AnyOperation } from '../../operations/index.ts';
import { placesOf, type RoutedOperation } from './routes.ts';

type Json = Readonly<Record<string, unknown>>;

const problemAnswer = {
  description: 'A problem, as RFC 9457 describes it',
  content: {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  },
};

/** OpenAPI 3.1. @param version of this release */
export function createDocument(operations: readonly RoutedOperation[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const { method, path } = placesOf(operation);
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tocsin',
      version,
      description:
        'Everything that a person may do with Tocsin. Times are RFC 3339 in UTC, ids are ' +
        'strings. A list has `next`, to be given as `cursor` for the next page.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }, {}],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Problem: {
          type: 'object',
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string' },
          },
          required: ['type', 'title', 'status', 'detail'],
        },
      },
    },
  };
}

function describe(operation: RoutedOperation): Json {
  const { name, summary, permission, input, output } = operation;
  const { method, fields } = placesOf(operation);
  const schema = schemaOf(input, 'input');
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Json>>;
  const required = (schema.required ?? []) as readonly string[];
  const inPath = fields.map((field) => ({
    name: field,
    in: 'path',
    required: true,
    schema: properties[field] ?? { type: 'string' },
  }));
  const others = Object.entries(properties).filter(([field]) => !fields.includes(field));
  const hasBody = method !== 'GET';
  const inQuery = hasBody ? [] : others.map(([field, own]) => queryField(field, own, required));
  const body = {
    type: 'object',
    properties: Object.fromEntries(others),
    required: required.filter((field) => !fields.includes(field)),
    additionalProperties: false,
  };
  return {
    operationId: name,
    summary,
    description: `Needs the role \`${permission}\`.`,
    parameters: [...inPath, ...inQuery],
    ...(hasBody && {
      requestBody: {
        required: body.required.length > 0,
        content: { 'application/json': { schema: body } },
      },
    }),
    responses: {
      200: {
        description: summary,
        content: { 'application/json': { schema: schemaOf(output, 'output') } },
      },
      default: problemAnswer,
    },
  };
}

function queryField(name: string, schema: Json, required: readonly string[]): Json {
  const isList = schema.type === 'array';
  return {
    name,
    in: 'query',
    required: required.includes(name),
    schema,
    ...(isList && { style: 'form', explode: false }),
  };
}

/** Without the name of the dialect, which the document has for all. */
function schemaOf(schema: AnyOperation['input'], io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...own } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return own;
}
