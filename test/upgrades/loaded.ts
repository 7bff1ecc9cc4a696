// A DATA_DIR with rows of every table, as a release of some level left it an hour ago; and what a
// service must have made of them.
import type postgres from 'postgres';
import { expect } from 'vitest';
import { openEmbedded } from '../../src/store/embedded/open.ts';
import { seedPath } from '../../src/store/embedded/seed.ts';
import { createWorld, until, type World } from '../support/world.ts';
import { loadDump, newestLevel } from './dumps.ts';

/** Must be called within a test; everything ends with it. */
export async function createFilled(level = newestLevel): Promise<World> {
  const world = await createWorld({ database: 'embedded' });
  await inEmbedded(world, async (sql) => {
    await sql.unsafe('drop schema public cascade; create schema public');
    await sql.unsafe('drop schema if exists drizzle cascade');
    await loadDump(sql, level, true);
  });
  return world;
}

/** Opens the database of DATA_DIR for a moment; nobody else may have it open. */
export async function inEmbedded<T>(
  { environment }: World,
  use: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const dataDir = environment.DATA_DIR!;
  const embedded = await openEmbedded({ dataDir, seedPath, onFatal() {} });
  try {
    return await use(embedded.sql);
  } finally {
    await embedded.close();
  }
}

/** Waits until nothing waits. Each card that waited was sent, nothing was sent twice, and no other. */
export async function expectSentOnce(sql: postgres.Sql, { mattermost }: World): Promise<void> {
  const isSent = async () =>
    (await sql`select 1 from deliveries where state = 'pending' and sink = 'soc'`).length === 0;
  expect(await until(isSent, 60_000)).toBe(true);
  const rows = await sql`
    select event_id::int as id, state, reason, kind, digest_id is not null as "isInDigest",
      finalized_at > now() - interval '30 minutes' as "isNew"
    from deliveries where sink = 'soc' and event_id <= 16 order by 1`;
  expect(rows.length).toBeGreaterThan(5);
  for (const { id, state, reason, kind, isInDigest, isNew } of rows) {
    const isAlone = isNew === true && state === 'delivered' && !isInDigest;
    expect(mattermost.deliveries.get(`soc-${id}`) ?? 0, `event ${id}`).toBe(isAlone ? 1 : 0);
    // A webhook has no threads.
    if (kind === 'reply') expect([state, reason]).toEqual(['suppressed', 'no_thread']);
    const wasOpen = ![1, 4, 5, 8, 14].includes(id);
    expect([id, isNew], 'only what waited').toEqual([id, wasOpen]);
    if (wasOpen && kind === 'card') expect([id, state]).toEqual([id, 'delivered']);
  }
  expect([...mattermost.deliveries].filter(([, times]) => times > 1)).toEqual([]);
}
