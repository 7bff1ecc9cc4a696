// A private Postgres server on a temporary directory. It ends, and its directory is removed, when
// it is stopped or when this process dies.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import type { Candidate } from './postgres-binaries.ts';
import {
  type Account,
  accountForServers,
  freePort,
  lastLines,
  temporaryDirectory,
} from './server-process.ts';

export interface PostgresServer {
  /** The superuser's address, on the database `postgres`. */
  readonly url: string;
  /** The server's main process. */
  readonly pid: number;
  /** Ends the server at once and removes its files. May be called again. */
  stop(): Promise<void>;
}

const startTimeoutMs = 30_000;

/**
 * The supervisor waits beside the server. When its standard input closes (this process stopped it,
 * or died in whatever way), it ends the server and removes the folder. A server that ends by itself
 * leaves the folder, so that its log can be read.
 */
const supervisor = `
exec 3<&0
"$1/postgres" -D "$2/data" 3<&- </dev/null >"$2/log" 2>&1 &
server=$!
echo $server
{ cat <&3 >/dev/null; : >"$2/ending"; kill -QUIT $server 2>/dev/null; } &
wait $server
code=$?
exec 3<&-
if [ -e "$2/ending" ]; then cd /; rm -rf "$2"; fi
exit $code
`;

/**
 * @param listenAddresses `127.0.0.1,::1`; what is not there is passed over. @throws {Error} that
 * says what this candidate lacked.
 */
export async function startPostgres(
  candidate: Candidate,
  listenAddresses = '127.0.0.1',
): Promise<PostgresServer> {
  if (process.platform === 'win32')
    throw new Error('on Windows a private server is not supported; set TEST_DATABASE_URL');
  const account = accountForServers();
  const directory = temporaryDirectory(account);
  try {
    const binaries = candidate.prepare(directory);
    const password = randomBytes(12).toString('hex');
    initialise(binaries, directory, password, account);
    return await launch({ binaries, directory, password, account, listenAddresses });
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

function initialise(
  binaries: string,
  directory: string,
  password: string,
  account: Account | undefined,
): void {
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account !== undefined) chownSync(passwordFile, account.uid, account.gid);
  const result = spawnSync(
    join(binaries, 'initdb'),
    [
      '-D',
      join(directory, 'data'),
      '-U',
      'postgres',
      '-E',
      'UTF8',
      '--locale=C',
      '-A',
      'scram-sha-256',
      '--no-sync',
      '--no-instructions',
      `--pwfile=${passwordFile}`,
    ],
    { ...account, cwd: directory, encoding: 'utf8' },
  );
  rmSync(passwordFile, { force: true });
  if (result.error) throw new Error(`initdb could not be run: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`initdb failed: ${lastLines(result.stderr)}`);
}

interface Launch {
  readonly binaries: string;
  readonly directory: string;
  readonly password: string;
  readonly account: Account | undefined;
  readonly listenAddresses: string;
}

async function launch(options: Launch): Promise<PostgresServer> {
  const { binaries, directory, password, account } = options;
  // Another process may take the free port before the server does: then another port is tried.
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    configure(options, port);
    const child = spawn('/bin/sh', ['-c', supervisor, 'sh', binaries, directory], {
      ...account,
      cwd: directory,
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true, // an interrupt typed at the terminal is for the tests; the server ends after them
    });
    const exited = once(child, 'exit');
    const pid = await serverPid(child);
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    const isUp = await Promise.race([isAnswering(url), exited.then(() => false)]);
    if (isUp) {
      child.unref();
      return { url, pid, stop: () => stop(child, exited, directory) };
    }
    const log = lastLines(readFileSync(join(directory, 'log'), 'utf8'));
    await stop(child, exited, undefined);
    if (attempt >= 3 || !log.includes('Address already in use'))
      throw new Error(`the server did not start: ${log}`);
  }
}

/**
 * Safe against a killed process as in production, but not against a power cut: tests need speed.
 */
function configure({ directory, account, listenAddresses }: Launch, port: number): void {
  const socket = Buffer.byteLength(directory) < 80 ? directory : '';
  const settings = {
    listen_addresses: listenAddresses,
    port,
    unix_socket_directories: socket,
    max_connections: 200,
    shared_buffers: '64MB',
    fsync: 'off',
    full_page_writes: 'off',
    wal_level: 'minimal',
    max_wal_senders: 0,
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
  const file = join(directory, 'data', 'postgresql.auto.conf');
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name} = '${value}'\n`)
      .join(''),
  );
  if (account !== undefined) chownSync(file, account.uid, account.gid);
}

async function serverPid(child: ChildProcess): Promise<number> {
  const [line] = await Promise.race([
    once(child.stdout!, 'data'),
    once(child, 'error').then(([error]) => Promise.reject(error)),
  ]);
  child.stdout!.destroy();
  return Number(String(line));
}

async function isAnswering(url: string): Promise<boolean> {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    const sql = postgres(url, { max: 1, connect_timeout: 2, fetch_types: false });
    try {
      await sql`select 1`;
      return true;
    } catch {
      await sleep(30);
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
  return false;
}

async function stop(
  child: ChildProcess,
  exited: Promise<unknown>,
  directory: string | undefined,
): Promise<void> {
  child.ref();
  child.stdin!.destroy();
  await exited;
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
}
