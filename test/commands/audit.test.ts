// `tocsin audit`: what people did, as lines and as a file, and a log that somebody changed.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';
import { runIn } from './in-process.ts';

test('acts are listed and exported, the newest first', async () => {
  const world = await createWorld({ database: 'postgres' });
  const run = (...argv: string[]) => runIn(world, argv);
  await run('migrate');
  expect((await run('audit', 'list')).stdout).toBe('nothing was done\n');
  expect((await run('audit', 'verify')).code).toBe(0);
  await run('token', 'create', 'ci');
  await run('token', 'create', 'other');
  const listed = await run('audit', 'list');
  expect(listed.stdout).toMatch(
    /^2 {2}20\S+Z {2}\S+ {2}cli {2}token-create {2}token:other\n1 .* {2}token:ci\n$/,
  );
  expect((await run('audit', 'list', '--target', 'token:ci', '--json')).stdout).not.toContain(
    'token:other',
  );
  expect((await run('audit', 'list', '--limit', '1')).stderr).toContain('the newest 1;');
  const rows = (await run('audit', 'export')).stdout.trimEnd().split('\n');
  expect(rows.map((line) => JSON.parse(line))).toMatchObject([
    { id: '2', target: 'token:other' },
    { id: '1', target: 'token:ci' },
  ]);
  const verified = JSON.parse((await run('audit', 'verify', '--json')).stdout);
  expect(verified).toEqual({
    checked: 2,
    firstBreak: null,
    lastHash: JSON.parse(rows[0]!).hash,
  });
});
