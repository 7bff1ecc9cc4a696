// Sign-in at an identity provider: a person comes back as who they are, and no other answer counts.
import { describe, expect, test, vi } from 'vitest';
import { tripOfText, tripToText } from '../../../src/http/identity/oidc.ts';
import type { Access } from '../../../src/kit/access.ts';
import { useDatabase } from '../../store/stored.ts';
import { clientId, clientSecret, startIdentityProvider } from '../../support/identity-provider.ts';
import { cookieOf, type Door, openDoor } from './visiting.ts';

const db = useDatabase();
const publicUrl = 'http://tocsin.example';

async function setUp(more: Partial<Access> = {}) {
  const provider = await startIdentityProvider();
  provider.claims = { sub: 'u1', email: 'ann@example.com', groups: ['soc'] };
  const onFailure = vi.fn();
  const oidc = {
    ...{ issuer: provider.issuer, clientId, clientSecret },
    ...{ scopes: 'openid email', groupsClaim: 'groups' },
  };
  const roles = [{ group: 'soc', role: 'operate' }] as const;
  const door = openDoor(db(), { access: { publicUrl, oidc, roles, ...more }, onFailure });
  return { provider, door, onFailure };
}

/** Goes to the provider. @returns where it sends the browser back, and the cookie of the trip */
async function travel(door: Door, next = '/events?q=a') {
  const answer = await door.visit(`/login/oidc?next=${encodeURIComponent(next)}`);
  expect(answer.status).toBe(302);
  const asked = new URL(answer.headers.get('location')!);
  const back = await fetch(asked, { redirect: 'manual' });
  const { pathname, search } = new URL(back.headers.get('location')!);
  return { asked, back: `${pathname}${search}`, cookie: cookieOf(answer)! };
}

const comeBack = (door: Door, { back, cookie }: { back: string; cookie: string }) =>
  door.visit(back, { headers: { cookie, 'sec-fetch-site': 'cross-site' } });

/** Of the session, which is set after the trip's is cleared. */
function sessionOf(answer: Response): string | undefined {
  const set = answer.headers.getSetCookie().map((text) => text.split(';')[0]!);
  return set.find((text) => /tocsin(_session)?=./.test(text) && !text.includes('trip'));
}

async function whoComesBack(door: Door): Promise<string | number> {
  const answer = await comeBack(door, await travel(door));
  const cookie = sessionOf(answer);
  return cookie === undefined ? answer.status : await door.whoIs({ headers: { cookie } });
}

test('a person comes back signed in, where they wanted to go', async () => {
  const { provider, door } = await setUp();
  const trip = await travel(door);
  expect(Object.fromEntries(trip.asked.searchParams)).toMatchObject({
    client_id: clientId,
    response_type: 'code',
    scope: 'openid email',
    redirect_uri: `${publicUrl}/login/oidc/callback`,
    code_challenge_method: 'S256',
    state: expect.stringMatching(/^.{20,}$/),
    nonce: expect.stringMatching(/^.{20,}$/),
  });
  const answer = await comeBack(door, trip);
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/events?q=a']);
  const cookie = sessionOf(answer)!;
  expect(await door.whoIs({ headers: { cookie } })).toBe('ann@example.com operate');
  expect(answer.headers.getSetCookie()[0]).toMatch(/^tocsin_trip_session=; Max-Age=0/);
  expect(provider.requests).toContain('POST /token');
});

test('the provider is asked about itself once, and anew after a failure', async () => {
  const { provider, door, onFailure } = await setUp();
  const { methods } = provider;
  for (let n = 0; n < 2; n += 1) expect(await whoComesBack(door)).toBe('ann@example.com operate');
  const asked = provider.requests.filter((one) => one.includes('openid-configuration'));
  expect(asked).toHaveLength(1);
  expect(onFailure).not.toHaveBeenCalled();
  expect(provider.methods).toBe(methods);
  provider.close();
  const other = await setUp();
  other.provider.close();
  const answer = await other.door.visit('/login/oidc');
  expect([answer.status, await answer.text()]).toEqual([
    503,
    expect.stringContaining('cannot be reached'),
  ]);
  expect(other.onFailure).toHaveBeenCalledExactlyOnceWith('oidc', expect.anything());
});

