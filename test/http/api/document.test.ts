// The OpenAPI document: one place for each operation, with what it takes and answers.
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { createDocument } from '../../../src/http/api/document.ts';
import { isRouted } from '../../../src/http/api/routes.ts';
import { operations } from '../../../src/operations/index.ts';
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
    'get /audit/export',
    'get /bells',
    'get /bells/dead',
    'get /bells/{bell}',
    'get /events/export',
    'get /events/stream',
    'post /bells/ring',
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
      404: { $ref: '#/components/responses/404' },
    },
  });
});

const whole = createDocument(operations.filter(isRouted), '1.2.3');

test.each([
  ['of a small table', document],
  ['of all operations', whole],
])('the document %s is valid', async (_, one) => {
  const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(one)));
  expect([errors ?? [], valid]).toEqual([[], true]);
});

test('every reference leads somewhere, and every operation has its own name', () => {
  const text = JSON.stringify(whole);
  const places = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, place]) => place!);
  const lost = places.filter((place) => {
    const [root, ...steps] = place.split('/');
    const found = steps.reduce<unknown>(
      (at, step) => (at as Record<string, unknown> | undefined)?.[step],
      whole,
    );
    return root !== '#' || found === undefined;
  });
  expect(lost).toEqual([]);
  const names = [...text.matchAll(/"operationId":"([^"]+)"/g)].map(([, name]) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(10);
});

test('what a document of another form is, the validator says', async () => {
  const { valid } = await new Validator().validate({ ...document, paths: { bells: 1 } });
  expect(valid).toBe(false);
});

test('an act takes a key, and a version where it knows one', () => {
  const acts = Object.values(document.paths).flatMap(({ post }) => (post ? [post] : []));
  expect(acts).toHaveLength(2);
  const byId = (id: string) =>
    Object.values(whole.paths as Record<string, Record<string, { operationId: string }>>)
      .flatMap((methods) => Object.values(methods))
      .find(({ operationId }) => operationId === id);
  const names = (id: string) =>
    (byId(id) as unknown as { parameters: { name: string }[] }).parameters.map(({ name }) => name);
  expect(names('silence-extend')).toEqual(['silence', 'Idempotency-Key', 'If-Match']);
  expect(names('token-create')).toEqual(['Idempotency-Key']);
  expect(names('silence-preview')).not.toContain('Idempotency-Key');
});
