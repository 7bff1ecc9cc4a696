// The whole behind PgBouncer in transaction mode, as the overlay `ha` sets it up: migrations past it, everything else through it.
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, environmentOf } from '../support/database.ts';
import { missing, startPgBouncer } from '../support/pgbouncer.ts';
import { createWorld } from '../support/world.ts';

test('through PgBouncer it migrates, looks, polls, delivers and stops as without', { timeout: 60_000 }, async ({
  skip,
}) => {
  skip(missing !== undefined, missing);
  const { directUrl, drop } = await createTestDatabase(false);
  onTestFinished(drop);
  const pooler = await startPgBouncer(directUrl);
  onTestFinished(() => pooler.close());
  const environment = environmentOf({ url: pooler.through(directUrl), directUrl, prepare: false });
  const world = await createWorld({ database: 'embedded', environment: { ...environment, POLLING_INTERVAL: '1' } });
  expect(await world.run(['migrate'])).toMatchObject({ code: 0, stderr: '' });
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
  expect(await service.end('SIGTERM')).toBe(0);
  expect(world.repeated()).toBe(0);
  expect(service.log.filter(({ level }) => level !== 'info')).toEqual([]);
});
