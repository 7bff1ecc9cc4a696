// The embedded database behind the driver: how it starts, what statements may do, and how it ends.
import { existsSync } from 'node:fs';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DataDirectoryError } from '../../../src/store/embedded/data-directory.ts';
import { type EmbeddedDatabase, openEmbedded } from '../../../src/store/embedded/open.ts';
import { seedPath, versionFileOf } from '../../../src/store/embedded/seed.ts';
import { compareMigrations, migrate } from '../../../src/store/migrate.ts';
import { useEmbedded } from './opened.ts';

const place = useEmbedded();

describe('a start', () => {
  test('makes a database when there is none, and keeps what was written over a restart', async () => {
    const first = await place.open({ seedPath: undefined });
    expect(first.startedCold).toBe(true);
    expect((await compareMigrations(first.sql)).state).toBe('none');
    await migrate(first.sql);
    await first.sql`insert into cursors (source, cursor) values ('a', '17')`;
    await first.close();
    expect(await readdir(place.dataDir)).toEqual(['postgres']);

    const second = await place.open({ seedPath: undefined });
    expect(second.startedCold).toBe(false);
    expect(await second.sql`select cursor from cursors`).toEqual([{ cursor: '17' }]);
  });

  test.each(['of another release', 'cut off'])(
    'makes its own database when the archive is %s',
    async (fault) => {
      const damaged = join(place.dataDir, 'seed.tar.gz');
      await copyFile(seedPath, damaged);
      await copyFile(versionFileOf(seedPath), versionFileOf(damaged));
      if (fault === 'of another release')
        await writeFile(versionFileOf(damaged), 'pglite 0.4.0, migrations 00');
      if (fault === 'cut off') await truncate(damaged, 1_000_000);
      const { sql } = await place.open({ seedPath: damaged });
      expect((await compareMigrations(sql)).state).toBe('none');
      expect(await migrate(sql)).toBeGreaterThan(0);
    },
  );

  test('does not trip over a first start that was cut off', async () => {
    const unfinished = join(place.dataDir, 'postgres.new');
    await mkdir(unfinished);
    await writeFile(join(unfinished, 'PG_VERSION'), '18\n');
    const { sql } = await place.open();
    expect((await compareMigrations(sql)).state).toBe('current');
    expect(existsSync(unfinished)).toBe(false);
  });

  test('keeps the files from everybody else', async () => {
    await place.open();
    expect((await stat(join(place.dataDir, 'postgres'))).mode & 0o077).toBe(0);
    expect((await stat(join(place.dataDir, 'postgres', 'base'))).mode & 0o077).toBe(0);
  });
});

