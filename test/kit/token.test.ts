// Tokens and secrets: random, recognisable, and found to be mistyped without a database.
import { expect, test } from 'vitest';
import { hashOfSecret, isSecret, isToken, makeSecret, makeToken } from '../../src/kit/token.ts';

test('a token can be recognised by its form, and no two are alike', () => {
  const tokens = Array.from({ length: 200 }, makeToken);
  for (const token of tokens) {
    expect(token).toMatch(/^tocsin_[\w-]{49}$/);
    expect(isToken(token)).toBe(true);
  }
  expect(new Set(tokens).size).toBe(200);
});

test('one wrong character anywhere is found', () => {
  const token = makeToken();
  for (let at = 0; at < token.length; at += 1) {
    const other = token[at] === 'A' ? 'B' : 'A';
    expect(isToken(`${token.slice(0, at)}${other}${token.slice(at + 1)}`)).toBe(false);
  }
});

test.each([
  '',
  'tocsin_',
  `${makeToken()}A`,
  ` ${makeToken()}`,
  makeToken().slice(1),
  makeSecret(),
])('%j is no token', (text) => {
  expect(isToken(text)).toBe(false);
});

test('a secret has 32 bytes in 43 characters', () => {
  const secret = makeSecret();
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  expect([secret, `${secret}A`, secret.slice(1), `${secret.slice(1)};`].map(isSecret)).toEqual([
    ...[true, false, false, false],
  ]);
});

test('the hash is SHA-256 in hexadecimal digits', () => {
  expect(hashOfSecret('abc')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
