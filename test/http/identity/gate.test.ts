// Who is let in, and who is not, whatever they send: tokens, cookies, other sites, and floods.
import { describe, expect, test, vi } from 'vitest';
import { makeSecret, makeToken as newToken } from '../../../src/kit/token.ts';
import { perform, type SignIn, session, signInOn, token } from '../../../src/operations/index.ts';
import { contextOn } from '../../operations/acting.ts';
import { useDatabase } from '../../store/stored.ts';
import { bearer, makeToken, openDoor, signedIn } from './visiting.ts';

const db = useDatabase();
const own = { 'sec-fetch-site': 'same-origin' };
const json = { 'content-type': 'application/json' };

describe('a bearer token', () => {
  test('makes its holder who it was made for, through any method and from anywhere', async () => {
    const door = openDoor(db());
    const text = await makeToken(db());
    expect(await door.whoIs({ headers: bearer(text) })).toBe('token:ci operate');
    const elsewhere = { ...bearer(text), origin: 'https://evil.example', ...json };
    expect(await door.whoIs({ method: 'POST', headers: elsewhere, body: '{}' })).toBe(
      'token:ci operate',
    );
  });

  test.each(['bearer', 'BEARER'])('may be announced as %s', async (scheme) => {
    const headers = { authorization: `${scheme}  ${await makeToken(db())} ` };
    expect(await openDoor(db()).whoIs({ headers })).toBe('token:ci operate');
  });

  test('that is wrong, expired or revoked gets the same answer', async () => {
    const door = openDoor(db());
    const text = await makeToken(db());
    const [other] = [await makeToken(db(), 'other')];
    const answer = async (sent: string) => {
      const response = await door.visit('/api/v1/who', { headers: bearer(sent) });
      return [response.status, await response.text()];
    };
    const unknown = await answer(newToken());
    expect(unknown[0]).toBe(401);
    expect(await answer('tocsin_short')).toEqual(unknown);
    await db().$client`update api_tokens set expires_at = now() where name = 'ci'`;
    expect(await answer(text)).toEqual(unknown);
    const listed = await perform(token.list, contextOn(db()), {});
    const { id } = listed.items.find(({ name }) => name === 'other')!;
    await perform(token.revoke, contextOn(db()), { token: id });
    expect(await answer(other)).toEqual(unknown);
  });

  test('that is wrong counts, although the browser is signed in', async () => {
    const door = openDoor(db());
    const cookie = await signedIn(door, await makeToken(db()));
    expect(await door.whoIs({ headers: { ...cookie, ...bearer(newToken()) } })).toBe(401);
  });

  // The time of an answer must say nothing: there is one way for every token of the right form.
  test('is looked up by its hash, whatever it is, with the same statement', async () => {
    const byToken = vi.fn(async () => null);
    const noteFailure = async () => ({ count: 1, secondsLeft: 300 });
    const signIn = { byToken, noteFailure } as unknown as SignIn;
    const door = openDoor(undefined, { signIn });
    for (const text of [newToken(), newToken()]) await door.whoIs({ headers: bearer(text) });
    expect(byToken).toHaveBeenCalledTimes(2);
  });
});

describe('nobody', () => {
  test('may look from this machine until there is a token, and learns how to make one', async () => {
    const door = openDoor(db());
    const here = { peer: '127.0.0.1', headers: { host: 'localhost:8080' } };
    expect(await door.whoIs(here)).toBe('loopback read');
    const far = await door.visit('/api/v1/who');
    expect([far.status, await far.text()]).toEqual([
      403,
      expect.stringContaining('tocsin token create'),
    ]);
    expect(await door.whoIs({ ...here, headers: { host: 'rebound.example' } })).toBe(403);
    // Another site cannot let this browser act, although it asks for localhost.
    const forged = { host: 'localhost:8080', 'sec-fetch-site': 'cross-site', ...json };
    expect(await door.whoIs({ ...here, method: 'POST', headers: forged, body: '{}' })).toBe(403);
    await makeToken(db());
    expect(await openDoor(db()).whoIs(here)).toBe(401);
  });

  test.each([
    [{ oidc: { issuer: 'https://a', clientId: 'b', scopes: 'openid', groupsClaim: 'groups' } }],
    [{ headers: { user: 'x-user', isSender: () => false } }],
  ])('is anybody on this machine once %j is configured', async (access) => {
    const here = { peer: '127.0.0.1', headers: { host: 'localhost:8080' } };
    expect(await openDoor(db(), { access }).whoIs(here)).toBe(401);
  });

  test('comes in while the database is not ready', async () => {
    expect(await openDoor(undefined).whoIs({ headers: bearer(newToken()) })).toBe(503);
    expect(await openDoor(undefined).whoIs({ peer: '127.0.0.1' })).toBe(503);
  });
});

test('while the database fails nobody is recognised, and the log learns why', async () => {
  const failed = async () => {
    throw new Error('the database is gone');
  };
  const signIn = { byToken: failed, bySession: failed, isAnyTokenLive: failed };
  const onFailure = vi.fn();
  const door = openDoor(undefined, { signIn: signIn as unknown as SignIn, onFailure });
  const answer = await door.visit('/api/v1/who', { headers: bearer(newToken()) });
  expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('log')]);
  const cookie = `tocsin_session=${makeSecret()}`;
  expect(await door.whoIs({ headers: { cookie } })).toBe(503);
  expect(await door.whoIs()).toBe(503);
  const body = new URLSearchParams({ token: newToken() }).toString();
  const login = await door.visit('/login', { method: 'POST', headers: door.ownForm, body });
  expect(login.status).toBe(503);
  expect(onFailure.mock.calls.map(([what]) => what)).toEqual([
    ...['identify', 'identify', 'identify', 'login'],
  ]);
});