describe('a start that cannot succeed says what is wrong with DATA_DIR and what to do', () => {
  async function refusal(dataDir = place.dataDir): Promise<string> {
    const error = await place.open({ dataDir }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataDirectoryError);
    return (error as Error).message;
  }

  test.each([
    [
      '19',
      /written by Postgres 19, and this release has 18. Use the release of Tocsin that wrote it, or a newer one/,
    ],
    [
      '15',
      /written by Postgres 15, and this release has 18. Use the release of Tocsin that wrote it, or move the folder/,
    ],
  ])('files of Postgres %s', async (version, message) => {
    await mkdir(join(place.dataDir, 'postgres'));
    await writeFile(join(place.dataDir, 'postgres', 'PG_VERSION'), `${version}\n`);
    expect(await refusal()).toMatch(message);
    expect(await readdir(join(place.dataDir, 'postgres'))).toEqual(['PG_VERSION']);
  });

  test('a folder that holds no database', async () => {
    await mkdir(join(place.dataDir, 'postgres'));
    expect(await refusal()).toBe(
      `DATA_DIR (${place.dataDir}): its folder "postgres" holds no database (PG_VERSION is missing). ` +
        'Restore it from a backup, or move the folder away to start anew.',
    );
  });

  test('a file in its place', async () => {
    const dataDir = join(place.dataDir, 'file');
    await writeFile(dataDir, '');
    expect(await refusal(dataDir)).toContain(
      `DATA_DIR (${dataDir}): it is not a directory. Set DATA_DIR`,
    );
  });

  test('damaged files', async () => {
    await (await place.open()).close();
    await truncate(join(place.dataDir, 'postgres', 'global', 'pg_control'), 0);
    expect(await refusal()).toMatch(
      /the embedded database does not start: .*pg_control.*Restore the folder from a backup/,
    );
    expect(place.fatal).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)('a directory that may not be written', async () => {
    await chmod(place.dataDir, 0o500);
    expect(await refusal()).toMatch(/may not write there. Give the directory/);
    await chmod(place.dataDir, 0o700);
  });
});

describe('queries', () => {
  let shared: string;
  let database: EmbeddedDatabase;
  const sharedFatal: Error[] = [];

  beforeAll(async () => {
    shared = await mkdtemp(join(tmpdir(), 'tocsin-'));
    database = await openEmbedded({
      dataDir: shared,
      seedPath,
      onFatal: (error) => sharedFatal.push(error),
    });
  });
  afterAll(async () => {
    await database.close();
    await rm(shared, { recursive: true, force: true });
    expect(sharedFatal).toEqual([]);
  });

  test('carry every kind of value there and back as with a server', async () => {
    const { sql } = database;
    const [row] =
      await sql`select ${'9007199254740991'}::int8 as big, ${null}::text as nothing, ${'ไทย \u{1f514}\n"'}::text as text,
      ${'{"a": [1, "ü"]}'}::text::jsonb as body, ${Buffer.from([0, 255])}::bytea as bytes, true as yes, '{}'::text[] as none,
      '2026-01-02T03:04:05.678901+07'::timestamptz at time zone 'UTC' as time, count(*) as count from generate_series(1, 3)`;
    expect(row).toMatchObject({
      big: 9007199254740991,
      nothing: null,
      text: 'ไทย \u{1f514}\n"',
      body: { a: [1, 'ü'] },
      yes: true,
    });
    expect(row).toMatchObject({ bytes: Buffer.from([0, 255]), count: 3 });
  });

  test('of 32 MB pass whole in both directions', async () => {
    const { sql } = database;
    const text = 'ab\n'.repeat(11_000_000);
    const [row] = await sql`select ${text}::text as text, length(${text}::text) as length`;
    expect(row?.length).toBe(text.length);
    expect(row?.text === text).toBe(true);
  });

  test('that are sent together are answered each with its own', async () => {
    const { sql } = database;
    const answers = await Promise.all(
      Array.from(
        { length: 300 },
        (_, n) => sql`select ${n}::int as n, repeat('x', ${n * 10}::int) as pad`,
      ),
    );
    expect(answers.map(([row]) => [row?.n, row?.pad.length])).toEqual(
      Array.from({ length: 300 }, (_, n) => [n, n * 10]),
    );
  });

  test('that fail give the code of the server, among others that succeed', async () => {
    const { sql } = database;
    const outcomes = await Promise.allSettled([
      sql`select 1 as n`,
      sql`select 1/0`,
      sql`select nothing from nowhere`,
      sql`insert into cursors (source) values ('a'), ('a')`,
      sql`select ${'x'}::int`,
      sql.unsafe('select 2 as n; select 3 as n').simple(),
    ]);
    const codes = outcomes.map((outcome) =>
      outcome.status === 'rejected' ? outcome.reason.code : 'ok',
    );
    expect(codes).toEqual(['ok', '22012', '42P01', '23505', '22P02', 'ok']);
  });

  test('in a transaction are undone together, and savepoints on their own', async () => {
    const { sql } = database;
    const failed = sql.begin(async (tx) => {
      await tx`insert into cursors (source) values ('a')`;
      throw new Error('stop');
    });
    await expect(failed).rejects.toThrow('stop');
    await sql.begin(async (tx) => {
      await tx`insert into cursors (source) values ('b')`;
      await tx
        .savepoint((inner) => inner`insert into cursors (source) values ('b')`)
        .catch(() => {});
      await tx`insert into cursors (source) values ('c')`;
    });
    expect(await sql`select source from cursors order by 1`).toEqual([
      { source: 'b' },
      { source: 'c' },
    ]);
  });

  test('leave the main event loop free while they run', async () => {
    const { sql } = database;
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    const started = performance.now();
    await sql`select count(*) from generate_series(1, 3000000)`;
    const elapsedMs = performance.now() - started;
    clearInterval(timer);
    expect(elapsedMs).toBeGreaterThan(100);
    expect(turns).toBeGreaterThan(elapsedMs / 20);
  });

  test('that are cancelled harm nothing', async () => {
    const { sql } = database;
    const query = sql`select count(*) from generate_series(1, 1000000)`.execute();
    const settled = query.then(
      () => 'done',
      () => 'cancelled',
    );
    await sleep(20); // sent by now: the driver itself never recovers from cancelling a query that it has not sent
    query.cancel();
    expect(['done', 'cancelled']).toContain(await settled);
    expect(await sql`select 1 as n`).toEqual([{ n: 1 }]);
  });
});

describe('the close', () => {
  test('lets what was asked before finish, and refuses what comes after', async () => {
    const { sql, close } = await place.open();
    const last = sql`insert into cursors (source) select g::text from generate_series(1, 20000) g`;
    void last.execute();
    await close();
    expect((await last).count).toBe(20_000);
    await expect(sql`select 1`).rejects.toThrow();
    await close();
    const again = await place.open();
    expect(await again.sql`select count(*) as count from cursors`).toEqual([{ count: 20_000 }]);
    expect(place.fatal).toEqual([]);
  });

  test('leaves nothing to recover', async () => {
    const { sql, close } = await place.open();
    await sql`insert into cursors (source) values ('a')`;
    const [before] = await sql`select pg_current_wal_insert_lsn()::text as position`;
    await close();
    const again = await place.open();
    const [control] =
      await again.sql`select redo_lsn >= ${String(before?.position)}::pg_lsn as covered from pg_control_checkpoint()`;
    expect(control?.covered).toBe(true);
  });
});
