// The OpenAPI document, made of the table of operations. Pure.
import { z } from 'zod';
import type { AnyOperation } from '../../operations/index.ts';
import { type Json, type Placed, pascal, shareSchemas } from './components.ts';
import { problemAnswers, problemSchema } from './document-problems.ts';
import { type StreamPlace, streamPlaces } from './document-streams.ts';
import { placesOf, type RoutedOperation } from './routes.ts';

/** An operation of the document, whose schemas are still to be put in their places. */
interface Drawn {
  readonly path: string;
  readonly method: string;
  readonly schemas: readonly Placed[];
  /** @param schemas in the order of `schemas` above, with references */
  finish(schemas: readonly Json[]): Json;
}

/** OpenAPI 3.1. @param version of this release */
export function createDocument(operations: readonly RoutedOperation[], version: string): Json {
  const drawn = operations.map(draw);
  const { schemas, components } = shareSchemas(drawn.flatMap((one) => one.schemas));
  const paths: Record<string, Record<string, Json>> = {};
  let at = 0;
  for (const { path, method, schemas: own, finish } of drawn) {
    const shared = schemas.slice(at, at + own.length);
    at += own.length;
    paths[path] = { ...paths[path], [method]: finish(shared) };
  }
  for (const place of streamPlaces) paths[place.path] = { get: describeStream(place) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tocsin',
      version,
      description:
        'Everything that a person may do with Tocsin. Times are RFC 3339 in UTC, ids are ' +
        'strings. A list has `next`, to be given as `cursor` for the next page. A request that ' +
        'fails is answered with a problem (RFC 9457). New fields and operations may come; what ' +
        'is here stays.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }, {}],
    tags: tagsOf([...drawn.map(({ path }) => path), ...streamPlaces.map(({ path }) => path)]),
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problemSchema, ...components },
      responses: problemAnswers,
    },
  };
}

function tagsOf(paths: readonly string[]): readonly Json[] {
  return [...new Set(paths.map(tagOf))].sort().map((name) => ({ name }));
}

/** The subject: `events` of `/events/{event}`. */
function tagOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function draw(operation: RoutedOperation): Drawn {
  const { name, input, output } = operation;
  const { method, path, fields } = placesOf(operation);
  const schema = schemaOf(input, 'input');
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Json>>;
  const required = (schema.required ?? []) as readonly string[];
  const others = Object.entries(properties).filter(([field]) => !fields.includes(field));
  const body: Json = {
    type: 'object',
    properties: Object.fromEntries(others),
    ...requiredOf(required.filter((field) => !fields.includes(field))),
    additionalProperties: false,
  };
  const isAct = method !== 'GET';
  const title = pascal(name);
  const inPath = fields.map((field) => ({
    name: field,
    in: 'path',
    required: true,
    schema: properties[field] ?? { type: 'string' },
  }));
  return {
    path,
    method: method.toLowerCase(),
    schemas: [
      { name: title, schema: schemaOf(output, 'output') },
      ...(isAct ? [{ name: `${title}Input`, schema: body }] : []),
    ],
    finish: ([answer, asked]) => ({
      ...heading(operation, path),
      parameters: [
        ...inPath,
        ...(isAct
          ? actHeaders(operation, properties)
          : others.map(([field, own]) => queryField(field, own, required))),
      ],
      ...(asked !== undefined && {
        requestBody: {
          required: 'required' in body,
          content: { 'application/json': { schema: asked } },
        },
      }),
      responses: {
        200: {
          description: operation.summary,
          content: { 'application/json': { schema: answer } },
        },
        ...refusalsOf(operation, isAct, 'version' in properties),
      },
    }),
  };
}

function heading({ name, summary, permission }: RoutedOperation, path: string): Json {
  const description = `Needs the role \`${permission}\`.`;
  return { operationId: name, tags: [tagOf(path)], summary, description };
}

function requiredOf(fields: readonly string[]): Json {
  return fields.length === 0 ? {} : { required: fields };
}

function actHeaders({ permission }: RoutedOperation, properties: Json): Json[] {
  const version = {
    name: 'If-Match',
    in: 'header',
    description: 'Acts only if it is still of this version: the ETag of an answer',
    schema: { type: 'string' },
  };
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'A request that is sent again with its key within a day acts once',
    schema: { type: 'string', pattern: '^[ -~]{1,255}$' },
  };
  return [...(permission === 'read' ? [] : [key]), ...('version' in properties ? [version] : [])];
}

function refusalsOf({ permission }: RoutedOperation, isAct: boolean, hasVersion: boolean): Json {
  const isNoted = isAct && permission !== 'read';
  const statuses = [
    ...[400, 401, 403, 404, 409],
    ...(hasVersion && isAct ? [412] : []),
    ...(isAct ? [413, 415] : []),
    ...(isNoted ? [422] : []),
    ...[429, 500, 503],
  ];
  const answers = Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${status}` }]),
  );
  return { ...answers, 431: { description: 'The address or the headers are too long' } };
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

function describeStream(place: StreamPlace): Json {
  const { input, parameters, content, ...rest } = place;
  const schema = schemaOf(input, 'input');
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Json>>;
  const required = (schema.required ?? []) as readonly string[];
  const fields = Object.entries(properties).map(([name, own]) => queryField(name, own, required));
  return {
    operationId: rest.operationId,
    tags: [tagOf(rest.path)],
    summary: rest.summary,
    description: `${rest.description} Needs the role \`read\`.`,
    parameters: [...fields, ...parameters],
    responses: {
      200: { description: rest.summary, content },
      ...refusalsOf({ permission: 'read' } as RoutedOperation, false, false),
    },
  };
}

/** Without the name of the dialect, which the document has for all. */
function schemaOf(schema: AnyOperation['input'], io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...own } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return own;
}
