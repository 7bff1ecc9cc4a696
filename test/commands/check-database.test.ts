// What `tocsin check` says about the database, and that it changes nothing there.
import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
} from 'vitest';
import { z } from 'zod';
import { createCheck } from '../../src/commands/check.ts';
import type { Registries } from '../../src/config/index.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { lockDirectory } from '../../src/store/embedded/directory-lock.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { runHere } from './in-process.ts';

const adapter = { type: 'mute', config: z.strictObject({}), example: {}, secrets: [] };
const never = () => Promise.reject(new Error('check must not do that'));
const registries: Registries = {
  sources: { mute: { ...adapter, create: () => ({ kind: 'poll', poll: never }) } },
  sinks: { mute: { ...adapter, create: () => ({ origin: 'mute:', send: never }) } },
};
const command = createCheck({ registries, createHttp: () => createHttpClient(), now: Date.now });

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tocsin-check-'));
  await writeFile(
    join(directory, 'tocsin.yaml'),
    'sources: { a: { type: mute } }\nsinks: { b: { type: mute } }\n',
  );
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** What check says about the database alone. */
async function look(env: Record<string, string>, argv: readonly string[] = []) {
  const { code, stdout } = await runHere(
    ['check', ...argv],
    { TOCSIN_CONFIG: 'tocsin.yaml', HOST: '127.0.0.1', PORT: '0', ...env },
    directory,
    {
      check: command,
    },
  );
  return { code, stdout, lines: stdout.split('\n').filter((line) => /^\w+ +database/.test(line)) };
}

