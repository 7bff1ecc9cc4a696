// What an API key says about its own end.
import { expect, test } from 'vitest';
import { sourceOf, startFakeTenant } from './fake-tenant.ts';

test('a key that is a JWT says when it ends; others say nothing', async () => {
  const tenant = await startFakeTenant();
  const part = (claims: unknown) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  const expiry = (claims: unknown) =>
    sourceOf(tenant, {
      token: `${part({ alg: 'HS256' })}.${part(claims)}.c2ln`,
    }).credentialExpiresAt?.();
  expect(expiry({ exp: 1_800_000_000, identity: { key: 7 } })).toBe(1_800_000_000_000);
  for (const claims of [{ iat: 1 }, { exp: 'soon' }, { exp: -1 }, { exp: 1e300 }, null, [1]])
    expect(expiry(claims)).toBeUndefined();
  expect(sourceOf(tenant, { token: 'a.b.c' }).credentialExpiresAt?.()).toBeUndefined();
  expect(sourceOf(tenant).credentialExpiresAt?.()).toBeUndefined();
});
