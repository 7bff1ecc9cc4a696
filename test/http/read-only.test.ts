// A token that may only look: each act is refused through the API and the page, and nothing happens.
import { expect, test } from 'vitest';
import { createIdentity } from '../../src/http/identity/index.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { operations, signInOn } from '../../src/operations/index.ts';
import { contextOn } from '../operations/acting.ts';
import { drafts, storePage, useDatabase } from '../store/stored.ts';
import { bearer, loginPage, makeToken, plainAccess } from './identity/visiting.ts';
import { setUp } from './set-up.ts';

const db = useDatabase();
const http = createHttpClient();

/** The whole app, by which people are who their token says. */
function openApp() {
  const { identify, signInRoutes } = createIdentity({
    loginPage,
    access: () => plainAccess,
    signIn: () => signInOn(db()),
    http: () => http,
    onFailure: (what, error) => expect.unreachable(`${what}: ${error}`),
  });
  return setUp({ identify, signInRoutes, contextOf: (actor) => contextOn(db(), { actor }) }).app;
}

const acts = operations.filter(({ permission, route }) => permission !== 'read' && route);

/** Everything that an act could change. */
const everything = () => db().$client`
  select (select json_agg(d order by d.event_id) from deliveries d)::text as deliveries,
    (select json_agg(s) from silences s)::text as silences,
    (select json_agg(c) from controls c)::text as controls,
    (select json_agg(t.name) from api_tokens t)::text as tokens,
    (select count(*) from audit_log)::int as noted`;

test.each(acts)('$name', async ({ route }) => {
  const app = openApp();
  await storePage(db(), { events: drafts(1, 2) });
  const headers = { ...bearer(await makeToken(db(), 'reader', 'read')) };
  const before = await everything();
  const [method, path] = route!.split(' ') as [string, string];
  const isPost = method === 'POST';
  const answer = await app.request(`/api/v1${path.replace(/\{\w+\}/g, 'soc')}`, {
    method,
    headers: { ...headers, ...(isPost && { 'content-type': 'application/json' }) },
    ...(isPost && { body: '{}' }),
  });
  expect([answer.status, await answer.json()]).toEqual([
    403,
    expect.objectContaining({ detail: expect.stringContaining('needs the role') }),
  ]);
  expect(await everything()).toEqual(before);
});

test('each form of the page but the two that compare', async () => {
  const app = openApp();
  await storePage(db(), { events: drafts(1, 2) });
  const [stored] = await db().$client`select max(id)::text as id from events`;
  const headers = { 'sec-fetch-site': 'same-origin' };
  const signIn = new URLSearchParams({ token: await makeToken(db(), 'reader', 'read') });
  const signedIn = await app.request('/login', { method: 'POST', headers, body: signIn });
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
  const before = await everything();
  const paths = app.routes
    .filter(({ method, path }) => method === 'POST' && !/^\/(api|chat|hooks)\//.test(path))
    .map(({ path }) => path);
  const own = new Set(paths.filter((path) => !/^\/log(in|out)$/.test(path)));
  expect(own.size).toBeGreaterThan(15);
  const form = { reason: 'x', for: '2h', expected: '2', confirm: 'a', name: 'x', role: 'admin' };
  const body = new URLSearchParams({ ...form, matcher: '{"types": ["A"]}', version: '1' });
  for (const path of own) {
    const address = path
      .replace('/sources/:source', '/sources/a')
      .replace('/events/:event', `/events/${stored?.id}`)
      .replace(/:\w+/, 'soc');
    const sent = { method: 'POST', headers: { ...headers, cookie }, body };
    const { status } = await app.request(address, sent);
    const isComparing = path === '/routes/test' || path === '/routes/draft';
    expect([path, status]).toEqual([path, isComparing ? 400 : 403]);
  }
  expect(await everything()).toEqual(before);
});
