// The operations over HTTP: what fits is done, and everything else gets a sentence and does
// nothing.
import { expect, test, vi } from 'vitest';
import { createOperationsApp } from '../../src/http/operations.ts';
import type { Database } from '../../src/store/database.ts';
import { contextOn } from '../operations/acting.ts';

function setUp() {
  const db = vi.fn(() => Promise.reject(new Error('no answer from the database of a secret host')));
  const onFailure = vi.fn();
  const contextOf = vi.fn((_actor?: string) => contextOn({ $client: db } as unknown as Database));
  const app = createOperationsApp({ contextOf, onFailure });
  const post = async (path: string, body: string) => {
    const response = await app.request(path, { method: 'POST', body });
    return [response.status, await response.text()];
  };
  return { app, contextOf, db, onFailure, post };
}

test.each([
  [
    '/operations/delivery-redrive',
    '{"sinks":["a"]}',
    400,
    'delivery-redrive cannot take this input: it has "sinks"',
  ],
  ['/operations/backlog-drop', '{}', 400, 'sink is not right'],
  ['/operations/backlog-list', '{', 400, 'The input is no JSON.'],
  ['/operations/backlog-list', '', 400, 'The input is no JSON.'],
  ['/operations/backlog-lists', '{}', 404, 'No such operation.'],
  ['/operations/__proto__', '{}', 404, 'No such operation.'],
  ['/operations/backlog-list/more', '{}', 404, 'No such operation.'],
  ['/', '{}', 404, 'No such operation.'],
])(
  'POST %s with %s is answered with %i and a sentence, and nothing is done',
  async (path, body, status, words) => {
    const { db, onFailure, post } = setUp();
    expect(await post(path, body)).toEqual([status, expect.stringContaining(words)]);
    expect(db).not.toHaveBeenCalled();
    expect(onFailure).not.toHaveBeenCalled();
  },
);

test('reading a path without POST finds nothing', async () => {
  expect((await setUp().app.request('/operations/backlog-list')).status).toBe(404);
});

test('who asks learns that it failed, and whoever serves it why', async () => {
  const { onFailure, post } = setUp();
  expect(await post('/operations/backlog-list', '{}')).toEqual([
    500,
    'The service could not answer.',
  ]);
  expect(onFailure).toHaveBeenCalledExactlyOnceWith(
    'backlog-list',
    expect.objectContaining({ message: 'no answer from the database of a secret host' }),
  );
});

test.each([
  ['ann', 'ann'],
  ['K%C3%B6ln%1B', 'Köln\\u{1B}'],
  ['%', undefined],
  [undefined, undefined],
])('the command of %s acts under a name that a reader sees', async (header, name) => {
  const { app, contextOf } = setUp();
  await app.request('/operations/backlog-list', {
    method: 'POST',
    body: '{}',
    headers: header === undefined ? {} : { 'tocsin-actor': header },
  });
  expect(contextOf).toHaveBeenCalledExactlyOnceWith(name);
});
