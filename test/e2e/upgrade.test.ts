// A service of this release on what an earlier one left: what was pending is sent, once; what was
// dead, silenced or delivered is not.
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, environmentOf } from '../support/database.ts';
import { createWorld } from '../support/world.ts';
import { loadDump, newestLevel } from '../upgrades/dumps.ts';
import { expectSentOnce } from '../upgrades/loaded.ts';

test.each([0, newestLevel - 1])('from level %i', async (level) => {
  const database = await createTestDatabase(false);
  const sql = postgres(database.directUrl, { max: 1, fetch_types: false, onnotice() {} });
  onTestFinished(async () => {
    await sql.end();
    await database.drop();
  });
  await loadDump(sql, level, true);
  const world = await createWorld({ database: 'embedded', environment: environmentOf(database) });
  const service = world.start();
  await service.ready();
  await expectSentOnce(sql, world);
  expect(await service.end('SIGTERM')).toBe(0);
  const states = await sql`
    select state, count(*)::int as count from deliveries where event_id in (4, 5, 8)
    group by 1 order by 1`;
  expect(states).toEqual([
    { state: 'dead', count: 1 },
    { state: 'delivered', count: 1 },
    // Of a sink that is no longer configured.
    { state: 'pending', count: 1 },
    { state: 'suppressed', count: 1 },
  ]);
  expect(service.log.filter((line) => line.level === 'error')).toEqual([]);
});
