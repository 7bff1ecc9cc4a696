// How people say what proves them, and what is wrong with what they say.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { authSettings, credentialOf, faultOfAuth } from '../../../src/kit/poll/auth.ts';

const schema = z.strictObject(authSettings);
const client = { token_url: 'https://id.example.com/token', client_id: 'i', client_secret: 's' };

test.each([
  [{}, { kind: 'none' }],
  [
    { auth: 'bearer', token: 'abc' },
    { kind: 'header', header: 'authorization', value: 'Bearer abc', secrets: ['abc'] },
  ],
  [
    { auth: 'header', header: 'X-Api-Key', token: 'abc' },
    { kind: 'header', header: 'x-api-key', value: 'abc', secrets: ['abc'] },
  ],
  [
    { auth: 'basic', username: 'a', password: 'b' },
    { kind: 'header', value: 'Basic YTpi', secrets: ['b', 'YTpi'] },
  ],
  [
    { auth: 'oauth2', ...client, scope: 'x', client_auth: 'basic' },
    {
      kind: 'client',
      tokenUrl: client.token_url,
      id: 'i',
      secret: 's',
      scope: 'x',
      place: 'basic',
    },
  ],
])('%j', (given, plan) => {
  const settings = schema.parse(given);
  expect(faultOfAuth(settings)).toBeUndefined();
  expect(credentialOf(settings)).toMatchObject(plan);
});

test.each([
  [{ auth: 'bearer' }, { key: 'token', text: 'is required with auth: bearer' }],
  [{ auth: 'oauth2', ...client, client_id: undefined }, { key: 'client_id' }],
  [{ token: 'abc' }, { key: 'token', text: 'does not go with auth: none' }],
  [{ auth: 'bearer', token: 'abc', header: 'x' }, { key: 'header' }],
])('%j has a fault', (given, fault) =>
  expect(faultOfAuth(schema.parse(given))).toMatchObject(fault),
);

test.each([
  [{ auth: 'bearer', token: 'abc\n' }, 'has a blank at an end'],
  [{ auth: 'header', token: 'abc', header: 'Host' }, 'belongs to the connection'],
  [{ auth: 'header', token: 'abc', header: 'a b' }, 'is no name of a header'],
])('%j is refused', (given, fault) =>
  expect(schema.safeParse(given).error?.issues[0]?.message).toContain(fault),
);
