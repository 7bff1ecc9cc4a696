// `tocsin token`: the token alone on standard output, and what is refused in a sentence.
import { expect, test } from 'vitest';
import { isToken } from '../../src/kit/token.ts';
import { createWorld } from '../support/world.ts';
import { onDatabase, runIn } from './in-process.ts';

test('create prints the token alone; list and revoke speak of it by its number', async () => {
  const world = await createWorld({ database: 'postgres' });
  const run = (...argv: string[]) => runIn(world, ['token', ...argv]);
  expect((await runIn(world, ['once'])).code).toBe(0);
  expect(await run('list')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('"tocsin token create <name>" makes one'),
  });
  const made = await run('create', 'ci', '--role', 'operate', '--expires', 'never');
  expect(made.code).toBe(0);
  expect(isToken(made.stdout.trimEnd())).toBe(true);
  expect(made.stderr).toContain('token 1, operate, works until revoked; it is not shown again\n');
  const json = JSON.parse((await run('create', 'b', '--json')).stdout);
  expect(json).toMatchObject({ shown: { name: 'b', role: 'read', state: 'live' } });
  expect(await run('create', 'ci')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is a token called "ci"'),
  });
  expect((await run('list')).stdout).toMatch(
    /^2 {2}live {2}read {2}b {2}expires \S+Z {2}used never .*\n1 {2}live {2}operate {2}ci {2}expires never/,
  );
  expect(await run('revoke', '1')).toEqual({
    code: 0,
    stdout: 'token 1 (ci) is revoked; 0 sessions ended with it\n',
    stderr: onDatabase,
  });
  expect((await run('list', '--all', '--json')).stdout).toContain('"revoked"');
  expect((await run('revoke', '1')).code).toBe(1);
  expect((await run('revoke', '77')).stderr).toContain('There is no token 77.');
});

test.each([
  [['create', 'ci', '--role', 'root'], '--role is one of: read, operate, admin.'],
  [['create', 'ci', '--expires', 'soon'], 'or "never"'],
  [['revoke', 'ci'], 'token is not right'],
])('token %j is wrong usage', async (argv, words) => {
  const world = await createWorld({ database: 'postgres' });
  expect((await runIn(world, ['once'])).code).toBe(0);
  expect(await runIn(world, ['token', ...argv])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(words),
  });
});
