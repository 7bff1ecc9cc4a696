// The OpenAPI document: one place for each operation, with what it takes and answers.
import { expect, test } from 'vitest';
import { createDocument } from '../../../src/http/api/document.ts';
import { isRouted } from '../../../src/http/api/routes.ts';
import { createTable } from './table.ts';

const document = createDocument(createTable().table.filter(isRouted), '1.2.3') as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
};

test('every operation with a route is there, and no other', () => {
  const places = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(document.openapi).toBe('3.1.0');
  expect(places.sort()).toEqual([
    'get /bells',
    'get /bells/dead',
    'get /bells/{bell}',
    'post /bells/{bell}/ring',
  ]);
});

test('fields stand in the path, the query or the body, as they are sent', () => {
  expect(document.paths['/bells']?.get).toMatchObject({
    operationId: 'bell-list',
    parameters: expect.arrayContaining([
      { name: 'limit', in: 'query', required: false, schema: expect.anything() },
      expect.objectContaining({ name: 'colours', style: 'form', explode: false }),
    ]),
  });
  expect(document.paths['/bells/{bell}/ring']?.post).toMatchObject({
    parameters: [{ name: 'bell', in: 'path', required: true, schema: { type: 'string' } }],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: {
            properties: { times: { type: 'integer' }, note: { type: 'string' } },
            required: ['times'],
            additionalProperties: false,
          },
        },
      },
    },
    responses: {
      200: { content: { 'application/json': { schema: { properties: { ok: {} } } } } },
      default: { content: { 'application/problem+json': {} } },
    },
  });
});
