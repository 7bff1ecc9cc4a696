// What a look at the store finds, without a change to it.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { DatabaseUrlError } from '../../src/store/connection.ts';
import { DataDirectoryError } from '../../src/store/embedded/data-directory.ts';
import { lockDirectory } from '../../src/store/embedded/directory-lock.ts';
import { inspectDataDirectory, inspectPostgres, problemText } from '../../src/store/inspect.ts';
import { DatabaseSchemaError } from '../../src/store/journal.ts';
import { createTestDatabase } from '../support/database.ts';

describe('inspectPostgres', () => {
  async function open(isMigrated: boolean) {
    const database = await createTestDatabase(isMigrated);
    const sql = postgres(database.directUrl, { max: 1, onnotice() {} });
    onTestFinished(async () => {
      await sql.end();
      await database.drop();
    });
    return { sql, look: () => inspectPostgres(database.directUrl, 'DATABASE_URL') };
  }

  test('says where it is, its version, its schema and what this user may do', async () => {
    const { look } = await open(true);
    const { host } = new URL(inject('postgres').url);
    expect(await look()).toEqual({
      address: expect.stringContaining(host),
      version: expect.stringMatching(/^\d+/),
      schema: 'current',
      schemaName: 'public',
      isReadOnly: false,
      mayCreateTables: true,
      mayUseTables: true,
    });
  });

  test('makes nothing in an empty database', async () => {
    const { sql, look } = await open(false);
    expect(await look()).toMatchObject({ schema: 'none', mayCreateTables: true });
    expect(
      await sql`select 1 from pg_class where relnamespace = 'public'::regnamespace`,
    ).toHaveLength(0);
  });

  test('tells an older release from a newer one', async () => {
    const { sql, look } = await open(true);
    await sql`insert into tocsin_migrations (hash) values ('of a later release')`;
    expect(await look()).toMatchObject({ schema: 'newer' });
    await sql`delete from tocsin_migrations where hash = (select min(hash) from tocsin_migrations)`;
    expect(await look()).toMatchObject({ schema: 'behind' });
  });

  test('sees that it takes no writes', async () => {
    const { sql, look } = await open(true);
    const [row] = await sql`select current_database() as name`;
    await sql.unsafe(`alter database "${row?.name}" set default_transaction_read_only = on`);
    expect(await look()).toMatchObject({ isReadOnly: true });
  });

  test('sees what its user may not do', async () => {
    const { sql } = await open(true);
    const [row] = await sql`select current_database() as name`;
    const role = `tocsin_look_${Math.random().toString(36).slice(2, 8)}`;
    await sql.unsafe(`create role "${role}" login password 'look'`);
    onTestFinished(async () => {
      await sql.unsafe(`drop owned by "${role}"`);
      await sql.unsafe(`drop role "${role}"`);
    });
    const address = new URL(inject('postgres').url);
    Object.assign(address, { username: role, password: 'look', pathname: `/${row?.name}` });
    const look = () => inspectPostgres(address.href, 'DATABASE_URL');
    expect(await look()).toMatchObject({ mayCreateTables: false, mayUseTables: false });
    for (const table of ['events', 'deliveries', 'cursors'])
      await sql.unsafe(`grant select, insert, update on ${table} to "${role}"`);
    expect(await look(), 'of one table of four it may not').toMatchObject({ mayUseTables: false });
    await sql.unsafe(`grant select, insert, update on leases to "${role}"`);
    expect(await look()).toMatchObject({ mayUseTables: true, mayCreateTables: false });
  });

  test('of one that cannot be used it names variable, address, cause and code', async () => {
    const failure = inspectPostgres('postgres://u:hunter2@127.0.0.1:1/soc', 'DATABASE_URL_DIRECT');
    await expect(failure).rejects.toThrow(DatabaseUrlError);
    await expect(failure).rejects.toThrow(
      /^DATABASE_URL_DIRECT \(127\.0\.0\.1:1\): nothing accepts connections there \(ECONNREFUSED\)\. Check that Postgres runs/,
    );
  });

  test('of one that is no Postgres it says so', async () => {
    const web = createHttpServer((_, response) => response.end('hello'));
    await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
    onTestFinished(() => void web.close());
    const { port } = web.address() as { port: number };
    await expect(
      inspectPostgres(`postgres://u@127.0.0.1:${port}/d`, 'DATABASE_URL'),
    ).rejects.toThrow('nothing answers there as Postgres does (CONNECTION_CLOSED). Check host');
  });
});

