// What an API key says about its own end.
import { expect, test } from 'vitest';
import { expiryOf } from '../../../src/sources/deepinstinct/token.ts';
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

test.each([
  [{ exp: 1_800_000_000.75 }, 1_800_000_000_750],
  [{ exp: 8_639_999_999_999 }, 8_639_999_999_999_000],
  [{ exp: 8.64e12 }, undefined],
  [{ exp: 0 }, undefined],
  [{ exp: '1800000000' }, undefined],
  ['exp', undefined],
])('a key that claims %j ends at %s', (claims, endMs) => {
  const middle = Buffer.from(JSON.stringify(claims)).toString('base64url');
  expect(expiryOf(`head.${middle}.sign`)).toBe(endMs);
  expect(expiryOf(`head.${middle}`)).toBeUndefined();
  expect(expiryOf(`head.${middle}.sign.more`)).toBeUndefined();
});

test('a key of three parts that are no JSON says nothing', () => {
  for (const token of ['..', 'a.%%%.c', `a.${Buffer.from('{"exp":').toString('base64url')}.c`])
    expect(expiryOf(token)).toBeUndefined();
});
