import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataDirectoryError } from '../../../src/store/embedded/data-directory.ts';
import {
  askHolder,
  type DirectoryLock,
  DirectoryLockedError,
  lockDirectory,
  NoHolderError,
} from '../../../src/store/embedded/directory-lock.ts';
import { builtFile } from '../../support/built.ts';
import { settledMs } from '../../support/stopwatch.ts';

const holderScript = fileURLToPath(new URL('./hold-lock.mjs', import.meta.url));

let directory: string;
let locks: DirectoryLock[];
let children: ChildProcess[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tocsin-'));
  locks = [];
  children = [];
});

afterEach(async () => {
  await Promise.all(children.map(kill));
  await Promise.all(locks.map((lock) => lock.release()));
  await rm(directory, { recursive: true, force: true });
});

async function lock(): Promise<DirectoryLock> {
  const taken = await lockDirectory(directory);
  locks.push(taken);
  return taken;
}

/** Starts a process that takes the lock; `outcome` is 'locked' or the error's name. */
function contender(startFile?: string): {
  child: ChildProcess;
  loaded: Promise<unknown>;
  outcome: Promise<string>;
} {
  const args = [
    builtFile('store/embedded/directory-lock.ts'),
    directory,
    ...(startFile === undefined ? [] : [startFile]),
  ];
  const child = fork(holderScript, args, { execArgv: [] });
  children.push(child);
  const loaded = once(child, 'message');
  return {
    child,
    loaded,
    outcome: loaded.then(() => once(child, 'message')).then(([outcome]) => String(outcome)),
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('lockDirectory', () => {
  test('is refused while this process holds the directory, and free again after the release', async () => {
    const first = await lock();
    const error = await lockDirectory(directory).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DirectoryLockedError);
    expect((error as DirectoryLockedError).pid).toBe(process.pid);
    expect(String(error)).toContain(
      `DATA_DIR (${directory}): it is in use by process ${process.pid}`,
    );
    await first.release();
    await lock();
  });

  test('makes a missing directory for its owner alone, and a socket that only the owner may use', async () => {
    directory = join(directory, 'new', 'data');
    await lock();
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'tocsin.sock'))).mode & 0o777).toBe(0o600);
  });

  test('leaves no file behind when it is released', async () => {
    const held = await lock();
    await held.release();
    await held.release();
    expect(existsSync(join(directory, 'tocsin.sock'))).toBe(false);
  });

  test('names the process that holds the directory', async () => {
    const { child, outcome } = contender();
    expect(await outcome).toBe('locked');
    const error = await lock().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DirectoryLockedError);
    expect((error as DirectoryLockedError).pid).toBe(child.pid);
  });

  test('takes over at once what a killed process left', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { child, outcome } = contender();
      expect(await outcome).toBe('locked');
      await kill(child);
      expect(existsSync(join(directory, 'tocsin.sock'))).toBe(true);
      const taking = lock();
      expect(await settledMs(taking)).toBeLessThan(500);
      await (await taking).release();
    }
  });

  test('is refused while the holder is stopped: a stopped process may go on', async () => {
    const { child, outcome } = contender();
    expect(await outcome).toBe('locked');
    child.kill('SIGSTOP');
    try {
      const error = await lock().catch((e: unknown) => e);
      expect(error).toBeInstanceOf(DirectoryLockedError);
      expect((error as DirectoryLockedError).pid).toBeNull();
    } finally {
      child.kill('SIGCONT');
    }
  });

  test('lets exactly one of twenty processes win that start at once on the socket of a dead one', async () => {
    const dead = contender();
    expect(await dead.outcome).toBe('locked');
    await kill(dead.child);
    const startFile = join(directory, 'start');
    const contenders = Array.from({ length: 20 }, () => contender(startFile));
    await Promise.all(contenders.map((one) => one.loaded));
    await writeFile(startFile, '');
    const outcomes = await Promise.all(contenders.map((one) => one.outcome));
    expect(outcomes.filter((outcome) => outcome === 'locked')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'DirectoryLockedError')).toHaveLength(19);
  }, 60_000);

  test('holds against a process that sees no names of this network, as in another container', async (context) => {
    const { outcome } = contender();
    expect(await outcome).toBe('locked');
    const script =
      'const [, m, d] = process.argv; const { lockDirectory } = await import(m); await lockDirectory(d).catch((e) => console.log(e.name));';
    const args = [
      '--net',
      process.execPath,
      '--input-type=module',
      '-e',
      script,
      builtFile('store/embedded/directory-lock.ts'),
      directory,
    ];
    const result = spawnSync('unshare', args, { encoding: 'utf8' });
    if (result.error !== undefined || /Operation not permitted/.test(result.stderr))
      return context.skip('no network namespaces here');
    expect(result.stdout.trim()).toBe('DirectoryLockedError');
  });

  test.runIf(process.platform === 'linux')(
    'is not kept out by whoever has taken the name of former releases',
    async () => {
      const { dev, ino } = await stat(directory, { bigint: true });
      const squatter = createServer();
      squatter.listen(`\0tocsin-${dev}-${ino}`);
      await once(squatter, 'listening');
      try {
        const first = await lock();
        await expect(lockDirectory(directory)).rejects.toThrow(DirectoryLockedError);
        await first.release();
        await lock();
      } finally {
        squatter.close();
      }
    },
  );

  test.runIf(process.platform === 'linux')('and a release before keep each other out', async () => {
    const { dev, ino } = await stat(directory, { bigint: true });
    const [name, socket] = [0, 1].map(() => createServer((call) => call.destroy())) as [
      Server,
      Server,
    ];
    const isFree = (server: Server, path: string) =>
      new Promise<boolean>((done) => {
        server.once('error', () => done(false));
        server.listen(path, () => done(true));
      });
    expect(await isFree(name, `\0tocsin-${dev}-${ino}`)).toBe(true);
    const late = lock().catch((e: unknown) => e);
    expect(await isFree(socket, join(directory, 'tocsin.sock')), 'a little later').toBe(true);
    expect(await late).toBeInstanceOf(DirectoryLockedError);
    for (const server of [name, socket]) await new Promise((done) => server.close(done));
    await lock();
    expect(await isFree(createServer(), `\0tocsin-${dev}-${ino}`)).toBe(false);
  });

  test('keeps a few numbers of former holders, and none with a socket after a release', async () => {
    for (let round = 0; round < 12; round += 1) await (await lock()).release();
    const names = await readdir(directory);
    expect(names.length).toBeLessThanOrEqual(8);
    for (const name of names) expect((await stat(join(directory, name))).isFile(), name).toBe(true);
  });

  test('says what to do about a path that no socket can have', async () => {
    directory = join(directory, 'x'.repeat(120));
    await expect(lock()).rejects.toThrow(
      /path is too long for the socket.*Set DATA_DIR to a shorter one/,
    );
  });

  test('says what to do about a file in the place of the directory or of the socket', async () => {
    await mkdir(join(directory, 'a'));
    await writeFile(join(directory, 'tocsin.sock'), '');
    await expect(lock()).rejects.toThrow(/"tocsin.sock" is not a socket. Remove that file/);
    await writeFile(join(directory, 'file'), '');
    directory = join(directory, 'file');
    const error = await lock().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataDirectoryError);
    expect(String(error)).toMatch(/is not a directory. Set DATA_DIR/);
    directory = join(directory, '..');
  });
});

