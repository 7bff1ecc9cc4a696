// What an operation refuses: wrong usage, or a sentence and exit code 1.
import { expect, test } from 'vitest';
import { UsageError } from '../../src/cli/command.ts';
import { operating } from '../../src/cli/operating.ts';
import { silence, token } from '../../src/operations/index.ts';
import { runIn } from '../commands/in-process.ts';
import { createWorld } from '../support/world.ts';

test('what is not there is said on one line, and what cannot be taken is wrong usage', async () => {
  const { environment, ...world } = await createWorld({ database: 'postgres' });
  expect((await runIn({ environment, ...world }, ['migrate'])).code).toBe(0);
  let stderr = '';
  const io = {
    env: environment,
    directory: '/',
    version: '1.2.3',
    stdout: () => {},
    stderr: (text: string) => {
      stderr += text;
    },
  };
  expect(await operating(io, async () => {})).toBe(0);
  const failed = await operating(io, async (run) => {
    await run(silence.show, { silence: '77' });
  });
  expect([failed, stderr]).toEqual([1, expect.stringMatching(/\ntocsin: .*77.*\n$/)]);
  const wrong = operating(io, async (run) => {
    await run(token.revoke, { token: 'x' });
  });
  await expect(wrong).rejects.toBeInstanceOf(UsageError);
  const broken = operating(io, async () => {
    throw new Error('a fault');
  });
  await expect(broken).rejects.toThrow('a fault');
});
