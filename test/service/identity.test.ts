// The app gets who may come in from the configuration that counts now.
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { ServiceIdentity } from '../../src/service/identity.ts';
import { configOf, contextOn } from '../operations/acting.ts';
import { useDatabase } from '../store/stored.ts';
import { startIdentityProvider } from '../support/identity-provider.ts';

const db = useDatabase();

test('waits for the database, follows a new configuration, and closes what it opened', async () => {
  const provider = await startIdentityProvider();
  const { config: first } = contextOn(db());
  const state = { config: first, isReady: false };
  const service = new ServiceIdentity({
    version: '1.2.3',
    db: db(),
    config: () => state.config,
    isReady: () => state.isReady,
    onFailure: () => undefined,
  });
  const { identify, signInRoutes, isHttps } = service.forApp();
  const app = new Hono().route('/', signInRoutes).get('/who', async (c) => {
    const visitor = await identify(c);
    return 'actor' in visitor ? c.json(visitor.actor) : c.text('', visitor.stranger.status);
  });
  expect((await app.request('/who')).status).toBe(503);
  state.isReady = true;
  expect((await app.request('/who')).status).toBe(403);
  expect((await app.request('/login/oidc')).status).toBe(404);
  const oidc = { issuer: provider.issuer, clientId: 'a', scopes: 'openid', groupsClaim: 'groups' };
  const access = { ...first.access, publicUrl: 'https://tocsin.example', oidc };
  state.config = { ...configOf(), access };
  expect(isHttps()).toBe(true);
  expect((await app.request('/who')).status).toBe(401);
  const answer = await app.request('/login/oidc');
  expect([answer.status, answer.headers.get('location')]).toEqual([
    302,
    expect.stringContaining(`${provider.issuer}/authorize?`),
  ]);
  expect(answer.headers.get('set-cookie')).toMatch(/^__Host-tocsin_trip=.*Secure/);
  await service.close();
});
