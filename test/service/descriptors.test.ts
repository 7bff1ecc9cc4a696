// A process with too few file descriptors, and a service that runs out of them. Runs dist/.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { builtFile } from '../support/built.ts';
import { createWorld, until } from '../support/world.ts';

/** Runs Tocsin with at most so many descriptors. */
async function runWith(limit: number, args: readonly string[]) {
  const command = `ulimit -n ${limit} && exec "$0" "$@"`;
  const child = spawn('/bin/sh', ['-c', command, process.execPath, builtFile('main.ts'), ...args], {
    stdio: 'pipe',
  });
  const output = await outputOf(child);
  return { code: child.exitCode, output };
}

/** Both of its streams, once it has ended. */
async function outputOf(child: ChildProcess): Promise<string> {
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  await once(child, 'close');
  return output;
}

const file = (name: string) => JSON.stringify(pathToFileURL(builtFile(name)).href);

/**
 * NODE_OPTIONS with which the process takes every descriptor for as long as the file `flag` is
 * there.
 */
function hoarding(flag: string): string {
  const hoard = `import { closeSync, existsSync, openSync } from 'node:fs';
    import { isMainThread } from 'node:worker_threads';
    const held = [];
    if (isMainThread) setInterval(() => {
      if (!existsSync(${JSON.stringify(flag)})) for (const fd of held.splice(0)) closeSync(fd);
      else try { for (;;) held.push(openSync('/dev/null')); } catch {}
    }, 5).unref();`;
  return `--import=data:text/javascript,${encodeURIComponent(hoard)}`;
}

describe.runIf(process.platform === 'linux')('file descriptors', () => {
  test.each([20, 100, 160])('%s are too few, which is said with what to do', async (limit) => {
    const { code, output } = await runWith(limit, ['check']);
    expect(output).toMatch(
      `tocsin: this process may have ${limit} file descriptors, and needs at least 256 to start. Raise the limit`,
    );
    expect([code, output.split('\n').length]).toEqual([78, 2]);
  });

  test('256 are enough to load everything', async () => {
    expect(await runWith(256, ['check', '--help'])).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^Usage/),
    });
  });

  test('that are missing are blamed, and not the name, the port or the server that was called', async () => {
    const script = `import { openSync } from 'node:fs';
      import { createHttpClient } from ${file('kit/http/index.ts')};
      import { databaseErrorText, openPostgres } from ${file('store/database.ts')};
      import { inspectPostgres } from ${file('store/inspect.ts')};
      import { lockDirectory } from ${file('store/embedded/directory-lock.ts')};
      const http = createHttpClient({ proxy: { httpsProxy: 'http://127.0.0.1:9' } });
      const call = (url) => http.request({ method: 'GET', url, signal: new AbortController().signal });
      const urls = ['postgres://u@127.0.0.1:1/d', 'postgres://u@database.invalid/d'];
      const databases = urls.map((url) => openPostgres({ url, prepare: true }));
      try { for (;;) openSync('/dev/null'); } catch {}
      const texts = await Promise.all([
        ...['http://127.0.0.1:1/', 'http://chat.invalid/', 'https://chat.example/'].map(call),
        ...databases.map(({ $client }) => $client\`select 1\`.catch((error) => Promise.reject(new Error(databaseErrorText(error))))),
        ...urls.map((url) => inspectPostgres(url, 'DATABASE_URL')),
        lockDirectory('.'),
      ].map((tried) => tried.then(() => 'done', (error) => error.message)));
      process.stdout.write(texts.join('\\n'), () => process.exit());`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: 'pipe',
    });
    const output = await outputOf(child);
    const lines = output.split('\n');
    expect(lines.length, output).toBe(8);
    for (const line of lines) {
      expect(line).toMatch(/no file descriptor left.*Raise the limit/);
      expect(line).not.toMatch(/NO_PROXY|Check/);
    }
  });

  test('that run out end nothing and are named; what waited is delivered once there are some', async () => {
    const world = await createWorld({
      database: 'embedded',
      environment: { POLLING_INTERVAL: '1', START_FROM: '24h' },
    });
    const flag = join(world.environment.DATA_DIR!, '..', 'hoard');
    const service = world.start('data', { NODE_OPTIONS: hoarding(flag) });
    await service.ready();
    const { hostname, port } = new URL(await service.address);
    writeFileSync(flag, '');
    const visitors = Array.from({ length: 20 }, () =>
      connect(Number(port), hostname).on('error', () => {}),
    );
    onTestFinished(() => {
      for (const visitor of visitors) visitor.destroy();
    });
    world.tenant.add('events', 3);
    const blamed = () =>
      service.log.filter(({ error }) => /\(EMFILE\)\. Raise the limit/.test(String(error)));
    expect(
      await until(() => blamed().length > 0, 30_000),
      JSON.stringify(service.log.slice(-3)),
    ).toBe(true);
    rmSync(flag);
    expect(await world.arrived(3)).toBe(3);
    expect((await service.get('/readyz')).status).toBe(200);
    expect(service.log.filter(({ error }) => /Check host, port/.test(String(error)))).toEqual([]);
    expect(await service.end('SIGTERM')).toBe(0);
  });
});
