// What a whole run of the tests promises: a true closing line, and no server that outlives it. Runs
// vitest in a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closingLine } from './plain-reporter.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-run-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/**
 * Starts vitest on `files`, with the project's reporter and setup file and, if asked, its global
 * setup.
 */
async function start(
  files: Record<string, string>,
  withServer: boolean,
  until?: string,
): Promise<ChildProcess> {
  const path = (name: string) => JSON.stringify(join(root, 'test/support', name));
  const setup = withServer ? `globalSetup: [${path('postgres-server.ts')}],` : '';
  const config = `import { PlainReporter } from ${path('plain-reporter.ts')};
    export default { test: { globals: true, ${setup} setupFiles: [${path('time-left.ts')}], reporters: ['default', new PlainReporter()] } };`;
  for (const [name, text] of Object.entries({ 'vitest.config.ts': config, ...files }))
    await writeFile(join(folder, name), text);
  const inherited = {
    ...process.env,
    VITEST: undefined,
    VITEST_POOL_ID: undefined,
    VITEST_WORKER_ID: undefined,
  };
  const environment = { ...inherited, TESTS_UNTIL: until };
  return spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

async function lastLineOf(
  child: ChildProcess,
): Promise<{ before: string | undefined; line: string | undefined; code: unknown }> {
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  const lines = output.trimEnd().split('\n');
  return { before: lines.at(-2), line: lines.at(-1), code };
}

test('the last line counts tests, and files that cannot be read as failed', async () => {
  const child = await start(
    {
      'mixed.test.ts': `test('a', () => {}); test('b', () => {}); test('c', () => { throw new Error('no'); }); test.skip('d', () => {});`,
      'broken.test.ts': `import './missing.ts'; test('e', () => {});`,
      'hook.test.ts': `beforeAll(() => { throw new Error('no'); }); test('f', () => {});`,
    },
    false,
  );
  const { line, code } = await lastLineOf(child);
  expect(line).toMatch(/^2 passed, 3 failed, \d skipped$/);
  expect(code).toBe(1);
});

test('the last line of a good run has no failure', async () => {
  const { line, code } = await lastLineOf(
    await start({ 'good.test.ts': `test('a', () => {});` }, false),
  );
  expect({ line, code }).toEqual({ line: '1 passed, 0 failed', code: 0 });
});

test('what has not begun when its time is over is left out, by itself, and said', async () => {
  const until = Math.ceil(Date.now() / 1000) + 3600;
  const files = {
    'late.test.ts': `test('a', () => { Date.now = () => ${until * 1000}; }); test('b', () => { throw new Error('no'); }); test.skip('c', () => {});`,
  };
  const { before, line, code } = await lastLineOf(await start(files, false, String(until)));
  expect(before).toBe('Left out, because no time was left: late.test.ts (1)');
  expect({ line, code }).toEqual({ line: '1 passed, 0 failed, 2 skipped', code: 0 });
});

test('a run that fails without a failed test does not look like a good one', () => {
  expect(closingLine({ passed: 3, failed: 0, skipped: 0 }, 1)).toBe('3 passed, 1 failed');
});

test.skipIf(process.env.TEST_DATABASE_URL !== undefined)(
  'a run that is killed takes its server with it',
  async () => {
    const vitest = JSON.stringify(join(root, 'node_modules/vitest/dist/index.js'));
    const child = await start(
      {
        'wait.test.ts': `import { inject } from ${vitest}; test('waits', async () => { process.stdout.write('URL ' + inject('postgres').url + '\\n'); await new Promise((r) => setTimeout(r, 20_000)); }, 25_000);`,
      },
      true,
    );
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    while (!/URL \S+\n/.test(output) && child.exitCode === null) await sleep(50);
    const port = Number(new URL(/URL (\S+)/.exec(output)?.[1] ?? '').port);
    expect(await isOpen(port)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    for (let waited = 0; waited < 100 && (await isOpen(port)); waited += 1) await sleep(50);
    expect(await isOpen(port)).toBe(false);
  },
);

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
