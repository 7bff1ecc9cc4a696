// The database's thread as seen from outside: a transaction without an end, a statement without an
// end, and a thread that is gone.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { useEmbedded } from './opened.ts';

const place = useEmbedded();

describe('a transaction that is not finished', () => {
  test('is rolled back when it waits too long, and everything else goes on', async () => {
    const { sql } = await place.open({ idleInTransactionMsMax: 200 });
    const forgotten = sql.begin(async (tx) => {
      await tx`insert into cursors (source) values ('a')`;
      await new Promise(() => {});
    });
    const next = sql`select count(*) as count from cursors`;
    await expect(forgotten).rejects.toThrow(/closed|waited 0.2 s/i);
    expect(await next).toEqual([{ count: 0 }]);
    await sql.begin((tx) => tx`insert into cursors (source) values ('b')`);
    expect(await sql`select source from cursors`).toEqual([{ source: 'b' }]);
    expect(place.fatal).toEqual([]);
  });

  test('does not wait for ever for a query that was sent outside of it', async () => {
    const { sql } = await place.open({ idleInTransactionMsMax: 200 });
    const trapped = sql.begin(async (tx) => {
      await tx`select 1`;
      await sql`select 2`;
    });
    await expect(trapped).rejects.toThrow();
    expect(await sql`select 3 as n`).toEqual([{ n: 3 }]);
  });

  test('may take longer than that as long as its statements come', async () => {
    const { sql } = await place.open({ idleInTransactionMsMax: 300 });
    await sql.begin(async (tx) => {
      for (let n = 0; n < 6; n += 1) {
        await tx`insert into cursors (source) values (${String(n)})`;
        await sleep(100);
      }
    });
    expect(await sql`select count(*) as count from cursors`).toEqual([{ count: 6 }]);
  });

  test('is undone by the close', async () => {
    const { sql, close } = await place.open();
    const forgotten = sql.begin(async (tx) => {
      await tx`insert into cursors (source) values ('a')`;
      await new Promise(() => {});
    });
    const rejected = expect(forgotten).rejects.toThrow();
    await sleep(50);
    await close();
    await rejected;
    const again = await place.open();
    expect(await again.sql`select source from cursors`).toEqual([]);
  }, 15_000);
});

describe('a database that ends by itself', () => {
  /** Ends PGlite's server for good: it has no way to answer a COPY. */
  const deadly = 'copy cursors from stdin';

  test('is reported once, and every query fails: those that wait and those that come', async () => {
    const { sql } = await place.open();
    await sql`insert into cursors (source) values ('kept')`;
    const waiting = [sql.unsafe(deadly), ...Array.from({ length: 200 }, () => sql`select 1`)];
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.filter((outcome) => outcome.status === 'rejected').length).toBeGreaterThan(190);
    for (let n = 0; n < 3; n += 1)
      await expect(sql`select 2`).rejects.toThrow(/embedded database failed/);
    await expect(sql.begin((tx) => tx`select 3`)).rejects.toThrow(/embedded database failed/);
    expect(place.fatal).toHaveLength(1);
    expect(place.fatal[0]?.message).toMatch(
      /^The embedded database failed: .*A restart recovers all that was committed.$/,
    );

    const again = await place.open();
    expect(await again.sql`select source from cursors`).toEqual([{ source: 'kept' }]);
  });

  test('is reported when a statement does not end', async () => {
    const { sql } = await place.open({ statementMsMax: 300 });
    await expect(sql`select count(*) from generate_series(1, 100000000000)`).rejects.toThrow(
      /did not answer within 0.3 s/,
    );
    await expect(sql`select 1`).rejects.toThrow(/did not answer within 0.3 s/);
    expect(place.fatal).toHaveLength(1);
  });

  test('can still be closed', async () => {
    const { sql, close } = await place.open();
    await expect(sql.unsafe(deadly)).rejects.toThrow();
    await close();
    expect(place.fatal).toHaveLength(1);
  });
});
