// A Postgres server of a case's own, which can be stopped and started on the same files and port.
// It ends with the test, and its files go.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject, onTestFinished } from 'vitest';
import { environmentOf } from '../support/database.ts';
import { startPgBouncer } from '../support/pgbouncer.ts';
import { candidates } from '../support/postgres-binaries.ts';
import { startPostgres } from '../support/postgres-process.ts';
import { withDatabase } from './checker.ts';

export interface OwnPostgres {
  /** The superuser's, on the database `postgres`. */
  readonly url: string;
  /**
   * `fast`: as an administrator does. `immediate`: as a crash, so that the next start must recover.
   */
  stop(how: 'fast' | 'immediate'): Promise<void>;
  /**
   * Until it answers. `standby`: it can be read and takes no writes, as the replica to which an
   * address was moved.
   */
  start(as?: 'primary' | 'standby'): Promise<void>;
  isRunning(): boolean;
}

/**
 * What a process needs to work on such a server: as it is, or through a pooler of its own, if the
 * run has one.
 */
export async function environmentOn(url: string): Promise<Record<string, string>> {
  if (inject('poolerUrl') === undefined) return { DATABASE_URL: url };
  const pooler = await startPgBouncer(url);
  onTestFinished(() => pooler.close());
  return environmentOf({ url: pooler.through(url), directUrl: url, prepare: false });
}

/**
 * Waits beside the server. When its standard input closes, because this process ended in whatever
 * way, it ends the server.
 */
const supervisor = `
exec 3<&0
"$1" -D "$2" 3<&- </dev/null >>"$2/../log" 2>&1 &
server=$!
echo $server
{ cat <&3 >/dev/null; kill -QUIT $server 2>/dev/null; } &
wait $server
exec 3<&-
`;

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const first = await startFirst();
  onTestFinished(() => first.stop());
  const [row] = await withDatabase({ url: first.url }, (sql) =>
    sql.unsafe('show data_directory').simple(),
  );
  const dataDirectory = String(row?.data_directory);
  const program = readlinkSync(`/proc/${first.pid}/exe`);
  const { uid, gid } = statSync(dataDirectory);
  const standbySignal = join(dataDirectory, 'standby.signal');
  let pid = first.pid;
  let child: ChildProcess | undefined;
  onTestFinished(async () => {
    if (child === undefined || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.stdin!.destroy();
    await exited;
  });
  const isRunning = () => isAlive(pid);
  return {
    url: first.url,
    isRunning,
    async stop(how) {
      if (isRunning()) process.kill(pid, how === 'fast' ? 'SIGINT' : 'SIGQUIT');
      while (isRunning()) await sleep(20);
    },
    async start(as = 'primary') {
      if (as === 'standby') writeFileSync(standbySignal, '');
      else rmSync(standbySignal, { force: true });
      const account = process.getuid?.() === 0 ? { uid, gid } : {};
      child = spawn('/bin/sh', ['-c', supervisor, 'sh', program, dataDirectory], {
        ...account,
        cwd: dirname(dataDirectory),
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      const [line] = await once(child.stdout!, 'data');
      pid = Number(String(line));
      await isAnswering(first.url, isRunning);
    },
  };
}

async function startFirst() {
  const causes: unknown[] = [];
  for (const candidate of candidates()) {
    try {
      return await startPostgres(candidate);
    } catch (error) {
      causes.push(error);
    }
  }
  throw new AggregateError(causes, 'no Postgres server could be started');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function isAnswering(url: string, isRunning: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    try {
      await withDatabase({ url }, (sql) => sql.unsafe('select 1').simple());
      return;
    } catch (error) {
      if (!isRunning()) throw new Error('the server ended while it started', { cause: error });
      await sleep(50);
    }
  }
  throw new Error('the server does not answer');
}
