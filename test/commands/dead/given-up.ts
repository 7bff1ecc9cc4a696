// A world in which three deliveries were given up.
import { expect } from 'vitest';
import { openStore } from '../../../src/store/open.ts';
import { createWorld, type World } from '../../support/world.ts';
import { runIn } from '../in-process.ts';

/**
 * Turned about, a terminal's clear screen (as an old and as a new control character), and a line of
 * its own.
 */
export const hostile = 'pc\u202Egnp.exe\u001B[2J\u009B2J\n1  soc  CRITICAL';

/**
 * Leaves three dead deliveries: one event of a hostile device and two notices. What is refused with
 * all others is kept, so the last step, which takes others that pass all the while, is made here.
 */
export async function worldOfTheDead(database: 'postgres' | 'embedded'): Promise<World> {
  const world = await createWorld({ database, environment: { POLLING_INTERVAL: '1' } });
  const [id = 0] = world.tenant.add('events', 1);
  world.tenant.change('events', id, { recorded_device_info: { hostname: hostile } });
  world.mattermost.fail(400, Number.POSITIVE_INFINITY, (body) => body.includes('delivery_id'));
  expect((await runIn(world, ['once'])).stderr).toContain('sink soc: 3 not delivered yet');
  world.mattermost.heal();
  expect(world.mattermost.deliveries.size).toBe(0);
  await giveUp(world);
  return world;
}

async function giveUp(world: World): Promise<void> {
  const store = await openStore({
    databaseUrl: world.databaseUrl,
    databasePrepare: true,
    dataDir: world.environment.DATA_DIR!,
    log: { info() {}, error() {} },
    onFatal(error) {
      throw error;
    },
  });
  await store.db.$client`
    update deliveries set state = 'dead', reason = 'rejected', attempts = 2, finalized_at = now()
    where state = 'pending'`;
  await store.close();
}

/** The ids in the table, oldest first. */
export const idsOf = (table: string) =>
  [...table.matchAll(/^(\d+) {2}/gm)].map(([, id]) => Number(id)).sort((a, b) => a - b);