describe('the words for a failure', () => {
  const coded = (code: string, message = 'words') => Object.assign(new Error(message), { code });

  test.each([
    ['28P01', 'the server refuses user or password (28P01). Correct them. Write it as postgres://'],
    ['28000', 'the server does not let this user in from here (28000). Check the user'],
    ['3D000', 'the database does not exist there (3D000). Create it'],
    ['42501', 'this user may not do that there (42501). Make it the owner'],
    ['53300', 'the server has no connection free (53300). Raise max_connections'],
    ['57P03', 'the server is starting or stopping (57P03). Try again'],
    ['57P01', 'the server is starting or stopping (57P01). Try again'],
    ['ECONNREFUSED', 'nothing accepts connections there (ECONNREFUSED). Check that Postgres runs'],
    ['ENOENT', 'there is no such socket (ENOENT). Check that Postgres runs on this machine'],
    ['ENOTFOUND', 'the host name cannot be resolved (ENOTFOUND). Check its spelling'],
    ['EAI_AGAIN', 'the host name cannot be resolved (EAI_AGAIN). Check its spelling'],
    ['EHOSTUNREACH', 'there is no way to this host (EHOSTUNREACH). Check host, port, network'],
    ['ENETUNREACH', 'there is no way to this host (ENETUNREACH). Check host, port, network'],
    ['ETIMEDOUT', 'there is no way to this host (ETIMEDOUT). Check host, port, network'],
    ['CONNECT_TIMEOUT', 'nothing answers there as Postgres does (CONNECT_TIMEOUT). Check host'],
    ['ECONNRESET', 'the connection was cut before Postgres answered (ECONNRESET). Check that'],
    ['CERT_UNTRUSTED', 'its certificate is not trusted here (CERT_UNTRUSTED). Let sslrootcert'],
    ['CERT_HAS_EXPIRED', 'its certificate has expired (CERT_HAS_EXPIRED). Renew it there'],
    ['CERT_NOT_YET_VALID', 'its certificate is not valid yet (CERT_NOT_YET_VALID). Set the clock'],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'its certificate is for another host name (ERR_TLS_CERT_ALTNAME_INVALID). Name the host',
    ],
    [
      'TLS_REFUSED',
      'the server does not speak TLS, which sslmode in the URL asks for (TLS_REFUSED)',
    ],
    ['READ_ONLY_SERVER', 'no server there takes writes, which target_session_attrs asks for'],
    ['EMFILE', 'EMFILE this process has no file descriptor left'],
    // Known elsewhere, and no failure of a connection to Postgres.
    ['ENOSPC', 'ENOSPC words. Check the server and the URL.'],
    ['constructor', 'constructor words. Check the server and the URL.'],
  ])('%s', (code, words) => {
    expect(problemText(coded(code), 'soc')).toContain(words);
  });

  test('those of the server hide the name of the database, unless it is too short to be one', () => {
    const error = coded('55000', 'database "soc_events" does not accept connections');
    expect(problemText(error, 'soc_events')).toBe(
      '55000 database "[database]" does not accept connections. Check the server and the URL.',
    );
    expect(problemText(error, 'soc')).toContain('"soc_events"');
  });

  test('those of the schema stay as they are', () => {
    expect(problemText(new DatabaseSchemaError('words'), 'soc')).toBe('words');
  });
});

describe('inspectDataDirectory', () => {
  let parent: string;
  let directory: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'tocsin-'));
    directory = join(parent, 'data');
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  test('one that is missing is made by the first start, and not by a look', async () => {
    expect(await inspectDataDirectory(join(directory, 'deeper'))).toEqual({
      isSound: true,
      text: `DATA_DIR (${directory}/deeper): the first start makes it`,
    });
    expect(readdirSync(parent)).toEqual([]);
  });

  test('one that is empty, and one that holds the embedded database, can be written', async () => {
    mkdirSync(directory);
    expect(await inspectDataDirectory(directory)).toEqual({
      isSound: true,
      text: `DATA_DIR (${directory}): can be written; the first start makes the embedded database`,
    });
    mkdirSync(join(directory, 'postgres'));
    expect(await inspectDataDirectory(directory)).toEqual({
      isSound: true,
      text: `DATA_DIR (${directory}): can be written, and holds the embedded database`,
    });
    expect(readdirSync(directory)).toEqual(['postgres']);
  });

  test('one that a service holds is left to it', async () => {
    const lock = await lockDirectory(directory);
    onTestFinished(() => lock.release());
    const { text } = await inspectDataDirectory(directory);
    expect(text).toMatch(
      new RegExp(`a running service holds it \\(process ${process.pid} on host`),
    );
  });

  test('one that every user may write to is exposed', async () => {
    mkdirSync(directory);
    await chmod(directory, 0o777);
    expect(await inspectDataDirectory(directory)).toMatchObject({
      isSound: true,
      isExposed: true,
      text: expect.stringContaining('may be written by every user of this machine'),
    });
  });

  test.each(['data', 'data/deeper', 'data/much/deeper'])(
    'a file in the place of data, as DATA_DIR=%s has it, is no directory',
    async (path) => {
      writeFileSync(directory, '');
      const failure = inspectDataDirectory(join(parent, path));
      await expect(failure).rejects.toThrow(DataDirectoryError);
      await expect(failure).rejects.toThrow('it is not a directory. Set DATA_DIR');
    },
  );

  test('one whose path is too long for the socket in it is refused', async () => {
    await expect(inspectDataDirectory(join(parent, 'd'.repeat(150)))).rejects.toThrow(
      /the path is too long .* Set DATA_DIR to a shorter one\.$/,
    );
  });

  test.runIf(process.getuid?.() === 0)(
    'root is shown what belongs to another user, as a service under systemd has it',
    async () => {
      mkdirSync(join(directory, 'postgres'), { recursive: true });
      await chown(join(directory, 'postgres'), 12_345, 12_345);
      expect(await inspectDataDirectory(directory)).toMatchObject({
        isSound: true,
        isExposed: true,
        text: expect.stringMatching(
          /"postgres" in it belongs to another user \(id 12345\).*A service that runs as that user may have it so\.$/,
        ),
      });
    },
  );
});
