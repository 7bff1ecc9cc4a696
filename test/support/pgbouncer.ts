// A private PgBouncer in transaction mode before a Postgres server, as strict as one may be set up.
// It ends when it is closed, or when this process dies. Debian's package 1.18 knows no prepared
// statements of the protocol.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Account,
  accountForServers,
  freePort,
  lastLines,
  temporaryDirectory,
} from './server-process.ts';

export interface PgBouncer {
  /**
   * The address of the same database by the same user, which must be the one that the pooler was
   * made for.
   */
  through(url: string): string;
  /**
   * SIGINT: transactions may end. SIGTERM: they are cut. SIGKILL: a crash. Resolves when it is
   * gone.
   */
  stop(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** On the same port, once it was stopped. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

const program = ['pgbouncer', '/usr/sbin/pgbouncer'].find(
  (path) => spawnSync(path, ['--version']).error === undefined,
);

/** Why the tests that need it are skipped; undefined where it is installed. */
export const missing =
  program === undefined
    ? 'pgbouncer is not installed; `apt-get install pgbouncer` brings it'
    : undefined;

const supervisor = `
exec 3<&0
"$1" "$2/pgbouncer.ini" 3<&- </dev/null >>"$2/log" 2>&1 &
pooler=$!
echo $pooler
{ cat <&3 >/dev/null; kill -TERM $pooler 2>/dev/null; } &
wait $pooler
exec 3<&-
`;

/** @param url of a superuser of the server. @throws {Error} that says why there is none */
export async function startPgBouncer(url: string): Promise<PgBouncer> {
  if (program === undefined) throw new Error(missing);
  const account = accountForServers();
  const directory = temporaryDirectory(account);
  const port = await freePort();
  configure(directory, new URL(url), port, account);
  let child = await launch(program, directory, port, account);
  const stop = async (signal: NodeJS.Signals) => {
    await child.end(signal);
  };
  return {
    through(address) {
      const through = new URL(address);
      through.hostname = '127.0.0.1';
      through.port = String(port);
      return through.href;
    },
    stop,
    async start() {
      child = await launch(program, directory, port, account);
    },
    async close() {
      await stop('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/**
 * The numbers are those of `k8s/overlays/ha`. Server connections are used in turn, so each
 * transaction of a client meets another one: what relies on a session fails at once and not some
 * day. A server that was away is asked again soon, for a test has no 15 s.
 */
function configure(
  directory: string,
  { hostname, port: serverPort, username, password }: URL,
  port: number,
  account: Account | undefined,
) {
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: join(directory, 'users'),
    pool_mode: 'transaction',
    max_client_conn: 1000,
    default_pool_size: 20,
    query_wait_timeout: 20,
    server_round_robin: 1,
    server_login_retry: 1,
    log_connections: 0,
    log_disconnections: 0,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  const file = join(directory, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]\n* = host=${hostname} port=${serverPort}\n[pgbouncer]\n${lines.join('')}`,
  );
  writeFileSync(settings.auth_file, `"${username}" "${password}"\n`, { mode: 0o600 });
  if (account !== undefined)
    for (const path of [file, settings.auth_file]) chownSync(path, account.uid, account.gid);
}

interface Running {
  end(signal: NodeJS.Signals): Promise<void>;
}

async function launch(
  path: string,
  directory: string,
  port: number,
  account: Account | undefined,
): Promise<Running> {
  const child = spawn('/bin/sh', ['-c', supervisor, 'sh', path, directory], {
    ...account,
    cwd: directory,
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true, // an interrupt typed at the terminal is for the tests; the pooler ends after them
  });
  const exited = once(child, 'exit');
  const [line] = await once(child.stdout!, 'data');
  child.stdout!.destroy();
  while (!(await isListening(port))) {
    if (child.exitCode !== null)
      throw new Error(
        `pgbouncer did not start: ${lastLines(readFileSync(join(directory, 'log'), 'utf8'))}`,
      );
    await sleep(20);
  }
  child.unref();
  return { end: (signal) => end(child, Number(String(line)), exited, signal) };
}

async function end(
  child: ChildProcess,
  pid: number,
  exited: Promise<unknown>,
  signal: NodeJS.Signals,
): Promise<void> {
  child.ref();
  if (child.exitCode === null) process.kill(pid, signal);
  await exited;
  child.stdin!.destroy();
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