describe('askHolder', () => {
  test('says that nobody holds the directory, whether or not a socket was left', async () => {
    await expect(askHolder(directory, '/x')).rejects.toThrow(NoHolderError);
    const { child, outcome } = contender();
    await outcome;
    await kill(child);
    await expect(askHolder(directory, '/x')).rejects.toThrow(NoHolderError);
  });

  test('gets 503 until the holder serves, then the answer of its handler', async () => {
    const held = await lock();
    expect((await askHolder(directory, '/dead')).status).toBe(503);
    held.serve(async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      const body = {
        pathname,
        sink: searchParams.get('sink'),
        type: request.headers.get('content-type'),
        text: await request.text(),
      };
      return Response.json(body, { status: 201 });
    });
    const answer = await askHolder(directory, '/dead?sink=soc', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'ä'.repeat(100_000),
    });
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.body)).toEqual({
      pathname: '/dead',
      sink: 'soc',
      type: 'text/plain',
      text: 'ä'.repeat(100_000),
    });
  });

  test('gets the answer of another process', async () => {
    const { child, outcome } = contender();
    await outcome;
    expect(JSON.parse((await askHolder(directory, '/', { method: 'DELETE' })).body)).toEqual({
      method: 'DELETE',
      pid: child.pid,
    });
  });

  test('gets 500 and nothing of the error when the handler fails', async () => {
    const held = await lock();
    held.serve(() => Promise.reject(new Error('password=hunter2')));
    const answer = await askHolder(directory, '/');
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('hunter2');
  });

  test('does not wait for ever', async () => {
    const held = await lock();
    held.serve(() => new Promise(() => {}));
    await expect(askHolder(directory, '/', { timeoutMs: 100 })).rejects.toThrow(
      'did not answer within 0.1 s',
    );
  });

  test('gets its answer although the release has begun', async () => {
    const held = await lock();
    const reached = new Promise<void>((resolve) => {
      held.serve(async () => {
        resolve();
        await new Promise((done) => setTimeout(done, 100));
        return new Response('late');
      });
    });
    const asked = askHolder(directory, '/');
    await reached;
    await held.release();
    expect((await asked).body).toBe('late');
  });
});
