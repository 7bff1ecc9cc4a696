// Which secrets of Standard Webhooks can be used.
import { expect, test } from 'vitest';
import { standardKey, standardSecret } from '../../src/kit/standard-webhooks.ts';

const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;

test.each([24, 32, 64])('one of %i bytes can', (bytes) => {
  expect(standardSecret.parse(secretOf(bytes))).toBe(secretOf(bytes));
  expect(standardKey(secretOf(bytes))).toEqual(Buffer.alloc(bytes, 7));
});

test.each([secretOf(23), secretOf(65), secretOf(32).slice(6), 'whsec_', `${secretOf(32)}!`])(
  '%s cannot',
  (text) => expect(standardSecret.safeParse(text).error?.issues).toHaveLength(1),
);