test('a provider that takes the secret in the header alone gets it there', async () => {
  const { provider, door } = await setUp();
  provider.methods = ['client_secret_basic'];
  expect(await whoComesBack(door)).toBe('ann@example.com operate');
  expect(provider.requests).toContain('POST /token Basic');
});

test('groups may stand in the user info alone', async () => {
  const { provider, door } = await setUp();
  provider.claims = { sub: 'u1' };
  provider.userInfo = { groups: ['soc'], preferred_username: 'ann' };
  expect(await whoComesBack(door)).toBe('ann operate');
});

test('an address that nobody verified is no name', async () => {
  const { provider, door } = await setUp();
  provider.claims = { ...provider.claims, email: 'ceo@example.com', email_verified: false };
  expect(await whoComesBack(door)).toBe('u1 operate');
});

test('somebody without a role learns it, and is not signed in', async () => {
  const { provider, door } = await setUp();
  provider.claims = { ...provider.claims, groups: ['staff'] };
  const answer = await comeBack(door, await travel(door));
  expect([answer.status, sessionOf(answer)]).toEqual([403, undefined]);
  expect(await answer.text()).toContain('You are ann@example.com, and no group of yours');
});

describe('nobody is signed in', () => {
  test.each(['nonce', 'audience', 'issuer', 'signature', 'expired'] as const)(
    'by a token of identity whose %s is not right',
    async (lie) => {
      const { provider, door, onFailure } = await setUp();
      provider.lie = lie;
      expect(await whoComesBack(door)).toBe(401);
      expect(onFailure).toHaveBeenCalledOnce();
    },
  );

  test('by an answer to another trip, or without a trip', async () => {
    const { door } = await setUp();
    const [mine, theirs] = [await travel(door), await travel(door)];
    const without = await door.visit(mine.back);
    expect([without.status, sessionOf(without)]).toEqual([401, undefined]);
    const mixed = await comeBack(door, { back: theirs.back, cookie: mine.cookie });
    expect([mixed.status, sessionOf(mixed)]).toEqual([401, undefined]);
    const garbage = await comeBack(door, { back: mine.back, cookie: 'tocsin_trip_session=e30' });
    expect(garbage.status).toBe(401);
  });

  test('a second time by the same answer', async () => {
    const { door } = await setUp();
    const trip = await travel(door);
    expect((await comeBack(door, trip)).status).toBe(303);
    expect((await comeBack(door, trip)).status).toBe(401);
  });

  test('if the person said no', async () => {
    const { door } = await setUp();
    const { asked, cookie } = await travel(door);
    const query = new URLSearchParams({
      error: 'access_denied',
      error_description: '<script>x</script>',
      state: asked.searchParams.get('state')!,
    });
    const answer = await comeBack(door, { back: `/login/oidc/callback?${query}`, cookie });
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain('<script>');
  });
});

test('nobody is led elsewhere afterwards', async () => {
  const { door } = await setUp();
  const answer = await comeBack(door, await travel(door, '//evil.example'));
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
  const trip = await travel(door);
  const [name, text] = trip.cookie.split('=') as [string, string];
  const planted = tripToText({ ...tripOfText(text)!, next: 'https://evil.example' });
  const led = await comeBack(door, { ...trip, cookie: `${name}=${planted}` });
  expect([led.status, led.headers.get('location')]).toEqual([303, '/']);
});

test('without a provider there is no such place', async () => {
  const door = openDoor(db());
  for (const path of ['/login/oidc', '/login/oidc/callback?code=a'])
    expect((await door.visit(path)).status).toBe(404);
});

test.each(['', 'e30', '%%%', 'bnVsbA', undefined])('%j is no trip', (text) => {
  expect(tripOfText(text)).toBeNull();
});
