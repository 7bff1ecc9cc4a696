// Libraries call the provider by our client: what they send arrives, and an endless answer ends.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { fetchBy } from '../../../src/http/identity/fetch.ts';
import { createHttpClient } from '../../../src/kit/http/index.ts';

async function setUp(answer: string, status = 200) {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    seen.push(`${request.method} ${request.url} ${request.headers['x-a'] ?? ''} ${body}`.trim());
    response.writeHead(status, { 'x-b': 'c' }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = createHttpClient();
  onTestFinished(async () => {
    await http.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { seen, fetch: fetchBy(http), url: `http://127.0.0.1:${port}/p` };
}

test('sends method, headers and form, and gives status, headers and body', async () => {
  const { seen, fetch, url } = await setUp('{"a":1}');
  const answer = await fetch(url, {
    method: 'POST',
    headers: new Headers({ 'x-a': 'b' }),
    body: new URLSearchParams({ q: 'a b' }),
  });
  expect([answer.status, answer.headers.get('x-b'), await answer.json()]).toEqual([
    ...[200, 'c', { a: 1 }],
  ]);
  await fetch(url, {});
  expect(seen).toEqual(['POST /p b q=a+b', 'GET /p']);
});

test('an answer without a body is one', async () => {
  const { fetch, url } = await setUp('', 204);
  expect((await fetch(url, {})).status).toBe(204);
});

test('an answer that is too long is a failure', async () => {
  const { fetch, url } = await setUp('x'.repeat(600_000));
  await expect(fetch(url, {})).rejects.toThrow('too long');
});

test('a far end that is not there is a failure, and an abort ends the wait', async () => {
  const { fetch, url } = await setUp('x');
  await expect(fetch('http://127.0.0.1:9/', {})).rejects.toThrow();
  await expect(fetch(url, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  );
});
