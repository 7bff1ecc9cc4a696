// Without a token, the machine itself may look, and nobody else.
import type { Context } from 'hono';
import { expect, test } from 'vitest';
import { loopbackVisitor } from '../../src/http/visitor.ts';

function from(
  remoteAddress: string | undefined,
  host: string | undefined,
  more: Readonly<Record<string, string>> = {},
): Context {
  const env = { incoming: { socket: { remoteAddress } } };
  const headers: Readonly<Record<string, string | undefined>> = { host, ...more };
  return { env, req: { header: (name: string) => headers[name] } } as unknown as Context;
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
  expect(await loopbackVisitor(from(address, host))).toMatchObject({
    stranger: { status: 403, detail: expect.stringContaining('tocsin token create') },
  });
});

test.each(['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'])(
  'whoever comes through a proxy on this machine, as %s shows, is a stranger',
  async (header) => {
    const visitor = await loopbackVisitor(from('127.0.0.1', 'localhost', { [header]: 'x' }));
    expect(visitor).toMatchObject({ stranger: { status: 403 } });
  },
);
