// What people do to ids while events come and wait: a backlog belongs to a place, a position to a
// console.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { startTenant } from '../../simulators/tenant/index.ts';
import { createWorld, until, type World } from '../support/world.ts';
import { sink, sourceOf, withDatabase } from './checker.ts';
import { accountOf, drain, expectedOf } from './drained.ts';
import { faultCase } from './fault-case.ts';

faultCase('a source and a sink renamed, with a backlog', { timeoutMs: 120_000 }, async (fault) => {
  const world = await createWorld({ database: 'embedded' });
  world.mattermost.fail(503, Number.POSITIVE_INFINITY);
  const old = world.start('data', configOf(world, 'former', 'former-events'));
  await old.ready();
  world.tenant.add('events', 30);
  const pending = () => old.metric('tocsin_deliveries_pending{sink="former"}');
  expect(await until(async () => (await pending()) === 32, 30_000), String(await pending())).toBe(
    true,
  );
  expect(await old.end('SIGTERM')).toBe(0);
  world.mattermost.heal();

  const renamed = world.start('data', configOf(world, sink, sourceOf.events));
  fault.struck();
  world.tenant.add('events', 5);
  await drain(world, renamed);
  expect(world.mattermost.deliveries.size).toBe(expectedOf(world));
  expect(await renamed.end('SIGTERM')).toBe(0);
  const rows = await withDatabase(
    accountOf(world).stored,
    (sql) =>
      sql`select source, count(*)::int as count from events where source <> 'tocsin' group by 1 order by 2`,
  );
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { source: sourceOf.events, count: 5 },
    { source: 'former-events', count: 30 },
  ]);
});

faultCase(
  'a second service with another console on one database',
  { timeoutMs: 120_000 },
  async (fault) => {
    const world = await createWorld({
      database: 'postgres',
      environment: { POLLING_INTERVAL: '1' },
    });
    const other = await startTenant();
    onTestFinished(() => other.close());
    world.tenant.add('events', 20);
    const first = world.start('first');
    await drain(world, first);
    const waits = (service: typeof first) =>
      service.metric(`tocsin_deliveries_pending{sink="${sink}"}`);
    world.mattermost.fail(503, Number.POSITIVE_INFINITY);
    world.tenant.add('events', 5);
    expect(await until(async () => (await waits(first)) === 5, 30_000)).toBe(true);
    expect(await first.end('SIGTERM')).toBe(0);
    world.mattermost.heal();
    // It has every number that the first one has, and some beyond.
    other.add('events', 40);

    const hook = world.mattermost.addHook('other');
    const variables = {
      DEEPINSTINCT_URL: other.url,
      TOKENS_KEY: other.token,
      MATTERMOST_WEBHOOK_URL: hook,
    };
    const second = world.start('second', variables);
    // It is not ready: it may read nothing.
    await second.address;
    const isRefused = () => second.log.some(({ reason }) => reason === 'other_console');
    const stored = async () => {
      const [row] = await withDatabase(
        accountOf(world).stored,
        (sql) => sql`select count(*)::int as count from events where source <> 'tocsin'`,
      );
      return Number(row?.count);
    };
    // Either it says so, or it has read what is not its own.
    expect(await until(async () => isRefused() || (await stored()) > 25, 60_000)).toBe(true);
    fault.struck();
    expect(await stored()).toBe(25);
    // It lives on, and the first one gets its roles back all the same.
    world.tenant.add('events', 10);
    const again = world.start('first');
    await drain(world, again);
    expect(await until(async () => (await stored()) === 35, 30_000)).toBe(true);
    expect(await until(async () => (await waits(again)) === 0, 30_000)).toBe(true);
    expect(world.mattermost.posts.filter(({ channel }) => channel === 'other')).toEqual([]);
    expect(await second.end('SIGTERM')).toBe(0);
    expect(await again.end('SIGTERM')).toBe(0);
    await fault.account(accountOf(world));
  },
);

function configOf({ environment }: World, sinkId: string, sourceId: string) {
  const file = join(dirname(environment.DATA_DIR!), 'tocsin.yaml');
  writeFileSync(
    file,
    `
sources:
  ${sourceId}: { type: deepinstinct_events, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}" }
  ${sourceId}-suspicious: { type: deepinstinct_suspicious_events, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}" }
sinks:
  ${sinkId}: { type: mattermost, url: "\${MATTERMOST_WEBHOOK_URL}" }
polling_interval: 1
`,
  );
  return { TOCSIN_CONFIG: file };
}
