// `tocsin session`: who is signed in, and signing them out.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';
import { runIn } from './in-process.ts';

test('nobody is signed in at first; whose sessions end must be said', async () => {
  const world = await createWorld({ database: 'postgres' });
  const run = (...argv: string[]) => runIn(world, ['session', ...argv]);
  await runIn(world, ['migrate']);
  expect((await run('list')).stdout).toBe('nobody is signed in\n');
  expect((await run('list', '--json')).stdout).toBe('[]\n');
  expect((await run('revoke', '--subject', 'ann')).stdout).toBe('0 sessions ended\n');
  expect((await run('revoke', '--all', '--json')).stdout).toBe('{"ended":0}\n');
  for (const argv of [['revoke'], ['revoke', '--all', '--subject', 'ann']])
    expect(await run(...argv)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Whose sessions?'),
    });
});
