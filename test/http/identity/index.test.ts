// The folder's face: a change of the configuration counts at once.
import { expect, test } from 'vitest';
import { createIdentity } from '../../../src/http/identity/index.ts';
import { plainAccess } from './visiting.ts';

test('the public address of a new configuration counts', async () => {
  let access = plainAccess;
  const identity = createIdentity({
    access: () => access,
    signIn: () => undefined,
    http: () => {
      throw new Error('nothing is called');
    },
    onFailure: () => undefined,
  });
  expect(identity.isHttps()).toBe(false);
  access = { ...plainAccess, publicUrl: 'https://tocsin.example' };
  expect(identity.isHttps()).toBe(true);
  expect((await identity.signInRoutes.request('/login')).status).toBe(200);
});
