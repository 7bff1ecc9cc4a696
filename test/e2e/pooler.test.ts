// The whole behind PgBouncer in transaction mode, as the overlay `ha` sets it up: migrations past
// it, everything else through it.
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, environmentOf } from '../support/database.ts';
import { startSocketServer } from '../support/far-end.ts';
import { missing, startPgBouncer } from '../support/pgbouncer.ts';
import { createWorld } from '../support/world.ts';

/** Another way to the server, which notes how those who come on it call themselves. */
async function watchedWay(url: string) {
  const names = new Set<string>();
  const { hostname, port } = new URL(url);
  const watched = await startSocketServer((near) => {
    const far = connect(Number(port), hostname);
    far.on('error', () => near.destroy());
    // The first bytes may ask for TLS, which this server has not.
    near.on('data', (bytes) => {
      const [, name] = /application_name\0([^\0]*)/.exec(bytes.toString('latin1')) ?? [];
      if (name !== undefined) names.add(name);
    });
    near.pipe(far).pipe(near);
  });
  return { names, url: Object.assign(new URL(url), { port: String(watched) }).href };
}

test('through PgBouncer it migrates, looks, polls, delivers and stops as without', async ({
  skip,
}) => {
  skip(missing !== undefined, missing);
  const { directUrl, drop } = await createTestDatabase(false);
  onTestFinished(drop);
  const pooler = await startPgBouncer(directUrl);
  onTestFinished(() => pooler.close());
  const direct = await watchedWay(directUrl);
  const environment = environmentOf({
    url: pooler.through(directUrl),
    directUrl: direct.url,
    prepare: false,
  });
  const world = await createWorld({
    database: 'embedded',
    environment: { ...environment, POLLING_INTERVAL: '1' },
  });
  expect(await world.run(['migrate'])).toMatchObject({
    code: 0,
    stderr: 'tocsin: the database is DATABASE_URL\n',
  });
  expect(direct.names).toContain('tocsin migrate');
  const { stdout } = await world.run(['check']);
  expect(stdout).toMatch(/^ok +database: DATABASE_URL .*/m);
  expect(stdout).toMatch(/^ok +database: DATABASE_URL_DIRECT .*/m);

  world.tenant.add('events', 200);
  world.tenant.add('suspicious', 200);
  const service = world.start();
  await service.ready();
  expect(await world.arrived(402)).toBe(402);
  world.tenant.add('events', 50);
  expect(await world.arrived(452)).toBe(452);
  expect(direct.names).not.toContain('tocsin');
  expect(await service.end('SIGTERM')).toBe(0);
  expect(world.repeated()).toBe(0);
  expect(service.log.filter(({ level }) => level !== 'info')).toEqual([]);
});
