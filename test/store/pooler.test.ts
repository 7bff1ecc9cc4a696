// The store's connections behind PgBouncer in transaction mode, which keeps no prepared statements
// and no session.
import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { openPostgres } from '../../src/store/database.ts';
import { missing, startPgBouncer } from '../support/pgbouncer.ts';

async function openBehindPooler(connectionsMax: number) {
  const { url } = inject('postgres');
  const pooler = await startPgBouncer(url);
  onTestFinished(() => pooler.close());
  const db = openPostgres({ url: pooler.through(url), prepare: false, connectionsMax });
  onTestFinished(() => db.$client.end({ timeout: 1 }));
  return db;
}

describe('behind a pooler in transaction mode', () => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  test('what is asked at once is all answered, with parameters or without', async () => {
    const { $client: sql } = await openBehindPooler(2);
    const asked = Array.from({ length: 200 }, (_, n) =>
      n % 3 === 0 ? sql`select 1 as n` : sql`select ${n}::int as n`,
    );
    const answers = await Promise.all(asked);
    expect(answers.map(([row]) => Number(row?.n))).toEqual(
      answers.map((_, n) => (n % 3 === 0 ? 1 : n)),
    );
  });

  test('a transaction of the driver is refused, and nothing is left open', async () => {
    const db = await openBehindPooler(1);
    await expect(db.transaction(async () => {})).rejects.toThrow(/no transactions/);
    const open =
      await db.$client`select 1 from pg_stat_activity where state = 'idle in transaction' and datname = current_database()`;
    expect(open).toEqual([]);
  });
});
