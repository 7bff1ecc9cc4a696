// Browsers sign in with a token and out again; no other site can make them, or lead them away.
import { describe, expect, test } from 'vitest';
import { makeSecret, makeToken as newToken } from '../../../src/kit/token.ts';
import { useDatabase } from '../../store/stored.ts';
import { cookieOf, makeToken, openDoor, signedIn } from './visiting.ts';

const db = useDatabase();
const json = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
const form = (token: string, next = '/') => new URLSearchParams({ token, next }).toString();

test('a form signs in, and leads to where the browser wanted to go', async () => {
  const door = openDoor(db());
  const text = await makeToken(db());
  const sent = { method: 'POST', headers: door.ownForm };
  const answer = await door.visit('/login', { ...sent, body: form(` ${text}\n`, '/events?q=a') });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/events?q=a']);
  expect(answer.headers.get('set-cookie')).toMatch(
    /^tocsin_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
  );
});

test('with a public address of https, the cookie is kept to this host and to TLS', async () => {
  const door = openDoor(db(), { access: { publicUrl: 'https://tocsin.example' } });
  const body = JSON.stringify({ token: await makeToken(db()) });
  const answer = await door.visit('/login', { method: 'POST', headers: json, body });
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { name: 'token:ci', role: 'operate' },
  ]);
  expect(answer.headers.get('set-cookie')).toMatch(
    /^__Host-tocsin=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  const plain = cookieOf(answer)!.replace('__Host-tocsin', 'tocsin_session');
  expect(await door.whoIs({ headers: { cookie: plain } })).toBe(401);
});

test('a wrong token gets the form again, with what is wrong; a program gets a problem', async () => {
  const door = openDoor(db());
  const sent = { method: 'POST', headers: door.ownForm, body: form(newToken(), '/events') };
  const answer = await door.visit('/login', sent);
  expect(answer.status).toBe(401);
  expect(answer.headers.get('set-cookie')).toBeNull();
  const page = await answer.text();
  expect(page).toContain('This token is not valid.');
  expect(page).toContain('value="/events"');
  for (const body of ['{"token": 1}', '[]', 'null', '{']) {
    const problem = await door.visit('/login', { method: 'POST', headers: json, body });
    expect(problem.status).toBe(401);
    expect(problem.headers.get('content-type')).toBe('application/problem+json');
  }
});

test('after many failures a wrong token is told how long to wait, and a right one signs in', async () => {
  const door = openDoor(db());
  const text = await makeToken(db());
  const post = (token: string) =>
    door.visit('/login', { method: 'POST', headers: door.ownForm, body: form(token) });
  for (let n = 0; n < 11; n += 1) await post(newToken());
  const answer = await post(newToken());
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(100);
  // Anybody may have failed behind the address that others share.
  expect((await post(text)).status).toBe(303);
  const body = JSON.stringify({ token: newToken() });
  const problem = await door.visit('/login', { method: 'POST', headers: json, body });
  expect([problem.status, Number(problem.headers.get('retry-after')) > 100]).toEqual([429, true]);
});

describe('signing in', () => {
  test('gives a new cookie, whatever cookie the browser had, and ends that session', async () => {
    const door = openDoor(db());
    const text = await makeToken(db());
    const planted = `tocsin_session=${makeSecret()}`;
    const sent = { method: 'POST', body: form(text) };
    const first = await door.visit('/login', {
      ...sent,
      headers: { ...door.ownForm, cookie: planted },
    });
    expect(cookieOf(first)).not.toBe(planted);
    expect(await door.whoIs({ headers: { cookie: planted } })).toBe(401);
    const before = await signedIn(door, text);
    await door.visit('/login', { ...sent, headers: { ...door.ownForm, ...before } });
    expect(await door.whoIs({ headers: before })).toBe(401);
  });

  test('by another site is refused', async () => {
    const door = openDoor(db());
    const body = form(await makeToken(db()));
    for (const path of ['/login', '/logout']) {
      const headers = { ...door.ownForm, 'sec-fetch-site': 'cross-site' };
      const answer = await door.visit(path, { method: 'POST', headers, body });
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
    }
  });

  test.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/\t/evil.example'])(
    'leads nowhere else: %j',
    async (next) => {
      const door = openDoor(db());
      const body = form(await makeToken(db()), next);
      const answer = await door.visit('/login', { method: 'POST', headers: door.ownForm, body });
      expect(answer.headers.get('location')).toBe('/');
      const page = await door.visit(`/login?next=${encodeURIComponent(next)}`);
      expect(await page.text()).toContain('name="next" value="/"');
    },
  );

  test('with a body that is too long is refused', async () => {
    const door = openDoor(db());
    const body = form('x'.repeat(20_000));
    const answer = await door.visit('/login', { method: 'POST', headers: door.ownForm, body });
    expect(answer.status).toBe(413);
  });

  test('leaves the forms of other pages as long as they are', async () => {
    const door = openDoor(db());
    const body = form('x'.repeat(20_000));
    const sent = { method: 'POST', headers: door.ownForm, body };
    expect((await door.visit('/elsewhere', sent)).status).toBe(404);
    expect((await door.visit('/logout', sent)).status).toBe(413);
  });

  test('waits for the database', async () => {
    const door = openDoor(undefined);
    const sent = { method: 'POST', headers: door.ownForm, body: form(newToken()) };
    expect((await door.visit('/login', sent)).status).toBe(503);
  });
});

test('signing out ends the session, and forgets the cookie', async () => {
  const door = openDoor(db());
  const cookie = await signedIn(door, await makeToken(db()));
  const out = { method: 'POST', headers: { ...door.ownForm, ...cookie } };
  const answer = await door.visit('/logout', out);
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/login']);
  expect(answer.headers.get('set-cookie')).toMatch(/^tocsin_session=; Max-Age=0/);
  expect(await door.whoIs({ headers: cookie })).toBe(401);
  expect((await door.visit('/logout', { method: 'POST', headers: door.ownForm })).status).toBe(303);
});

test('the form shows hostile text as text', async () => {
  const page = await openDoor(db()).visit(
    `/login?next=${encodeURIComponent('/"><script>x</script>')}`,
  );
  const text = await page.text();
  expect(text).not.toContain('<script>');
});

test('the form may be of the page', async () => {
  const loginPage = () => new Response('own form', { headers: { 'content-type': 'text/plain' } });
  const answer = await openDoor(db(), { loginPage }).visit('/login');
  expect([answer.status, await answer.text()]).toEqual([200, 'own form']);
});
