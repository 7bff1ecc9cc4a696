// The API as a client meets it: what becomes the input, and what becomes of failures.
import { describe, expect, test, vi } from 'vitest';
import { fieldSchemas } from '../../../src/http/api/input.ts';
import { isRouted, placesOf } from '../../../src/http/api/routes.ts';
import {
  type Actor,
  ConflictError,
  InputError,
  NotFoundError,
  operations,
  PermissionError,
} from '../../../src/operations/index.ts';
import type { Database } from '../../../src/store/database.ts';
import { ann, contextOn } from '../../operations/acting.ts';
import { createTestApi } from './table.ts';

const post = (path: string, body: string, type = 'application/json') =>
  [path, { method: 'POST', body, headers: { 'content-type': type } }] as const;

test.each([
  ['/bells', {}],
  ['/bells?limit=5&text=5&rings=true', { limit: 5, text: '5', rings: true }],
  ['/bells?colours=red,blue&numbers=1&numbers=2', { colours: ['red', 'blue'], numbers: [1, 2] }],
  ['/bells/soc%20one%2F2', { bell: 'soc one/2' }],
  ['/bells/dead', {}],
])('GET %s gives the operation %j', async (path, input) => {
  const { app, run } = createTestApi();
  const answer = await app.request(path);
  expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
  expect(run).toHaveBeenCalledExactlyOnceWith(input);
});

test('POST gives the body and the fields of the path', async () => {
  const { app, run } = createTestApi();
  expect((await app.request(...post('/bells/a/ring', '{"times":2}'))).status).toBe(200);
  expect(run).toHaveBeenCalledExactlyOnceWith({ bell: 'a', times: 2 });
});

test.each([
  ['/bells?limit=many', 400, 'limit is not right'],
  ['/bells?limit=1&limit=2', 400, 'limit is not right'],
  ['/bells?limit=1e99', 400, 'limit is not right'],
  ['/bells?colours=green', 400, 'colours.0 is not right'],
  ['/bells?colour=red', 400, 'it has "colour"'],
  ['/bells?__proto__=1', 400, 'it has "__proto__"'],
  ['/bells/a?bell=b', 200, ''],
  [`/bells/${'a'.repeat(21)}`, 400, 'bell is not right'],
  ['/nothing', 404, 'There is nothing here.'],
  ['/bell-cast', 404, 'There is nothing here.'],
  ['/bells/a/ring', 405, 'Here one may POST.'],
  ['/bells/ring', 405, 'Here one may POST.'],
])('GET %s is answered with %i', async (path, status, words) => {
  const { app, run } = createTestApi();
  const answer = await app.request(path);
  expect(answer.status).toBe(status);
  if (status === 200) return;
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(await answer.json()).toMatchObject({ status, detail: expect.stringContaining(words) });
  expect(run).not.toHaveBeenCalled();
});

test.each([
  [...post('/bells/a/ring', '{'), 400, 'The body is no JSON.'],
  [...post('/bells/a/ring', '[]'), 400, 'must be a JSON object'],
  [...post('/bells/a/ring', 'null'), 400, 'must be a JSON object'],
  [...post('/bells/a/ring', ''), 400, 'times is not right'],
  [...post('/bells/a/ring', '{"times":1,"bell":"b"}'), 400, '"bell" is in the address'],
  [...post('/bells/a/ring', 'times=1', 'application/x-www-form-urlencoded'), 415, 'Send JSON'],
  [...post('/bells/a/ring', '{"times":1}', 'text/plain'), 415, 'Send JSON'],
  [...post('/bells/a/ring?times=1', '{}'), 400, 'Put the fields into the body'],
  [...post('/bells/a/ring', `{"note":"${'x'.repeat(1_000_000)}"}`), 413, '1000000 bytes'],
  [...post('/bells', '{}'), 405, 'Here one may GET, HEAD.'],
  [...post('/bells/dead', '{}'), 405, 'Here one may GET, HEAD.'],
  [...post('/bells/a', '{}'), 405, 'Here one may GET, HEAD.'],
  [...post('/openapi.json', '{}'), 405, 'Here one may GET, HEAD.'],
])('POST %s with %j is refused with %i', async (path, request, status, words) => {
  const { app, run } = createTestApi();
  const answer = await app.request(path, request);
  expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
    status,
    expect.stringContaining(words),
  ]);
  expect(run).not.toHaveBeenCalled();
});

describe('what an operation refuses', () => {
  test.each([
    [new InputError('wrong'), 400],
    [new PermissionError('no'), 403],
    [new NotFoundError('gone'), 404],
    [new ConflictError('late'), 409],
  ])('%s is a problem of status %i in its own words', async (error, status) => {
    const { app, run, onFailure } = createTestApi();
    run.mockRejectedValue(error);
    const answer = await app.request('/bells');
    expect([answer.status, await answer.json()]).toEqual([
      status,
      expect.objectContaining({ status, detail: error.message }),
    ]);
    expect(onFailure).not.toHaveBeenCalled();
  });

  test('a failure says nothing to the client, and everything to the log', async () => {
    const { app, run, onFailure } = createTestApi();
    run.mockRejectedValue(new Error('secret host'));
    const answer = await app.request('/bells');
    expect([answer.status, await answer.text()]).toEqual([
      500,
      expect.not.stringContaining('secret host'),
    ]);
    expect(onFailure).toHaveBeenCalledExactlyOnceWith(
      'bell-list',
      expect.objectContaining({ message: 'secret host' }),
    );
  });
});

describe('who may', () => {
  test.each([
    [{ status: 401, detail: 'Sign in.' } as const, { 'www-authenticate': 'Bearer realm="tocsin"' }],
    [{ status: 403, detail: 'Not from here.' } as const, {}],
    [{ status: 429, detail: 'Wait.', retryAfterSeconds: 30 } as const, { 'retry-after': '30' }],
  ])('a stranger gets %j', async (stranger, headers) => {
    const { app, run } = createTestApi({ identify: async () => ({ stranger }) });
    const answer = await app.request('/bells');
    expect([answer.status, await answer.json()]).toMatchObject([
      stranger.status,
      { detail: stranger.detail },
    ]);
    for (const [name, value] of Object.entries(headers))
      expect(answer.headers.get(name)).toBe(value);
    expect(run).not.toHaveBeenCalled();
  });

  test('the actor comes to the operation through the door of the API', async () => {
    const contextOf = vi.fn((actor: Actor) => contextOn({} as Database, { actor }));
    await createTestApi({ contextOf }).app.request('/bells');
    expect(contextOf).toHaveBeenCalledExactlyOnceWith({ ...ann, via: 'api' });
  });

  test('while the database is not ready, the answer is 503', async () => {
    const answer = await createTestApi({ contextOf: () => undefined }).app.request('/bells');
    expect(answer.status).toBe(503);
  });
});

test('every route of the table is one of its own, with fields that its operation knows', () => {
  const routed = operations.filter(isRouted);
  const routes = routed.map(({ route }) => route.replace(/\{\w+\}/g, '{}'));
  expect(new Set(routes).size).toBe(routes.length);
  for (const operation of routed) {
    const { fields, method } = placesOf(operation);
    const known = Object.keys(fieldSchemas(operation));
    expect([operation.name, fields.filter((field) => !known.includes(field))]).toEqual([
      operation.name,
      [],
    ]);
    const isReading = operation.permission === 'read' || operation.isRehearsal?.({}) === true;
    if (method === 'GET') expect([operation.name, isReading]).toEqual([operation.name, true]);
  }
});
