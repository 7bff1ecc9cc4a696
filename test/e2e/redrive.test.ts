// Two hundred dead deliveries of one kind among others: somebody looks at them, puts them back by
// what they have in common, and the running service delivers each of them once.
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { createWorld, until, type World } from '../support/world.ts';

const deadCount = 200;
const otherCount = 50;

/** Stores the events while nothing listens, then gives them up. @returns ids of the 200 */
async function giveUp(world: World): Promise<number[]> {
  world.mattermost.fail(500, Number.POSITIVE_INFINITY);
  world.tenant.add('events', deadCount + otherCount);
  expect((await world.run(['once'])).stderr).toContain('not delivered yet');
  world.mattermost.heal();
  const store = await openStore({
    databaseUrl: world.databaseUrl,
    databasePrepare: true,
    dataDir: world.environment.DATA_DIR!,
    log: { info() {}, error() {} },
    onFatal(error) {
      throw error;
    },
  });
  const { $client } = store.db;
  await $client`
    update deliveries set state = 'dead', reason = 'rejected', finalized_at = now(), group_key = null,
      digest_id = null, priority = priority % 10
    where state = 'pending'`;
  const rows = await $client`
    update deliveries set reason = 'too_large'
    where event_id in (
      select id from events where source <> 'tocsin' order by id limit ${deadCount}
    )
    returning event_id::int as id`;
  await $client`
    insert into delivery_attempts (event_id, sink, outcome, reason, status, duration_ms, answer)
    select event_id, sink, 'reject_event', 'too_large', 413, 1, 'too large' from deliveries
    where reason = 'too_large'`;
  await store.close();
  return rows.map(({ id }) => id as number);
}

test.each(['postgres', 'embedded'] as const)(
  'on %s they are counted, put back at once by two people, and arrive once each',
  async (database) => {
    const world = await createWorld({ database, environment: { POLLING_INTERVAL: '1' } });
    const ids = await giveUp(world);
    expect(ids).toHaveLength(deadCount);
    await world.start().ready();
    const filter = ['--reason', 'too_large', '--status', '413'];
    const seen = await world.run(['dead', 'redrive', ...filter, '--dry-run', '--json']);
    expect(JSON.parse(seen.stdout)).toMatchObject({ count: deadCount, more: false });
    const groups = JSON.parse((await world.run(['dead', 'groups', '--json'])).stdout) as object[];
    expect(groups).toContainEqual(
      expect.objectContaining({ reason: 'too_large', status: 413, count: deadCount }),
    );
    const both = await Promise.all([
      world.run(['dead', 'redrive', ...filter, '--json']),
      world.run(['dead', 'redrive', ...filter, '--json']),
    ]);
    const counts = both.map(({ stdout }) => (JSON.parse(stdout) as { redriven: number }).redriven);
    expect(counts.reduce((sum, count) => sum + count)).toBe(deadCount);
    const arrived = () => ids.filter((id) => world.mattermost.deliveries.has(`soc-${id}`)).length;
    await until(() => arrived() === deadCount, 60_000);
    expect(arrived()).toBe(deadCount);
    expect(world.repeated()).toBe(0);
    const left = JSON.parse((await world.run(['dead', 'groups', '--json'])).stdout) as object[];
    expect(left).not.toContainEqual(expect.objectContaining({ reason: 'too_large' }));
    expect(left).toContainEqual(expect.objectContaining({ reason: 'rejected' }));
  },
  180_000,
);
