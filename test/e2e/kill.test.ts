// The service as a process, killed with SIGKILL while it works: every event is stored once and arrives, on both databases.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startMattermost } from '../../src/demo/mattermost.ts';
import { startTenant } from '../../src/demo/tenant.ts';
import { builtFile } from '../support/built.ts';
import { createTestDatabase } from '../support/database.ts';

const eachStream = 200;
const kills = 3;
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function world(databaseUrl?: string) {
  const tenant = await startTenant();
  const mattermost = await startMattermost();
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-kill-'));
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  cleanups.push(
    () => rm(directory, { recursive: true, force: true }),
    () => mattermost.close(),
    () => tenant.close(),
    () => end('SIGKILL'),
  );
  const env = {
    PATH: process.env.PATH,
    DEEPINSTINCT_URL: tenant.url,
    TOKENS_KEY: tenant.token,
    MATTERMOST_WEBHOOK_URL: mattermost.hookUrl,
    SINK_RATE: 'off',
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: join(directory, 'data'),
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
  };
  const start = () => {
    child = spawn(process.execPath, [builtFile('main.ts'), 'serve'], { env, cwd: directory, stdio: 'ignore' });
  };
  /** Waits until so many different deliveries arrived. */
  const arrived = async (count: number) => {
    for (let n = 0; n < 3000 && mattermost.deliveries.size < count; n += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    return mattermost.deliveries.size;
  };
  return { tenant, mattermost, start, end, arrived };
}

describe.each(['postgres', 'embedded'])('kill -9 on %s', (kind) => {
  test('loses nothing, repeats only what was in flight, and a clean restart repeats nothing', {
    timeout: 150_000,
  }, async () => {
    let url: string | undefined;
    if (kind === 'postgres') {
      const database = await createTestDatabase();
      cleanups.push(() => database.drop());
      url = database.url;
    }
    const { tenant, mattermost, start, end, arrived } = await world(url);
    // Two notices: each stream says once from when on it is watched.
    const expected = eachStream * 2 + 2;
    tenant.add('events', eachStream);
    tenant.add('suspicious', eachStream);
    start();
    for (let kill = 1; kill <= kills; kill += 1) {
      await arrived(kill * 60);
      await end('SIGKILL');
      start();
    }
    expect(await arrived(expected)).toBe(expected);
    const twice = [...mattermost.deliveries.values()].reduce((sum, times) => sum + times - 1, 0);
    // In flight (32), and answered within 50 ms before the kill.
    expect(twice).toBeLessThanOrEqual(kills * 132);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await end('SIGTERM');
    const posts = mattermost.requests.posts;
    tenant.add('events', 1);
    start();
    expect(await arrived(expected + 1)).toBe(expected + 1);
    expect(mattermost.requests.posts).toBe(posts + 1);
  });
});
