// Where the service listens when nobody says where: everywhere, also on a machine without IPv6.
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const hasIPv6 = await new Promise<boolean>((resolve) => {
  const server = createServer().once('error', () => resolve(false));
  server.listen(0, '::1', () => server.close(() => resolve(true)));
});

/** NODE_OPTIONS under which nothing can listen on `::`, as on a kernel without IPv6. */
function withoutIPv6(code: string): string {
  const patch = `import { Server } from 'node:net';
    const { listen } = Server.prototype;
    Server.prototype.listen = function (options, ...rest) {
      if (options?.host !== '::') return listen.call(this, options, ...rest);
      process.nextTick(() => this.emit('error', Object.assign(new Error('no IPv6'), { code: '${code}' })));
      return this;
    };`;
  return `--import=data:text/javascript,${encodeURIComponent(patch)}`;
}

/** The status of `/healthz` at each of these hosts, on the port of the service. */
async function healthAt(hosts: readonly string[], address: string): Promise<number[]> {
  const { port } = new URL(address);
  return Promise.all(
    hosts.map(async (host) => (await fetch(`http://${host}:${port}/healthz`)).status),
  );
}

test.runIf(hasIPv6)(
  'without HOST, the service answers on IPv4 and on IPv6, and says so',
  async () => {
    const world = await createWorld({ database: 'embedded' });
    const service = world.start('data', { HOST: '' });
    expect(await service.address).toMatch(/^http:\/\/\[::\]:\d+$/);
    expect(await healthAt(['127.0.0.1', '[::1]'], await service.address)).toEqual([200, 200]);
    expect(await service.end('SIGTERM')).toBe(0);
  },
);

test.runIf(hasIPv6)('HOST may be one address of IPv6, in brackets or without', async () => {
  const world = await createWorld({ database: 'embedded' });
  const service = world.start('data', { HOST: '[::1]' });
  expect(await service.address).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect(await healthAt(['[::1]'], await service.address)).toEqual([200]);
  await expect(healthAt(['127.0.0.1'], await service.address)).rejects.toThrow();
});

test.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])(
  'without IPv6 (%s) it answers on IPv4',
  async (code) => {
    const world = await createWorld({ database: 'embedded' });
    const service = world.start('data', { HOST: '', NODE_OPTIONS: withoutIPv6(code) });
    expect(await service.address).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
    expect(await healthAt(['127.0.0.1'], await service.address)).toEqual([200]);
  },
);
