// HTTP over the socket of DATA_DIR: what is asked arrives whole, and what fails says nothing more.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { answerRequest, requestHolder } from '../../../src/store/embedded/directory-request.ts';

type Handler = Parameters<typeof answerRequest>[2];

/** The socket of a process that answers by `handler`. */
async function listen(handler: Handler): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  const path = join(directory, 's');
  const server = createServer((request, response) => {
    void answerRequest(request, response, handler);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return path;
}

/** What the handler was asked, as it answers it. */
const echo: Handler = async (request) =>
  Response.json(
    {
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    },
    { status: 201 },
  );

test('method, path, headers and body arrive, and status and body come back', async () => {
  const path = await listen(echo);
  const answer = await requestHolder(path, '/dead?sink=soc%20a', {
    method: 'POST',
    headers: { 'content-type': 'text/plain', 'x-id': '7' },
    body: 'ä'.repeat(100_000),
  });
  expect(answer.status).toBe(201);
  expect(JSON.parse(answer.body)).toMatchObject({
    method: 'POST',
    url: 'http://tocsin/dead?sink=soc%20a',
    headers: { host: 'tocsin', 'content-type': 'text/plain', 'x-id': '7' },
    body: 'ä'.repeat(100_000),
  });
});

test('without more it is a GET without a body', async () => {
  const { body } = await requestHolder(await listen(echo), '/', {});
  expect(JSON.parse(body)).toMatchObject({ method: 'GET', body: '' });
});

test('before there is a handler the answer is 503', async () => {
  expect(await requestHolder(await listen(undefined), '/', {})).toEqual({
    status: 503,
    body: 'The service is starting or stopping.',
  });
});

test.each<[string, NonNullable<Handler>]>([
  ['rejects', () => Promise.reject(new Error('password=hunter2'))],
  [
    'throws',
    () => {
      throw new Error('password=hunter2');
    },
  ],
])('a handler that %s makes a 500 that says nothing of its error', async (_, handler) => {
  expect(await requestHolder(await listen(handler), '/', {})).toEqual({
    status: 500,
    body: 'The service could not answer.',
  });
});

test('a question of more than 10 MB does not reach the handler', async () => {
  let calls = 0;
  const path = await listen(async () => {
    calls += 1;
    return new Response();
  });
  const body = 'x'.repeat(10 * 1024 * 1024 + 1);
  const asked = requestHolder(path, '/', { method: 'POST', body });
  // The rest of it is not read, so that the connection may end before the answer was.
  const status = await asked.then(
    (answer) => answer.status,
    (error: NodeJS.ErrnoException) => error.code,
  );
  expect([500, 'EPIPE', 'ECONNRESET']).toContain(status);
  expect(calls).toBe(0);
});

test('an answer of more than 10 MB is refused', async () => {
  const path = await listen(async () => new Response('x'.repeat(10 * 1024 * 1024 + 1)));
  await expect(requestHolder(path, '/', {})).rejects.toThrow(
    'The body is larger than 10485760 bytes.',
  );
});

test('an answer that does not come in time is given up', async () => {
  const path = await listen(() => new Promise(() => {}));
  await expect(requestHolder(path, '/', { timeoutMs: 100 })).rejects.toThrow(
    'The running service did not answer within 0.1 s.',
  );
});

test('where nobody listens, the error has the code of the system', async () => {
  await expect(requestHolder(join(tmpdir(), 'nobody.sock'), '/', {})).rejects.toMatchObject({
    code: 'ENOENT',
  });
});
