// Requests that are written to be misread: addresses that mean another one, headers with a line too
// many, two requests in one, bodies that are too deep or too long for whoever reads them. Raw
// sockets, the whole app, a real database.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guardServer, serverOptions } from '../../src/http/guard.ts';
import { createIdentity } from '../../src/http/identity/index.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { operations, signInOn } from '../../src/operations/index.ts';
import { contextOn } from '../operations/acting.ts';
import { useDatabase } from '../store/stored.ts';
import { bearer, loginPage, makeToken, plainAccess } from './identity/visiting.ts';
import { setUp } from './set-up.ts';

const db = useDatabase();
const http = createHttpClient();
const failures: string[] = [];
const server = createServer(serverOptions);

function openApp() {
  const { identify, signInRoutes } = createIdentity({
    loginPage,
    access: () => plainAccess,
    signIn: () => signInOn(db()),
    http: () => http,
    onFailure: (what, error) => failures.push(`${what}: ${error}`),
  });
  return setUp({
    ...{ identify, signInRoutes },
    contextOf: (actor) => contextOn(db(), { actor }),
    onFailure: (what, error) => failures.push(`${what}: ${error}`),
  }).app;
}

beforeAll(async () => {
  guardServer(server, getRequestListener(openApp().fetch));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => void server.close());

/** What comes back for the bytes, until the server closes the connection. */
async function said(bytes: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {});
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return text;
}

/** The host is another one: whoever comes from this machine by its own name may look. */
const line = (target: string, headers: readonly string[] = []) =>
  [`GET ${target} HTTP/1.1`, 'Host: tocsin.example', 'Connection: close', ...headers, '', ''].join(
    '\r\n',
  );

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const headOf = (answer: string) => answer.split('\r\n\r\n')[0]!;

