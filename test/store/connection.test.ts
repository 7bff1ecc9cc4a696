// Every form of address against a real server: over TCP and a socket, with TLS and without.
import { chmodSync, chownSync, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { createServer as createSecureServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { databaseErrorCode, openPostgres } from '../../src/store/database.ts';
import { inspectPostgres } from '../../src/store/inspect.ts';
import { compareMigrations, migrate } from '../../src/store/migrate.ts';
import { candidates } from '../support/postgres-binaries.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-process.ts';

const certificate = fileURLToPath(new URL('../fixtures/loopback-certificate.pem', import.meta.url));
const key = fileURLToPath(new URL('../fixtures/loopback-key.pem', import.meta.url));

let server: PostgresServer;
let admin: postgres.Sql;
let port: number;
let folder: string;
/** `user:password` of the superuser. */
let who: string;

/** The certificate's name is "localhost", so a user of this name may show it as its own. */
const hba = `
hostnossl all plain all trust
hostssl all secret all trust
host all plain,secret all reject
hostssl all localhost all cert
local all all trust
host all all all scram-sha-256
`;

beforeAll(async () => {
  server = await startPostgres(candidates()[0]!, '127.0.0.1,::1');
  const url = new URL(server.url);
  port = Number(url.port);
  who = `${url.username}:${url.password}`;
  admin = postgres(server.url, { max: 1, onnotice() {} });
  const data = String((await admin`show data_directory`)[0]?.data_directory);
  folder = dirname(data);
  const { uid, gid } = statSync(data);
  for (const [from, to] of [
    [certificate, 'server.crt'],
    [key, 'server.key'],
  ] as const) {
    copyFileSync(from, join(data, to));
    chownSync(join(data, to), uid, gid);
    chmodSync(join(data, to), 0o600);
  }
  writeFileSync(join(data, 'pg_hba.conf'), hba);
  for (const role of ['plain', 'secret', 'localhost'])
    await admin.unsafe(`create role ${role} login`);
  await admin.unsafe('create database "soc events"');
  await admin.unsafe("alter system set ssl_ca_file = 'server.crt'");
  await admin.unsafe('alter system set ssl = on');
  await admin`select pg_reload_conf()`;
  await vi.waitFor(
    async () =>
      expect((await ask(`postgres://${who}@127.0.0.1:${port}/postgres?sslmode=require`)).ssl).toBe(
        true,
      ),
    { timeout: 20_000, interval: 100 },
  );
}, 60_000);
afterAll(async () => {
  await admin.end();
  await server.stop();
});

/** What the server says of a connection; or the code of why there is none. */
async function ask(url: string): Promise<Record<string, unknown>> {
  const { $client: sql } = openPostgres({ url, prepare: true, connectionsMax: 1 });
  try {
    const [row] = await sql`
      select ssl, current_user::text as user, current_database()::text as database, application_name as name,
        current_setting('search_path') as path, current_setting('statement_timeout') as limit,
        host(inet_server_addr()) as address
      from pg_stat_ssl join pg_stat_activity using (pid) where pid = pg_backend_pid()`;
    return row ?? {};
  } catch (error) {
    return { code: databaseErrorCode(error) };
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** `@` stands for the superuser, `:p` for the port. */
const at = (text: string) => text.replace('://@', `://${who}@`).replaceAll(':p', `:${port}`);
const ca = `sslrootcert=${encodeURIComponent(certificate)}`;

describe('TLS', () => {
  test.each<[string, object]>([
    ['postgres://@127.0.0.1:p/postgres', { ssl: true }],
    ['postgres://@127.0.0.1:p/postgres?sslmode=disable', { ssl: false }],
    ['postgres://@127.0.0.1:p/postgres?sslmode=allow', { ssl: false }],
    ['postgres://@127.0.0.1:p/postgres?sslmode=prefer', { ssl: true }],
    ['postgres://@127.0.0.1:p/postgres?sslmode=require', { ssl: true }],
    ['postgres://plain@127.0.0.1:p/postgres', { ssl: false, user: 'plain' }],
    ['postgres://plain@127.0.0.1:p/postgres?sslmode=require', { code: '28000' }],
    ['postgres://secret@127.0.0.1:p/postgres?sslmode=allow', { ssl: true, user: 'secret' }],
    ['postgres://secret@127.0.0.1:p/postgres?sslmode=disable', { code: '28000' }],
    [`postgres://@127.0.0.1:p/postgres?sslmode=verify-full&${ca}`, { ssl: true }],
    [`postgres://@localhost:p/postgres?sslmode=verify-full&${ca}`, { ssl: true }],
    [
      `postgres://@[::1]:p/postgres?sslmode=verify-full&${ca}`,
      { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    ],
    [`postgres://@[::1]:p/postgres?sslmode=verify-ca&${ca}`, { ssl: true, address: '::1' }],
    [
      `postgres://@db.example:p/postgres?hostaddr=127.0.0.1&sslmode=verify-full&${ca}`,
      { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    ],
    [
      `postgres://@localhost:p/postgres?hostaddr=::1&sslmode=verify-full&${ca}`,
      { ssl: true, address: '::1' },
    ],
    ['postgres://@127.0.0.1:p/postgres?sslmode=verify-ca', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
    [
      'postgres://@127.0.0.1:p/postgres?sslrootcert=system',
      { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    ],
    [
      'postgres://@127.0.0.1:p/postgres?sslmode=verify-ca&sslrootcert=/nothing.pem',
      { code: 'TLS_FILE' },
    ],
    [
      'postgres://@127.0.0.1:p/postgres?channel_binding=require',
      { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    ],
    [`postgres://@127.0.0.1:p/postgres?channel_binding=require&${ca}`, { ssl: true }],
    ['postgres://localhost@127.0.0.1:p/postgres?sslmode=require', { code: '28000' }],
    [
      `postgres://localhost@127.0.0.1:p/postgres?sslcert=${encodeURIComponent(certificate)}&sslkey=${encodeURIComponent(key)}`,
      { ssl: true, user: 'localhost' },
    ],
  ])('%s', async (text, expected) => {
    expect(await ask(at(text))).toMatchObject(expected);
  });

  test('a server without TLS is refused where TLS is asked for, and said so', async () => {
    const url = inject('postgres').url;
    expect(await ask(`${url}?sslmode=require`)).toEqual({ code: 'TLS_REFUSED' });
    await expect(inspectPostgres(`${url}?sslmode=require`, 'DATABASE_URL')).rejects.toThrow(
      'the server does not speak TLS, which sslmode in the URL asks for (TLS_REFUSED). Switch it on',
    );
    expect(await ask(url)).toMatchObject({ ssl: false });
  });

  test('from the first byte, where the URL says so', async () => {
    const frame = (kind: string, body: Buffer) => {
      const head = Buffer.alloc(5);
      head.write(kind);
      head.writeInt32BE(body.length + 4, 1);
      return Buffer.concat([head, body]);
    };
    const protocols: unknown[] = [];
    const tls = {
      cert: readFileSync(certificate),
      key: readFileSync(key),
      ALPNProtocols: ['postgresql'],
    };
    const direct = createSecureServer(tls, (socket) => {
      protocols.push(socket.alpnProtocol);
      socket.on('error', () => {});
      socket.once('data', () =>
        socket.end(frame('E', Buffer.from('SFATAL\0C3D000\0Mno database\0\0'))),
      );
    });
    await new Promise<void>((resolve) => direct.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void direct.close());
    const where = `postgres://u@127.0.0.1:${(direct.address() as AddressInfo).port}/d`;
    expect(await ask(`${where}?sslmode=require&sslnegotiation=direct`)).toEqual({ code: '3D000' });
    expect(protocols).toEqual(['postgresql']);
  });

  test('when a connection is reset, what is asked right after the failure is answered or refused', async () => {
    const sockets = new Set<Socket>();
    const cable = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const one of [near, far]) sockets.add(one.on('error', () => {}));
    });
    await new Promise<void>((resolve) => cable.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const one of sockets) one.destroy();
      cable.close();
    });
    const url = `postgres://${who}@127.0.0.1:${(cable.address() as AddressInfo).port}/postgres?sslmode=require`;
    const { $client: sql } = openPostgres({ url, prepare: true, connectionsMax: 1 });
    onTestFinished(() => sql.end({ timeout: 1 }));
    for (let n = 0; n < 3; n += 1) {
      await sql`select 1`;
      const asked = sql`select pg_sleep(10)`.catch((error: unknown) => error);
      setTimeout(() => [...sockets].map((one) => one.resetAndDestroy()), 50);
      await asked;
      const again = await sql`select 2 as n`.catch((error: unknown) => databaseErrorCode(error));
      expect([[{ n: 2 }], 'CONNECTION_CLOSED']).toContainEqual(again);
    }
  });
});

describe('where', () => {
  test('the folder of a socket, in both spellings', async () => {
    const encoded = encodeURIComponent(folder);
    for (const url of [
      `postgres://plain@/postgres?host=${encoded}&port=${port}`,
      `postgres://plain@${encoded}:${port}/postgres`,
    ]) {
      expect(await ask(url)).toMatchObject({ user: 'plain', ssl: false, address: null });
    }
    const { address } = await inspectPostgres(
      `postgres://postgres@${encoded}:${port}/postgres`,
      'DATABASE_URL',
    );
    expect(address).toBe(`${folder}/.s.PGSQL.${port}`);
  });

  test('IPv6, and a database with a blank in its name', async () => {
    expect(await ask(at('postgres://@[::1]:p/soc%20events'))).toMatchObject({
      address: '::1',
      database: 'soc events',
    });
  });

  test('the first of several hosts that answers; where none does, that is said', async () => {
    expect(await ask(at('postgres://@127.0.0.1:1,127.0.0.1:2,[::1]:p/postgres'))).toMatchObject({
      address: '::1',
    });
    expect(await ask('postgres://u@127.0.0.1:1,127.0.0.1:2/postgres')).toEqual({
      code: 'ECONNREFUSED',
    });
  });

  test('the one of several hosts that takes writes', async () => {
    const other = new URL(inject('postgres').url);
    const standby = postgres(other.href, { max: 1, onnotice() {} });
    await standby.unsafe("create role url_both login password 'both'");
    await standby.unsafe('create database url_both');
    onTestFinished(async () => {
      await standby.unsafe('drop database if exists url_both with (force)');
      await standby.unsafe('drop role if exists url_both');
      await standby.end();
    });
    await standby.unsafe('alter database url_both set default_transaction_read_only = on');
    await admin.unsafe("create role url_both login password 'both'");
    await admin.unsafe('create database url_both');
    const hosts = `postgres://url_both:both@127.0.0.1:${other.port},127.0.0.1:${port}/url_both`;
    expect(await ask(`${hosts}?target_session_attrs=read-write`)).toMatchObject({ ssl: true });
    expect(await ask(hosts)).toMatchObject({ ssl: false });
    const alone = `postgres://url_both:both@127.0.0.1:${other.port}/url_both?target_session_attrs=primary`;
    expect(await ask(alone)).toEqual({ code: 'READ_ONLY_SERVER' });
    await expect(inspectPostgres(alone, 'DATABASE_URL')).rejects.toThrow(
      /no server there takes writes.*Name the primary/,
    );
  });
});

describe('the session', () => {
  test('options choose the schema, as the remedy for tables in two schemas says', async () => {
    await admin.unsafe('create schema soc');
    const url = at('postgres://@127.0.0.1:p/postgres?options=-csearch_path%3Dsoc');
    expect(await ask(url)).toMatchObject({ path: 'soc' });
    const { $client: sql } = openPostgres({ url, prepare: true, connectionsMax: 1 });
    onTestFinished(() => sql.end({ timeout: 1 }));
    expect(await migrate(sql)).toBeGreaterThan(0);
    expect(await compareMigrations(sql)).toMatchObject({ state: 'current', schema: 'soc' });
    expect(await sql`select to_regclass('public.events') as there`).toEqual([{ there: null }]);
  });

  test('settings that stand in the URL by their names hold', async () => {
    const url = at(
      'postgres://@127.0.0.1:p/postgres?search_path=elsewhere&statement_timeout=30000&connect_timeout=60',
    );
    expect(await ask(url)).toMatchObject({ path: 'elsewhere', limit: '30s' });
  });

  test('it has the name of the URL, else "tocsin"', async () => {
    expect(await ask(at('postgres://@127.0.0.1:p/postgres'))).toMatchObject({ name: 'tocsin' });
    expect(await ask(at('postgres://@127.0.0.1:p/postgres?application_name=relay'))).toMatchObject({
      name: 'relay',
    });
  });

  test('no variable of libpq reaches it', async () => {
    for (const [name, value] of [
      ['PGUSER', 'plain'],
      ['PGPASSWORD', 'x'],
      ['PGHOST', '192.0.2.1'],
      ['PGPORT', '1'],
      ['PGDATABASE', 'soc events'],
      ['PGAPPNAME', 'other'],
      ['PGSSL', 'require'],
      ['PGCONNECT_TIMEOUT', '0'],
    ] as const)
      vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await ask(at('postgres://@127.0.0.1:p?sslmode=disable'))).toMatchObject({
      user: 'postgres',
      database: 'postgres',
      name: 'tocsin',
      ssl: false,
    });
    expect(await ask(`postgres://postgres@127.0.0.1:${port}/postgres`)).toEqual({ code: '28P01' });
  });
});