describe('the cookie of a browser', () => {
  test('makes it who signed in, until signed out by anybody', async () => {
    const door = openDoor(db());
    const headers = await signedIn(door, await makeToken(db()));
    expect(await door.whoIs({ headers })).toBe('token:ci operate');
    await perform(session.revoke, contextOn(db()), { subject: 'token:ci' });
    expect(await door.whoIs({ headers })).toBe(401);
  });

  test('ends with its token', async () => {
    const door = openDoor(db());
    await makeToken(db(), 'another');
    const headers = await signedIn(door, await makeToken(db()));
    const [{ id } = { id: '' }] = (await perform(token.list, contextOn(db()), {})).items;
    await perform(token.revoke, contextOn(db()), { token: id });
    expect(await door.whoIs({ headers })).toBe(401);
  });

  test.each([
    ['one that was never given', `tocsin_session=${makeSecret()}`],
    ['a huge one', `tocsin_session=${'x'.repeat(7000)}`],
    ['many', Array.from({ length: 200 }, (_, n) => `tocsin_session=${n}`).join('; ')],
    ['a statement', "tocsin_session=' or ''='"],
    ['one with bad escapes', 'tocsin_session=%E0%A4%A'],
  ])('%s is nobody', async (_, cookie) => {
    await makeToken(db());
    expect(await openDoor(db()).whoIs({ headers: { cookie } })).toBe(401);
  });

  test('acts only for our own page: not for a form or JSON of another site', async () => {
    const door = openDoor(db(), { access: { publicUrl: 'https://tocsin.example' } });
    const cookie = await signedIn(door, await makeToken(db()));
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const act = (more: Readonly<Record<string, string>>, method = 'POST') =>
      door.whoIs({ method, headers: { ...cookie, ...more }, body: '{}' });
    for (const type of [form, json]) {
      expect(await act({ ...type, ...own })).toBe('token:ci operate');
      expect(await act({ ...type, origin: 'https://tocsin.example' })).toBe('token:ci operate');
      expect(await act({ ...type, origin: 'https://evil.example' })).toBe(403);
      expect(await act({ ...type, origin: 'null' })).toBe(403);
      expect(await act(type)).toBe(403);
      for (const site of ['cross-site', 'same-site', 'none'])
        expect(await act({ ...type, 'sec-fetch-site': site })).toBe(403);
      for (const method of ['PUT', 'DELETE', 'PATCH', 'QUERY'])
        expect(await act({ ...type, origin: 'https://evil.example' }, method)).toBe(403);
    }
    expect(await act({ ...own, 'content-type': 'text/plain' })).toBe(403);
  });

  test('reads for a link of another site, which cannot see the answer', async () => {
    const door = openDoor(db());
    const cookie = await signedIn(door, await makeToken(db()));
    const headers = { ...cookie, 'sec-fetch-site': 'cross-site' };
    expect(await door.whoIs({ headers })).toBe('token:ci operate');
  });
});

describe('many failures', () => {
  test('keep an address out, on every replica, with the time that is left', async () => {
    const doors = [openDoor(db()), openDoor(db())];
    const fail = (n: number, peer?: string) =>
      doors[n % 2]!.visit('/api/v1/who', {
        headers: bearer(newToken()),
        ...(peer !== undefined && { peer }),
      });
    const statuses: number[] = [];
    for (let n = 0; n < 14; n += 1) statuses.push((await fail(n)).status);
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(4).fill(429)]);
    expect(await (await fail(0)).text()).toMatch(/Try again in \d+ s\.$/);
    expect((await fail(0, '192.0.2.8')).status).toBe(401);
  });

  test('let right tokens through: any while few are tried, else those that worked before', async () => {
    const byToken = vi.fn(signInOn(db()).byToken);
    const door = openDoor(undefined, { signIn: { ...signInOn(db()), byToken } });
    const [known, fresh] = [await makeToken(db()), await makeToken(db(), 'fresh')];
    expect(await door.whoIs({ headers: bearer(known) })).toBe('token:ci operate');
    const fail = () => door.whoIs({ headers: bearer(newToken()) });
    for (let n = 0; n < 12; n += 1) await fail();
    expect(await door.whoIs({ headers: bearer(fresh) })).toBe('token:fresh operate');
    const third = await makeToken(db(), 'third');
    byToken.mockClear();
    const refused = await Promise.all(Array.from({ length: 200 }, fail));
    expect(new Set(refused)).toEqual(new Set([429]));
    // As many as are tried in a second, on a machine that takes several for it.
    expect(byToken.mock.calls.length).toBeLessThan(150);
    expect(await door.whoIs({ headers: bearer(known) })).toBe('token:ci operate');
    expect([429, 'token:third operate']).toContain(await door.whoIs({ headers: bearer(third) }));
    const [{ sum } = {}] = await db().$client`select sum(count)::int as sum from failed_logins`;
    expect(sum).toBe(11);
  });

  test('ten thousand cost few statements and few rows', async () => {
    const door = openDoor(db());
    let refused = 0;
    const statuses = new Set<string | number>();
    for (let batch = 0; batch < 100; batch += 1) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => door.whoIs({ headers: bearer(newToken()) })),
      );
      for (const status of answers) statuses.add(status);
      if (batch > 0) refused += answers.filter((status) => status === 429).length;
    }
    expect(statuses).toEqual(new Set([401, 429]));
    expect(refused).toBe(9900);
    const [{ rows, sum } = {}] = await db().$client`
      select count(*)::int as rows, sum(count)::int as sum from failed_logins`;
    expect(rows).toBeLessThanOrEqual(2);
    expect(sum).toBeLessThanOrEqual(100);
  });
});
