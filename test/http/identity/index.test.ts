// The folder's face: a change of the configuration counts at once, and a socket says who its peer is.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { expect, onTestFinished, test } from 'vitest';
import { createIdentity } from '../../../src/http/identity/index.ts';
import type { SignIn } from '../../../src/operations/index.ts';
import { loginPage, plainAccess } from './visiting.ts';

test('the public address of a new configuration counts', async () => {
  let access = plainAccess;
  const identity = createIdentity({
    loginPage,
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

/** The status for a request with these headers, over a real socket. */
async function statusFor(port: number, headers: Readonly<Record<string, string>>): Promise<number> {
  return await new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}

test('over a real socket, this machine may look under its own name alone', async () => {
  const signIn = { isAnyTokenLive: async () => false } as unknown as SignIn;
  const { identify } = createIdentity({
    loginPage,
    access: () => plainAccess,
    signIn: () => signIn,
    http: () => {
      throw new Error('nothing is called');
    },
    onFailure: () => undefined,
  });
  const app = new Hono().get('/', async (c) => {
    const visitor = await identify(c);
    return 'actor' in visitor ? c.json(visitor.actor) : c.text('', visitor.stranger.status);
  });
  const server = createServer(getRequestListener(app.fetch));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect(await statusFor(port, {})).toBe(200);
  expect(await statusFor(port, { host: `localhost:${port}` })).toBe(200);
  expect(await statusFor(port, { host: 'rebound.example' })).toBe(403);
  expect(await statusFor(port, { 'x-forwarded-for': '203.0.113.9' })).toBe(403);
});
