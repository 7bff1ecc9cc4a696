// What a private server of the tests needs: a user that is not root, a folder that this user can
// enter, a free port, and the end of its log.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The unprivileged user that a root process runs servers as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Such servers refuse to run as root, so an existing account does it; none is ever created.
 * Undefined if we are not root.
 */
export function accountForServers(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      spawnSync('id', [flag, name], { encoding: 'utf8' }),
    );
    if (uid?.status === 0 && gid?.status === 0)
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error(
    'running as root, and there is no user "postgres" or "nobody" to run a server as',
  );
}

/** The first place for temporary files that `account` can enter: TMPDIR may be closed to it. */
export function temporaryDirectory(account: Account | undefined): string {
  const tried: string[] = [];
  for (const base of new Set([tmpdir(), '/tmp', '/var/tmp', '/dev/shm'])) {
    let directory: string;
    try {
      directory = mkdtempSync(join(base, 'tocsin-test-'));
    } catch {
      tried.push(base);
      continue;
    }
    chmodSync(directory, 0o755);
    if (account === undefined) return directory;
    chownSync(directory, account.uid, account.gid);
    if (
      spawnSync('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', directory], {
        ...account,
        cwd: '/',
      }).status === 0
    )
      return directory;
    rmSync(directory, { recursive: true, force: true });
    tried.push(base);
  }
  throw new Error(
    `no folder for temporary files that an unprivileged user can enter (tried ${tried.join(', ')})`,
  );
}

/** It is free now; another process may take it before the server does. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      );
    });
  });
}

export function lastLines(text: string | null): string {
  return (text ?? '').trim().split('\n').slice(-6).join('\n');
}
