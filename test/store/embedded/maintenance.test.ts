// What PGlite does not do by itself: checkpoints and vacuum.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { EmbeddedDatabase } from '../../../src/store/embedded/open.ts';
import { useEmbedded } from './opened.ts';

const place = useEmbedded();

describe('maintenance', () => {
  const checkpointPosition = (database: EmbeddedDatabase) =>
    database.sql`select checkpoint_lsn::text as position from pg_control_checkpoint()`.then(
      ([row]) => row?.position,
    );

  test('makes a checkpoint after a write, and none when nothing was written', async () => {
    const database = await place.open({ checkpointEveryMs: 50 });
    await database.sql`insert into cursors (source) values ('a')`;
    await sleep(300);
    const first = await checkpointPosition(database);
    await sleep(300);
    expect(await checkpointPosition(database)).toBe(first);
    await database.sql`insert into cursors (source) values ('b')`;
    await sleep(300);
    expect(await checkpointPosition(database)).not.toBe(first);
  });

  test('keeps the log of a long burst small', async () => {
    const { sql } = await place.open();
    const rows = JSON.stringify(Array.from({ length: 2000 }, () => 'x'.repeat(1000)));
    await sql`create table burst (id bigint generated always as identity, text text storage plain)`;
    for (let batch = 0; batch < 150; batch += 1) {
      await sql`insert into burst (text) select value from json_array_elements_text(${rows}::text::json)`;
      await sleep(15);
    }
    const [size] = await sql`select sum(size)::int8 as bytes from pg_ls_waldir()`;
    expect(size?.bytes).toBeLessThan(256 * 1024 * 1024);
    const [written] =
      await sql`select pg_current_wal_insert_lsn() - '0/0'::pg_lsn > 300000000 as enough`;
    expect(written?.enough, 'the burst was long enough to show it').toBe(true);
  }, 60_000);

  test('vacuums when asked and by itself, and knows then how many rows there are', async () => {
    const database = await place.open({ vacuumEveryMs: 200 });
    const { sql } = database;
    await sql`insert into cursors (source) select g::text from generate_series(1, 5000) g`;
    await database.vacuum();
    expect(await sql`select reltuples::int as n from pg_class where relname = 'cursors'`).toEqual([
      { n: 5000 },
    ]);
    await sql`delete from cursors`;
    await sleep(800);
    expect(
      await sql`select reltuples::int as n, relpages as pages from pg_class where relname = 'cursors'`,
    ).toEqual([{ n: 0, pages: 0 }]);
  });

  test('reports a failure and goes on', async () => {
    const problems: Error[] = [];
    const database = await place.open({
      checkpointEveryMs: 50,
      onProblem: (error) => problems.push(error),
    });
    await expect(database.sql.unsafe('copy cursors from stdin')).rejects.toThrow();
    await sleep(200);
    expect(problems.length).toBeGreaterThan(0);
  });
});
