import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { packFolder, unpackFolder } from '../../../src/store/embedded/archive.ts';
import { Framer } from '../../../src/store/embedded/channel.ts';
import { DataDirectoryError } from '../../../src/store/embedded/data-directory.ts';
import {
  type EmbeddedDatabase,
  type EmbeddedOptions,
  openEmbedded,
} from '../../../src/store/embedded/open.ts';
import { isSeedUsable, seedPath, versionFileOf } from '../../../src/store/embedded/seed.ts';
import { isMigrated, migrate } from '../../../src/store/migrate.ts';
import { builtFile } from '../../support/built.ts';

let dataDir: string;
let opened: EmbeddedDatabase[];
let fatal: Error[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tocsin-'));
  opened = [];
  fatal = [];
});

afterEach(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await rm(dataDir, { recursive: true, force: true });
});

async function open(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedDatabase> {
  const database = await openEmbedded({
    dataDir,
    seedPath,
    onFatal: (error) => fatal.push(error),
    ...options,
  });
  opened.push(database);
  return database;
}

describe('a start', () => {
  test('makes a database when there is none, and keeps what was written over a restart', async () => {
    const first = await open({ seedPath: undefined });
    expect(first.startedCold).toBe(true);
    expect(await isMigrated(first.sql)).toBe(false);
    await migrate(first.sql);
    await first.sql`insert into cursors (source, cursor) values ('a', '17')`;
    await first.close();
    expect(await readdir(dataDir)).toEqual(['postgres']);

    const second = await open({ seedPath: undefined });
    expect(second.startedCold).toBe(false);
    expect(await second.sql`select cursor from cursors`).toEqual([{ cursor: '17' }]);
  });

  test('from the prepared archive has the schema already', async () => {
    expect(isSeedUsable(seedPath), 'the archive of the build is there and fits').toBe(true);
    const { sql, startedCold } = await open();
    expect(startedCold).toBe(true);
    expect(await isMigrated(sql)).toBe(true);
    expect(await migrate(sql)).toBe(0);
  });

  test.each(['of another release', 'cut off'])(
    'makes its own database when the archive is %s',
    async (fault) => {
      const damaged = join(dataDir, 'seed.tar.gz');
      await copyFile(seedPath, damaged);
      await copyFile(versionFileOf(seedPath), versionFileOf(damaged));
      if (fault === 'of another release')
        await writeFile(versionFileOf(damaged), 'pglite 0.4.0, migrations 00');
      if (fault === 'cut off') await truncate(damaged, 1_000_000);
      const { sql } = await open({ seedPath: damaged });
      expect(await isMigrated(sql)).toBe(false);
      expect(await migrate(sql)).toBeGreaterThan(0);
    },
  );

  test('does not trip over a first start that was cut off', async () => {
    const unfinished = join(dataDir, 'postgres.new');
    await mkdir(unfinished);
    await writeFile(join(unfinished, 'PG_VERSION'), '18\n');
    const { sql } = await open();
    expect(await isMigrated(sql)).toBe(true);
    expect(existsSync(unfinished)).toBe(false);
  });

  test('keeps the files from everybody else', async () => {
    await open();
    expect((await stat(join(dataDir, 'postgres'))).mode & 0o077).toBe(0);
    expect((await stat(join(dataDir, 'postgres', 'base'))).mode & 0o077).toBe(0);
  });
});

describe('a start that cannot succeed says what is wrong with DATA_DIR and what to do', () => {
  async function refusal(): Promise<string> {
    const error = await open().catch((e: unknown) => e);
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
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), `${version}\n`);
    expect(await refusal()).toMatch(message);
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(['PG_VERSION']);
  });

  test('a folder that holds no database', async () => {
    await mkdir(join(dataDir, 'postgres'));
    expect(await refusal()).toBe(
      `DATA_DIR (${dataDir}): its folder "postgres" holds no database (PG_VERSION is missing). ` +
        'Restore it from a backup, or move the folder away to start anew.',
    );
  });

  test('a file in its place', async () => {
    const parent = dataDir;
    dataDir = join(parent, 'file');
    await writeFile(dataDir, '');
    expect(await refusal()).toContain(`DATA_DIR (${dataDir}): it is not a directory. Set DATA_DIR`);
    dataDir = parent;
  });

  test('damaged files', async () => {
    await (await open()).close();
    await truncate(join(dataDir, 'postgres', 'global', 'pg_control'), 0);
    expect(await refusal()).toMatch(
      /the embedded database does not start: .*pg_control.*Restore the folder from a backup/,
    );
    expect(fatal).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)('a directory that may not be written', async () => {
    await chmod(dataDir, 0o500);
    expect(await refusal()).toMatch(/may not write there. Give the directory/);
    await chmod(dataDir, 0o700);
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

describe('a transaction that is not finished', () => {
  test('is rolled back when it waits too long, and everything else goes on', async () => {
    const { sql } = await open({ idleInTransactionMsMax: 200 });
    const forgotten = sql.begin(async (tx) => {
      await tx`insert into cursors (source) values ('a')`;
      await new Promise(() => {});
    });
    const next = sql`select count(*) as count from cursors`;
    await expect(forgotten).rejects.toThrow(/closed|waited 0.2 s/i);
    expect(await next).toEqual([{ count: 0 }]);
    await sql.begin((tx) => tx`insert into cursors (source) values ('b')`);
    expect(await sql`select source from cursors`).toEqual([{ source: 'b' }]);
    expect(fatal).toEqual([]);
  });

  test('does not wait for ever for a query that was sent outside of it', async () => {
    const { sql } = await open({ idleInTransactionMsMax: 200 });
    const trapped = sql.begin(async (tx) => {
      await tx`select 1`;
      await sql`select 2`;
    });
    await expect(trapped).rejects.toThrow();
    expect(await sql`select 3 as n`).toEqual([{ n: 3 }]);
  });

  test('may take longer than that as long as its statements come', async () => {
    const { sql } = await open({ idleInTransactionMsMax: 300 });
    await sql.begin(async (tx) => {
      for (let n = 0; n < 6; n += 1) {
        await tx`insert into cursors (source) values (${String(n)})`;
        await sleep(100);
      }
    });
    expect(await sql`select count(*) as count from cursors`).toEqual([{ count: 6 }]);
  });

  test('is undone by the close', async () => {
    const { sql, close } = await open();
    const forgotten = sql.begin(async (tx) => {
      await tx`insert into cursors (source) values ('a')`;
      await new Promise(() => {});
    });
    const rejected = expect(forgotten).rejects.toThrow();
    await sleep(50);
    await close();
    await rejected;
    const again = await open();
    expect(await again.sql`select source from cursors`).toEqual([]);
  }, 15_000);
});

describe('a database that ends by itself', () => {
  /** Ends PGlite's server for good: it has no way to answer a COPY. */
  const deadly = 'copy cursors from stdin';

  test('is reported once, and every query fails: those that wait and those that come', async () => {
    const { sql } = await open();
    await sql`insert into cursors (source) values ('kept')`;
    const waiting = [sql.unsafe(deadly), ...Array.from({ length: 200 }, () => sql`select 1`)];
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.filter((outcome) => outcome.status === 'rejected').length).toBeGreaterThan(190);
    for (let n = 0; n < 3; n += 1)
      await expect(sql`select 2`).rejects.toThrow(/embedded database failed/);
    await expect(sql.begin((tx) => tx`select 3`)).rejects.toThrow(/embedded database failed/);
    expect(fatal).toHaveLength(1);
    expect(fatal[0]?.message).toMatch(
      /^The embedded database failed: .*A restart recovers all that was committed.$/,
    );

    const again = await open();
    expect(await again.sql`select source from cursors`).toEqual([{ source: 'kept' }]);
  });

  test('is reported with the cause when the server panics in the middle of a statement', async () => {
    const { sql } = await open();
    await sql`create table big (text text storage plain)`;
    await rm(join(dataDir, 'postgres', 'pg_wal'), { recursive: true });
    const writing = sql`insert into big select repeat('x', 1000) from generate_series(1, 60000)`;
    await expect(writing).rejects.toThrow(/embedded database failed: could not .*pg_wal/);
    expect(fatal).toHaveLength(1);
  });

  test('is reported when a statement does not end', async () => {
    const { sql } = await open({ statementMsMax: 300 });
    await expect(sql`select count(*) from generate_series(1, 100000000000)`).rejects.toThrow(
      /did not answer within 0.3 s/,
    );
    await expect(sql`select 1`).rejects.toThrow(/did not answer within 0.3 s/);
    expect(fatal).toHaveLength(1);
  });

  test('can still be closed', async () => {
    const { sql, close } = await open();
    await expect(sql.unsafe(deadly)).rejects.toThrow();
    await close();
    expect(fatal).toHaveLength(1);
  });
});

describe('the close', () => {
  test('lets what was asked before finish, and refuses what comes after', async () => {
    const { sql, close } = await open();
    const last = sql`insert into cursors (source) select g::text from generate_series(1, 20000) g`;
    void last.execute();
    await close();
    expect((await last).count).toBe(20_000);
    await expect(sql`select 1`).rejects.toThrow();
    await close();
    const again = await open();
    expect(await again.sql`select count(*) as count from cursors`).toEqual([{ count: 20_000 }]);
    expect(fatal).toEqual([]);
  });

  test('leaves nothing to recover', async () => {
    const { sql, close } = await open();
    await sql`insert into cursors (source) values ('a')`;
    const [before] = await sql`select pg_current_wal_insert_lsn()::text as position`;
    await close();
    const again = await open();
    const [control] =
      await again.sql`select redo_lsn >= ${String(before?.position)}::pg_lsn as covered from pg_control_checkpoint()`;
    expect(control?.covered).toBe(true);
  });
});

describe('maintenance', () => {
  const checkpointPosition = (database: EmbeddedDatabase) =>
    database.sql`select checkpoint_lsn::text as position from pg_control_checkpoint()`.then(
      ([row]) => row?.position,
    );

  test('makes a checkpoint after a write, and none when nothing was written', async () => {
    const database = await open({ checkpointEveryMs: 50 });
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
    const { sql } = await open();
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
    const database = await open({ vacuumEveryMs: 200 });
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
    const database = await open({
      checkpointEveryMs: 50,
      onProblem: (error) => problems.push(error),
    });
    await expect(database.sql.unsafe('copy cursors from stdin')).rejects.toThrow();
    await sleep(200);
    expect(problems.length).toBeGreaterThan(0);
  });
});

describe('SIGKILL in the middle of commits', () => {
  test('ten times in a row loses nothing that was acknowledged', async () => {
    const script = fileURLToPath(new URL('../processes/commit-loop.mjs', import.meta.url));
    let acknowledged = 0;
    for (let round = 0; round < 10; round += 1) {
      const child = spawn(
        process.execPath,
        [script, builtFile('store/embedded/open.ts'), dataDir],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
      const ended = once(child, 'close');
      while (!output.includes('\n') && child.exitCode === null) await sleep(5);
      await sleep(100 + 70 * round);
      child.kill('SIGKILL');
      await ended;
      const lines = output.split('\n').slice(0, -1);
      expect(Number(lines[0])).toBeGreaterThan(acknowledged);
      acknowledged = Number(lines.at(-1));
    }
    const { sql } = await open();
    const [state] =
      await sql`select (select n from counter) as counter, (select count(*) from row) as rows, (select max(n) from row) as last`;
    expect(acknowledged).toBeGreaterThan(100);
    expect([acknowledged, acknowledged + 1]).toContain(state?.counter);
    expect(state).toEqual({ counter: state?.counter, rows: state?.counter, last: state?.counter });
  }, 120_000);
});

describe('Framer', () => {
  test('gives whole messages only, and all bytes in order, however they are cut', () => {
    const message = fc.uint8Array({ maxLength: 40 }).map((body) => {
      const bytes = Buffer.alloc(5 + body.length, body.length === 0 ? 83 : 81);
      bytes.writeInt32BE(4 + body.length, 1);
      bytes.set(body, 5);
      return bytes;
    });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.array(fc.nat({ max: 30 }), { minLength: 1 }),
        (messages, cuts) => {
          const startup = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);
          const all = Buffer.concat([startup, ...messages]);
          const borders = new Set<number>([0]);
          let border = 0;
          for (const one of [startup, ...messages]) {
            border += one.length;
            borders.add(border);
          }
          const framer = new Framer();
          const taken: Buffer[] = [];
          let passed = 0;
          for (let offset = 0, n = 0; offset < all.length; n += 1) {
            const length = (cuts[n % cuts.length] ?? 0) + 1;
            const whole = Buffer.from(framer.take(all.subarray(offset, offset + length)));
            offset += length;
            passed += whole.length;
            expect(borders.has(passed)).toBe(true);
            taken.push(whole);
          }
          expect(Buffer.concat(taken)).toEqual(all);
        },
      ),
    );
  });
});

describe('the archive', () => {
  test('gives back every file and folder, also empty ones, without those that were left out', async () => {
    const source = join(dataDir, 'source');
    await mkdir(join(source, 'a', 'empty'), { recursive: true });
    await writeFile(join(source, 'a', 'file'), Buffer.alloc(1025, 7));
    await writeFile(join(source, 'nothing'), '');
    await writeFile(join(source, 'left-out'), 'x');
    const archive = await packFolder(source, ['left-out']);
    await unpackFolder(archive, join(dataDir, 'target'));
    const names = (await readdir(join(dataDir, 'target'), { recursive: true })).sort();
    expect(names).toEqual(['a', 'a/empty', 'a/file', 'nothing']);
    expect((await stat(join(dataDir, 'target', 'a', 'file'))).size).toBe(1025);
  });
});
