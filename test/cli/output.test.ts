// Output that cannot be written: a full disk, and a reader that left. Runs dist/.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { builtFile } from '../support/built.ts';
import { createWorld, type World } from '../support/world.ts';

const embedded = { database: 'embedded' } as const;

/** A process that writes by `guardOutput` as this code says, where `output` is what that gives. */
function guarded(code: string, stdout: number | 'pipe' = 'pipe') {
  const module = JSON.stringify(`file://${builtFile('cli/output.ts')}`);
  const script = `const { guardOutput } = await import(${module}); const output = guardOutput();\n${code}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', stdout, 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  return { child, stderr: () => text };
}

test('what was printed is whole when the process ends, and the exit code stays', async () => {
  const { child, stderr } = guarded(
    `output.stdout('x'.repeat(1_000_000)); process.exit(await output.finish(3));`,
  );
  let count = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    count += chunk.length;
  });
  const [code] = await once(child, 'close');
  expect([code, count, stderr()]).toEqual([3, 1_000_000, '']);
});

test('a reader that leaves early ends the process, which is no failure', async () => {
  const { child, stderr } = guarded(
    `setInterval(() => output.stdout('x'.repeat(100_000)), 1); output.stderr('up');`,
  );
  await once(child.stderr!, 'data');
  child.stdout?.destroy();
  const [code] = await once(child, 'close');
  expect([code, stderr()]).toEqual([0, 'up']);
});

test('a reader that leaves does not end a process whose sinks write there', async () => {
  const { child } = guarded(
    `output.leaveToSinks();
     process.stdout.once('error', async () => process.exit(await output.finish(4)));
     setInterval(() => output.stdout('x'.repeat(100_000)), 1); output.stderr('up');`,
  );
  await once(child.stderr!, 'data');
  child.stdout?.destroy();
  const [code] = await once(child, 'close');
  expect(code).toBe(4);
});

describe.runIf(existsSync('/dev/full'))('output on a full disk', () => {
  function run(world: World, args: readonly string[], full: 1 | 2) {
    const fd = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(fd));
    const stdio = ['ignore', full === 1 ? fd : 'pipe', full === 2 ? fd : 'pipe'] as const;
    const child = spawn(process.execPath, [builtFile('main.ts'), ...args], {
      env: world.environment,
      cwd: join(world.environment.DATA_DIR!, '..'),
      stdio: [...stdio],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let text = '';
    child.stderr?.on('data', (chunk) => {
      text += chunk;
    });
    return { child, stderr: () => text };
  }

  test.each([
    [0, 1],
    [2, 2],
  ])('turns the exit code %i into %i', async (code, expected) => {
    const fd = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(fd));
    const { child, stderr } = guarded(
      `output.stdout('x'); process.exitCode = await output.finish(${code});`,
      fd,
    );
    expect((await once(child, 'close'))[0]).toBe(expected);
    expect(stderr()).toContain('what was printed is not complete. Make room on the disk');
  });

  test('serve relays although its log cannot be written, and counts the lines', async () => {
    const port = await freePort();
    const world = await createWorld({
      ...embedded,
      environment: { PORT: String(port), START_FROM: '24h' },
    });
    world.tenant.add('events', 5);
    const { child } = run(world, ['serve'], 2);
    // The five, and from each of the two sources a notice that it begins.
    expect(await world.arrived(7)).toBe(7);
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(Number(/^tocsin_log_lines_lost_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(0);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  test.each([[['config', 'show']], [['--help']], [['serve', '--help']], [['dead', 'list']]])(
    '%j exits with 1 and says why',
    async (args) => {
      const world = await createWorld(embedded);
      if (args[0] === 'dead') await world.run(['migrate']);
      const { child, stderr } = run(world, args, 1);
      const [code] = await once(child, 'close');
      expect([code, stderr()]).toEqual([
        1,
        expect.stringContaining('standard output could not be written (ENOSPC)'),
      ]);
    },
  );
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