const guarded = ['/tokens', '/events', '/api/v1/tokens', '/api/v1/events'];
const spellings: Readonly<Record<string, (path: string) => string>> = {
  'a dot': (path) => `/.${path}`,
  'two dots': (path) => `/assets/..${path}`,
  'two dots, encoded': (path) => `/healthz/%2e%2e${path}`,
  'dots, half encoded': (path) => `/login/.%2E${path}`,
  'two dots twice encoded': (path) => `/login/%252e%252e${path}`,
  'a doubled slash': (path) => `/${path}`,
  'doubled slashes within': (path) => path.replace(/(?<=.)\//g, '//'),
  'an encoded slash': (path) => `/${path.slice(1).replaceAll('/', '%2F')}`,
  'a backslash': (path) => `/healthz\\..\\${path.slice(1)}`,
  'an encoded backslash': (path) => `/healthz%5c..%5c${path.slice(1)}`,
  'a parameter of the path': (path) => `${path};a=/healthz`,
  'a parameter before': (path) => `/healthz;/..${path}`,
  'a slash at the end': (path) => `${path}/`,
  'an encoded letter': (path) => path.replace('e', '%65'),
  'large letters': (path) => path.toUpperCase(),
  'an encoded NUL': (path) => `${path}%00`,
  'an encoded line': (path) => `${path}%0d%0a`,
  'half a character': (path) => `${path}%c3%28`,
  'half an escape': (path) => `${path}%2`,
  'a character of another width': (path) => `${path.replace('e', '%ef%bd%85')}`,
  'a question twice': (path) => `${path}??token=x`,
  'a fragment': (path) => `${path}#/healthz`,
  'an address of another host': (path) => `http://127.0.0.1${path}`,
};

test.each(Object.entries(spellings))(
  'an address with %s leads nowhere else',
  async (_, spelled) => {
    const headers = [`Authorization: Bearer ${await makeToken(db(), 'ann', 'admin')}`];
    for (const path of guarded) {
      const answer = await said(line(spelled(path)));
      expect([303, 400, 401, 403, 404, 405], path).toContain(statusOf(answer));
      expect(headOf(answer)).not.toMatch(/^location: (?!\/login)/im);
      expect(statusOf(await said(line(spelled(path), headers))), path).toBeLessThan(500);
    }
    expect(failures).toEqual([]);
  },
);

test.each([
  ['an address', line(`/events?text=${'a'.repeat(20_000)}`)],
  ['a name', line(`/api/v1/sinks/${'a'.repeat(20_000)}`)],
  ['a header', line('/events', [`X-Long: ${'a'.repeat(20_000)}`])],
  ['a token', line('/api/v1/events', [`Authorization: Bearer ${'a'.repeat(20_000)}`])],
])('%s that is too long is refused before anybody reads it', async (_, bytes) => {
  expect(statusOf(await said(bytes))).toBe(431);
});

describe('a line that is put into a name', () => {
  const injected = '%0d%0aset-cookie:%20injected=1%0d%0a%0d%0ainjected';

  test.each([
    `/${injected}`,
    `/login?next=/${injected}`,
    `/login?next=%2F%0d%0aset-cookie:injected`,
    `/events/${injected}`,
    `/sinks/${injected}`,
    `/events?hash=${injected}`,
    `/api/v1/sinks/${injected}`,
    `/api/v1/events/export?format=${injected}`,
    `/api/v1/events?cursor=${injected}`,
  ])('%s adds no header to the answer', async (target) => {
    const token = await makeToken(db(), 'ann', 'admin');
    for (const headers of [[], [`Authorization: Bearer ${token}`]]) {
      const answer = await said(line(target, headers));
      expect(statusOf(answer)).toBeLessThan(500);
      expect(headOf(answer)).not.toMatch(/^(?:set-cookie: ?)?injected/im);
    }
  });

  test.each(['Idempotency-Key', 'If-Match', 'Last-Event-ID', 'Accept-Language', 'Cookie'])(
    'in %s is refused, or is nothing',
    async (name) => {
      const answer = await said(line('/api/v1/events', [`${name}: a\rSet-Cookie: injected=1`]));
      expect([400, 401, 403]).toContain(statusOf(answer));
      expect(headOf(answer)).not.toMatch(/injected/i);
    },
  );
});

const inner = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (...headers: readonly string[]) =>
  ['POST /api/v1/routes/test HTTP/1.1', 'Host: x', ...headers, '', ''].join('\r\n');

describe('a request within another', () => {
  test.each([
    ['two lengths', post('Content-Length: 0', `Content-Length: ${inner.length}`)],
    ['a length and pieces', post(`Content-Length: ${inner.length}`, 'Transfer-Encoding: chunked')],
    ['pieces by another name', post('Transfer-Encoding: xchunked')],
    ['a space before the colon', post('Transfer-Encoding : chunked')],
    ['pieces twice', post('Transfer-Encoding: chunked, identity')],
    ['a length that is none', post('Content-Length: +5')],
    ['a folded header', post('X-A: b', ' Content-Length: 5')],
    ['a line without its return', `GET /healthz HTTP/1.1\nHost: x\nContent-Length: 5\n\n`],
  ])('by %s is cut, and the inner one is not answered', async (_, bytes) => {
    const answer = await said(bytes + inner);
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(statusOf(answer)).toBe(400);
  });
});

const withBody = operations.filter(({ route }) => route?.startsWith('POST '));
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

const bodies: readonly (readonly [what: string, body: string, status: number])[] = [
  ['nested 51 levels', deep(51), 400],
  ['nested 100,000 levels', deep(100_000), 400],
  ['of open brackets', '['.repeat(900_000), 400],
  ['longer than a megabyte', `{"a":"${'a'.repeat(1_000_000)}"}`, 413],
  ['with a list of 300,000', `{"ids":[${'1,'.repeat(300_000)}1],"hostile":1}`, 400],
  ['with 70,000 names', `{${Array.from({ length: 70_000 }, (_, n) => `"a${n}":1`)}}`, 400],
  ['with a name of 900,000 characters', `{"${'a'.repeat(900_000)}":1}`, 400],
  ['with a number of 900,000 digits', `{"hostile":${'9'.repeat(900_000)}}`, 400],
  ['with a prototype', '{"__proto__":{"role":"admin"}}', 400],
  ['with a constructor', '{"constructor":{"prototype":{"role":"admin"}}}', 400],
  ['with a name twice', '{"hostile":1,"hostile":2}', 400],
  ['with NUL in a name', '{"a\\u0000":1}', 400],
  ['with half a character', '{"a":"\\ud800"}', 400],
  ['that is no object', '[]', 400],
  ['that is no JSON', '{"a":NaN}', 400],
];

/**
 * Asks again where the answer was lost: the server hangs up on a body that it does not read, and a
 * client that is still sending, or that sends on the same connection, sees only that.
 */
async function answerTo(url: string, sent: RequestInit, times = 20): Promise<Response> {
  try {
    return await fetch(url, sent);
  } catch (error) {
    const { code = '' } = ((error as Error).cause ?? {}) as { readonly code?: string };
    const isCutOff = ['EPIPE', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(code);
    if (!isCutOff || times === 0) throw error;
    return answerTo(url, sent, times - 1);
  }
}

test.each(withBody)('$name refuses in few words a body that would hurt its reader', async (one) => {
  const path = `/api/v1${one.route!.split(' ')[1]!.replace(/\{\w+\}/g, '1')}`;
  const { port } = server.address() as AddressInfo;
  const headers = {
    ...bearer(await makeToken(db(), 'ann', 'admin')),
    'content-type': 'application/json',
  };
  for (const [what, body, status] of bodies) {
    const sent = { method: 'POST', headers, body };
    const answer = await answerTo(`http://127.0.0.1:${port}${path}`, sent);
    const { length } = await answer.text();
    expect([answer.status, length < 2000], what).toEqual([status, true]);
  }
  expect(({} as Record<string, unknown>).role).toBeUndefined();
  expect(failures).toEqual([]);
});
