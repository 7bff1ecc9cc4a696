// People for whom a proxy vouches: only by its signature, or from its address.
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test, vi } from 'vitest';
import type { Access } from '../../../src/kit/access.ts';
import { useDatabase } from '../../store/stored.ts';
import { clientId, startIdentityProvider } from '../../support/identity-provider.ts';
import { bearer, makeToken, openDoor, signedIn } from './visiting.ts';

const db = useDatabase();
const roles = [
  { group: 'soc', role: 'operate' },
  { group: 'admins', role: 'admin' },
] as const;
const ann = { sub: 'u1', email: 'ann@example.com', groups: ['soc'] };

describe('a signed assertion', () => {
  async function setUp(more: { readonly header?: string } = {}) {
    const provider = await startIdentityProvider();
    const onFailure = vi.fn();
    const assertion = {
      ...{ header: 'x-assertion', issuer: provider.issuer, audience: clientId },
      ...{ jwksUrl: provider.jwksUrl, groupsClaim: 'groups', ...more },
    };
    const door = openDoor(db(), { access: { assertion, roles }, onFailure });
    const whoIs = (text: string) => door.whoIs({ headers: { 'x-assertion': text } });
    return { provider, door, whoIs, onFailure };
  }

  test('says who it is, and by the groups what they may do', async () => {
    const { provider, whoIs } = await setUp();
    expect(await whoIs(await provider.sign(ann))).toBe('ann@example.com operate');
    const both = await provider.sign({ ...ann, groups: ['soc', 'admins'] });
    expect(await whoIs(both)).toBe('ann@example.com admin');
    expect(await whoIs(await provider.sign({ sub: 'u1', groups: 'x,soc' }))).toBe('u1 operate');
    expect(await whoIs(await provider.sign({ ...ann, groups: [] }))).toBe(403);
    expect(await whoIs(await provider.sign({ groups: ['soc'] }))).toBe(401);
    // Keys are asked for once.
    expect(provider.requests).toEqual(['GET /jwks']);
  });

  test.each(['issuer', 'audience', 'signature', 'expired'] as const)(
    'is refused if its %s is not right',
    async (lie) => {
      const { provider, whoIs } = await setUp();
      provider.lie = lie;
      expect(await whoIs(await provider.sign(ann))).toBe(401);
    },
  );

  test('is refused if nobody, a shared secret or another key signed it, or if it never ends', async () => {
    const { provider, whoIs } = await setUp();
    const claims: JWTPayload = { ...ann, iss: provider.issuer, aud: clientId };
    const inTime = { ...claims, exp: Math.floor(Date.now() / 1000) + 60 };
    const shared = new TextEncoder().encode('x'.repeat(32));
    const header = { alg: 'HS256', kid: 'one' };
    const forged = [
      new UnsecuredJWT(inTime).encode(),
      await new SignJWT(inTime).setProtectedHeader(header).sign(shared),
      await provider.forge(ann),
      'no.token.atall',
      '{}',
    ];
    for (const text of forged) expect(await whoIs(text)).toBe(401);
  });

  test('may come as a bearer token, beside our own tokens', async () => {
    const { provider, door } = await setUp({ header: 'authorization' });
    expect(await door.whoIs({ headers: bearer(await provider.sign(ann)) })).toBe(
      'ann@example.com operate',
    );
    const headers = bearer(await makeToken(db()));
    expect(await door.whoIs({ headers })).toBe('token:ci operate');
  });

  test('cannot be checked while its keys cannot be had, which is said where it helps', async () => {
    const { provider, whoIs, onFailure } = await setUp();
    const text = await provider.sign(ann);
    provider.close();
    expect(await whoIs(text)).toBe(503);
    expect(onFailure).toHaveBeenCalledOnce();
  });

  test('acts for our own page alone', async () => {
    const { provider, door } = await setUp();
    const sent = { 'x-assertion': await provider.sign(ann), 'content-type': 'application/json' };
    const act = (more: object) =>
      door.whoIs({ method: 'POST', headers: { ...sent, ...more }, body: '{}' });
    expect(await act({ 'sec-fetch-site': 'same-origin' })).toBe('ann@example.com operate');
    expect(await act({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await act({})).toBe(403);
  });

  test('goes before a session, and one without a role leaves the session', async () => {
    const { provider, door } = await setUp();
    const cookie = await signedIn(door, await makeToken(db()));
    const as = async (claims: JWTPayload) =>
      door.whoIs({ headers: { ...cookie, 'x-assertion': await provider.sign(claims) } });
    expect(await as(ann)).toBe('ann@example.com operate');
    expect(await as({ ...ann, groups: [] })).toBe('token:ci operate');
  });
});

describe('plain headers', () => {
  const headers = {
    user: 'x-user',
    groups: 'x-groups',
    isSender: (address: string) => address.startsWith('10.'),
  };
  const access: Partial<Access> = { headers, roles };
  const sent = { 'x-user': 'ann@example.com', 'x-groups': 'staff|soc' };

  test('count from an address that may send them', async () => {
    const door = openDoor(db(), { access });
    expect(await door.whoIs({ peer: '10.0.0.1', headers: sent })).toBe('ann@example.com operate');
    expect(await door.whoIs({ peer: '::ffff:10.0.0.1', headers: sent })).toBe(
      'ann@example.com operate',
    );
    expect(await door.whoIs({ peer: '10.0.0.1', headers: { 'x-user': 'ann' } })).toBe(403);
    expect(await door.whoIs({ peer: '10.0.0.1' })).toBe(401);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['192.0.2.7', {}],
    ['127.0.0.1', { host: 'localhost' }],
    ['192.0.2.7', { 'x-forwarded-for': '10.0.0.1' }],
    ['192.0.2.7', { forwarded: 'for=10.0.0.1' }],
    ['', {}],
  ])('from %j with %j make nobody of nobody', async (peer, more) => {
    const trusting = { ...access, isTrustedProxy: () => true };
    for (const one of [access, trusting])
      expect(
        await openDoor(db(), { access: one }).whoIs({ peer, headers: { ...sent, ...more } }),
      ).toBe(401);
  });

  test.each([
    ['twice', ['X-User', 'admin', 'x-user', 'ann'], sent],
    ['with groups twice', ['x-groups', 'admins', 'x-groups', 'soc', 'x-user', 'a'], sent],
    ['with two names', undefined, { ...sent, 'x-user': 'admin, ann' }],
    ['with a name that nobody sees', undefined, { ...sent, 'x-user': 'ann\u00ad' }],
    ['with a long name', undefined, { ...sent, 'x-user': 'a'.repeat(500) }],
  ])('that come %s are refused', async (_, rawHeaders, given) => {
    const visit = { peer: '10.0.0.1', headers: given, ...(rawHeaders && { rawHeaders }) };
    expect(await openDoor(db(), { access }).whoIs(visit)).toBe(401);
  });

  test('cannot make somebody a token of the audit log', async () => {
    const door = openDoor(db(), { access });
    const visit = { peer: '10.0.0.1', headers: { ...sent, 'x-user': 'token:ci' } };
    expect(await door.whoIs(visit)).toBe('token.ci operate');
  });
});