describe('with DATABASE_URL', () => {
  let database: TestDatabase;
  let url: string;
  let admin: postgres.Sql;

  beforeAll(async () => {
    database = await createTestDatabase();
    ({ url } = database);
    admin = postgres(url, { max: 1, onnotice() {} });
  });
  afterAll(async () => {
    await admin.end();
    await database.drop();
  });

  const variant = (change: (url: URL) => void): string => {
    const changed = new URL(url);
    change(changed);
    return changed.href;
  };

  async function emptyDatabase(): Promise<{ url: string; name: string; sql: postgres.Sql }> {
    const name = `${new URL(url).pathname.slice(1)}_empty_${Math.random().toString(36).slice(2, 8)}`;
    await admin.unsafe(`create database "${name}"`);
    const emptyUrl = variant((changed) => {
      changed.pathname = `/${name}`;
    });
    const sql = postgres(emptyUrl, { max: 1, onnotice() {} });
    onTestFinished(async () => {
      await sql.end();
      await admin.unsafe(`drop database "${name}" with (force)`);
    });
    return { url: emptyUrl, name, sql };
  }

  /** A user that may connect and read, and create nothing. */
  async function restrictedUser(): Promise<string> {
    const name = `tocsin_restricted_${Math.random().toString(36).slice(2, 8)}`;
    await admin.unsafe(`create role "${name}" login password 'restricted'`);
    onTestFinished(async () => {
      await admin.unsafe(`drop owned by "${name}"`);
      await admin.unsafe(`drop role "${name}"`);
    });
    return name;
  }

  const as = (user: string, target: string): string => {
    const changed = new URL(target);
    changed.username = user;
    changed.password = 'restricted';
    return changed.href;
  };

  test('a migrated one that answers is fine', async () => {
    const { code, lines } = await look({ DATABASE_URL: url });
    expect(lines).toEqual([
      expect.stringMatching(
        /^ok {4}database: DATABASE_URL \(127\.0\.0\.1:\d+\): Postgres \d.* answers, and is migrated$/,
      ),
    ]);
    expect(code).toBe(0);
  });

  test('one that is not migrated yet is fine, and stays as it is', async () => {
    const empty = await emptyDatabase();
    const { code, lines } = await look({ DATABASE_URL: empty.url });
    expect(lines).toEqual([
      expect.stringMatching(/^ok .* not migrated yet: the first start will do it$/),
    ]);
    expect(code).toBe(0);
    expect(
      await empty.sql`select nspname from pg_namespace where nspname = 'drizzle'`,
    ).toHaveLength(0);
    expect(
      await empty.sql`select relname from pg_class where relnamespace = 'public'::regnamespace`,
    ).toHaveLength(0);
  });

  test('one of an older or a newer release is told apart', async () => {
    const { url: other, sql } = await emptyDatabase();
    await migrate(sql);
    await sql`insert into tocsin_migrations (hash) values ('of a later release')`;
    const newer = await look({ DATABASE_URL: other });
    expect(newer.lines).toEqual([expect.stringMatching(/^warn .* migrated by a newer release/)]);
    expect(newer.code).toBe(0);
    await sql`delete from tocsin_migrations where hash = (select min(hash) from tocsin_migrations)`;
    expect((await look({ DATABASE_URL: other })).lines).toEqual([
      expect.stringMatching(/^ok .* of an older release: the next start will migrate it$/),
    ]);
  });

  test('a user that may create nothing fails before the first start, and is fine once somebody else has migrated', async () => {
    const user = await restrictedUser();
    const { url: other, sql } = await emptyDatabase();
    const { code, lines } = await look({ DATABASE_URL: as(user, other) });
    expect(lines).toEqual([
      expect.stringMatching(/^FAIL .* this user may not create tables there\. Make it the owner/),
    ]);
    expect(code).toBe(1);
    await migrate(sql);
    expect((await look({ DATABASE_URL: as(user, other) })).lines).toEqual([
      expect.stringMatching(/^FAIL .* this user may not use the tables there\. Make it the owner/),
    ]);
    await sql.unsafe(`grant all on all tables in schema public to "${user}"`);
    onTestFinished(() => sql.unsafe(`drop owned by "${user}"`).then(() => undefined));
    expect((await look({ DATABASE_URL: as(user, other) })).lines).toEqual([
      expect.stringMatching(/^ok .* is migrated$/),
    ]);
    const restricted = postgres(as(user, other), { max: 1, onnotice() {} });
    expect(await migrate(restricted)).toBe(0);
    await restricted.end();
  });

  test('one that only reads fails', async () => {
    const { url: other, name, sql } = await emptyDatabase();
    await migrate(sql);
    await admin.unsafe(`alter database "${name}" set default_transaction_read_only = on`);
    const { code, lines } = await look({ DATABASE_URL: other });
    expect(lines).toEqual([expect.stringMatching(/^FAIL .* read-only .* Name the primary/)]);
    expect(code).toBe(1);
  });

  test('a fault that has no words of its own is told in the words of the server, without the name of the database', async () => {
    const { url: other, name, sql } = await emptyDatabase();
    await sql.end();
    await admin.unsafe(`alter database "${name}" allow_connections false`);
    const { lines } = await look({ DATABASE_URL: other });
    expect(lines).toEqual([
      expect.stringMatching(/^FAIL .*: 55000 database "\[database\]" is not currently accepting/),
    ]);
    expect(lines[0]).not.toContain(name);
  });

  test('DATABASE_URL_DIRECT is looked at as well', async () => {
    const { code, lines } = await look({
      DATABASE_URL: url,
      DATABASE_URL_DIRECT: variant((changed) => {
        changed.port = '1';
      }),
    });
    expect(lines).toEqual([
      expect.stringMatching(/^ok {4}database: DATABASE_URL \(/),
      expect.stringMatching(
        /^FAIL {2}database: DATABASE_URL_DIRECT \(127\.0\.0\.1:1\): nothing accepts connections/,
      ),
    ]);
    expect(code).toBe(1);
  });

  test('findings are in the JSON like all others', async () => {
    const { stdout } = await look({ DATABASE_URL: url }, ['--json']);
    expect(JSON.parse(stdout).findings).toContainEqual({
      status: 'ok',
      kind: 'database',
      id: '',
      text: expect.stringContaining('is migrated'),
    });
  });

  describe('that cannot be used, the cause and the remedy are told, and neither password nor database', () => {
    let web: Server;
    beforeAll(async () => {
      web = createServer((_request, response) => response.end('hello'));
      await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
    });
    afterAll(() => new Promise((done) => web.close(done)));

    test.each<[string, (url: URL) => void, string]>([
      [
        'the password is wrong',
        (changed) => {
          changed.password = 'wrong-password';
        },
        'the server refuses user or password (28P01). Correct them',
      ],
      [
        'there is no such database',
        (changed) => {
          changed.pathname = '/no-such-database';
        },
        'the database does not exist there (3D000). Create it, or correct the last part of the URL',
      ],
      [
        'the host has no address',
        (changed) => {
          changed.hostname = `${'x'.repeat(64)}.invalid`; // too long to be asked for
        },
        'the host name cannot be resolved (ENOTFOUND). Check its spelling',
      ],
      [
        'nothing listens',
        (changed) => {
          changed.port = '1';
        },
        'nothing accepts connections there (ECONNREFUSED). Check that Postgres runs',
      ],
      [
        'something else listens',
        (changed) => {
          changed.port = String((web.address() as AddressInfo).port);
        },
        'nothing answers there as Postgres does (CONNECTION_CLOSED). Check host and port',
      ],
      [
        'TLS is asked for in vain',
        (changed) => {
          changed.search = '?sslmode=require';
        },
        'the server does not speak TLS, which sslmode in the URL asks for (TLS_REFUSED). Switch it on',
      ],
    ])('when %s', async (_, change, words) => {
      const wrong = variant(change);
      const { code, stdout, lines } = await look({ DATABASE_URL: wrong });
      expect(lines).toEqual([expect.stringMatching(/^FAIL {2}database: DATABASE_URL\b/)]);
      expect(lines[0]).toContain(words);
      const { password, pathname } = new URL(wrong);
      expect(stdout).not.toContain(password);
      expect(stdout).not.toContain(pathname.slice(1));
      expect(code).toBe(1);
    });
  });
});

describe('on the embedded database', () => {
  test('a path that is too long for the socket in it fails, before anything is made', async () => {
    const { code, lines } = await look({ DATA_DIR: join(directory, 'd'.repeat(150)) });
    expect(lines).toEqual([
      expect.stringMatching(
        /^FAIL {2}database: DATA_DIR .* the path is too long .* Set DATA_DIR to a shorter one\.$/,
      ),
    ]);
    expect(code).toBe(1);
    expect(await readdir(directory)).toEqual(['tocsin.yaml']);
  });

  test('a directory that is not there is made by the first start, not by check', async () => {
    const { code, lines } = await look({});
    expect(lines).toEqual([
      `ok    database: DATA_DIR (${join(directory, 'data')}): the first start makes it`,
    ]);
    expect(code).toBe(0);
    expect(await readdir(directory)).toEqual(['tocsin.yaml']);
  });

  test('an empty directory stays empty', async () => {
    await mkdir(join(directory, 'data'));
    const { lines } = await look({});
    expect(lines).toEqual([
      expect.stringMatching(/^ok .* can be written; the first start makes the embedded database$/),
    ]);
    expect(await readdir(join(directory, 'data'))).toEqual([]);
  });

  test('a running service that holds it is told, and not disturbed', async () => {
    const lock = await lockDirectory(join(directory, 'data'));
    onTestFinished(() => lock.release());
    // No database, so that opening it would fail.
    await mkdir(join(directory, 'data', 'postgres'));
    const { code, lines } = await look({});
    expect(lines).toContainEqual(
      expect.stringMatching(
        new RegExp(`^ok .* a running service holds it \\(process ${process.pid} on host `),
      ),
    );
    expect(code).toBe(0);
    expect(await readdir(join(directory, 'data', 'postgres'))).toEqual([]);
  });

  test('a directory that is open to every user is a warning', async () => {
    await mkdir(join(directory, 'data'));
    await chmod(join(directory, 'data'), 0o777);
    const { code, lines } = await look({});
    expect(lines).toEqual([
      expect.stringMatching(/^warn .* may be written by every user .* with mode 700\.$/),
    ]);
    expect(code).toBe(0);
  });

  test('a directory that nobody holds any more is free, and what waits in it was not looked at', async () => {
    const lock = await lockDirectory(join(directory, 'data'));
    await lock.release();
    await mkdir(join(directory, 'data', 'postgres'));
    const { code, lines } = await look({});
    expect(lines).toEqual([
      expect.stringMatching(/^ok .* can be written, and holds the embedded database$/),
      expect.stringMatching(
        /^warn .* was not looked at: no service answers there\. .*`tocsin dead list`/,
      ),
    ]);
    expect(code).toBe(0);
  });

  test.each([['data'], ['data/deeper']])('a file in its place fails: DATA_DIR=%s', async (path) => {
    await writeFile(join(directory, 'data'), 'a file');
    const { code, lines } = await look({ DATA_DIR: path });
    expect(lines).toEqual([
      expect.stringMatching(
        /^FAIL {2}database: DATA_DIR \(.*\): it is not a directory\. Set DATA_DIR/,
      ),
    ]);
    expect(code).toBe(1);
  });

  test.skipIf(process.getuid?.() === 0)(
    'a directory that this user may not write to fails',
    async () => {
      await mkdir(join(directory, 'data'), { mode: 0o500 });
      expect((await look({})).lines).toEqual([
        expect.stringMatching(/^FAIL .* this user may not write there/),
      ]);
    },
  );

  const asRoot = test.runIf(process.getuid?.() === 0);

  asRoot(
    'root looks at the database of another user: a warning that names the command of that user',
    async () => {
      await mkdir(join(directory, 'data', 'postgres'), { recursive: true });
      await chown(join(directory, 'data', 'postgres'), 12_345, 12_345);
      const { code, lines } = await look({});
      expect(lines).toContainEqual(
        expect.stringMatching(
          /^warn .* "postgres" in it belongs to another user \(id 12345\)\. .*sudo -u '#12345' tocsin/,
        ),
      );
      expect(code).toBe(0);
    },
  );

  asRoot('root is told of the service of another user that runs, as under systemd', async () => {
    const lock = await lockDirectory(join(directory, 'data'));
    onTestFinished(() => lock.release());
    await mkdir(join(directory, 'data', 'postgres'));
    for (const name of ['data/postgres', 'data/tocsin.sock', 'data'])
      await chown(join(directory, name), 12_345, 12_345);
    const { code, lines } = await look({});
    expect(lines).toContainEqual(
      expect.stringMatching(/^ok .* a running service holds it \(process /),
    );
    expect(code).toBe(0);
  });
});
