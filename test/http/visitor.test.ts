// Without a token, the machine itself may look, and nobody else.
import type { Context } from 'hono';
import { expect, test } from 'vitest';
import { loopbackVisitor } from '../../src/http/visitor.ts';

function from(remoteAddress: string | undefined, host: string | undefined): Context {
  const env = { incoming: { socket: { remoteAddress } } };
  return { env, req: { header: () => host } } as unknown as Context;
}

test.each([
  ['127.0.0.1', 'localhost:8080'],
  ['127.0.0.1', '127.0.0.1:8080'],
  ['::1', '[::1]:8080'],
  ['::ffff:127.0.0.1', 'localhost'],
])('%s that asks for %s may look', async (address, host) => {
  expect(await loopbackVisitor(from(address, host))).toEqual({
    actor: { name: 'loopback', role: 'read', via: 'api', address },
  });
});

test.each([
  ['192.0.2.1', 'localhost:8080'],
  ['::ffff:192.0.2.1', 'localhost:8080'],
  [undefined, 'localhost'],
  ['127.0.0.1', 'rebound.example'],
  ['127.0.0.1', 'localhost.rebound.example'],
  ['127.0.0.1', '127.0.0.1.rebound.example'],
  ['127.0.0.1', undefined],
])('%s that asks for %s is a stranger, and learns the way in', async (address, host) => {
  expect(await loopbackVisitor(from(address, host))).toEqual({
    stranger: { status: 403, detail: expect.stringContaining('tocsin token create') },
  });
});
