// Signals at any instant of the life of a process. Runs dist/.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { builtFile } from '../support/built.ts';
import { createWorld, until } from '../support/world.ts';

const embedded = { database: 'embedded' } as const;

/**
 * NODE_OPTIONS with which the process signals itself while it reads the modules of these names, the
 * first of which comes very early.
 */
function signalWhileLoading(signal: NodeJS.Signals, modules: readonly string[]): string {
  const hook = `export async function load(url, context, next) {
    if (${JSON.stringify(modules)}.some((name) => url.endsWith(name))) {
      process.kill(process.pid, ${JSON.stringify(signal)});
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return next(url, context);
  }`;
  const inUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  return `--import=${inUrl(`import { register } from 'node:module'; register(${JSON.stringify(inUrl(hook))});`)}`;
}

describe('a signal before the service is up', () => {
  test('SIGHUP ends nothing, and the configuration is read again once the service is up', async () => {
    const world = await createWorld(embedded);
    const modules = [
      'cli/dispatch.js',
      'commands/serve.js',
      'service/start.js',
      'core/roles/index.js',
    ];
    const service = world.start('data', { NODE_OPTIONS: signalWhileLoading('SIGHUP', modules) });
    await service.ready();
    const isRead = () =>
      service.log.some(({ msg }) => String(msg).startsWith('the configuration was read again'));
    expect(await until(isRead, 20_000)).toBe(true);
    expect(await service.end('SIGTERM')).toBe(0);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)('%s is a clean end', async (signal) => {
    const world = await createWorld(embedded);
    const service = world.start('data', {
      NODE_OPTIONS: signalWhileLoading(signal, ['cli/dispatch.js']),
    });
    if (service.child.exitCode === null && service.child.signalCode === null)
      await once(service.child, 'exit');
    expect([service.child.exitCode, service.child.signalCode]).toEqual([0, null]);
  });
});

test('SIGUSR1 opens no inspector, SIGUSR2 ends nothing', async () => {
  const world = await createWorld(embedded);
  const service = world.start();
  await service.ready();
  for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGUSR1'] as const) service.child.kill(signal);
  expect((await service.get('/healthz')).status).toBe(200);
  // Node says from a thread of its own that it listens: before the end, and not at once.
  expect(await service.end('SIGTERM')).toBe(0);
  expect(service.log.filter(({ msg }) => /debugger|inspector/i.test(String(msg)))).toEqual([]);
});

test('another command ends by a signal as every program does', async () => {
  const world = await createWorld(embedded);
  // It waits for a console that never answers.
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as { port: number };
  const env = { ...world.environment, DEEPINSTINCT_URL: `http://127.0.0.1:${port}` };
  const asked = once(silent, 'connection');
  const child = spawn(process.execPath, [builtFile('main.ts'), 'check'], { env, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await asked;
  child.kill('SIGHUP');
  await once(child, 'exit');
  expect(child.signalCode).toBe('SIGHUP');
});
