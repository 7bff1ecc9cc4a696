// A sink that somebody mistyped is not the same as one of which nothing is dead.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { runIn } from '../in-process.ts';
import { idsOf, worldOfTheDead } from './given-up.ts';

test('a sink that is not there is named only if it left nothing dead', async () => {
  const world = await worldOfTheDead('postgres');
  const others = 'Nothing is dead for "x", and no sink is called so; there is soc.';
  for (const argv of [
    ['dead', 'list', '--sink', 'x'],
    ['dead', 'groups', '--sink', 'x'],
    ['dead', 'redrive', '--sink', 'x', '--all'],
    ['dead', 'redrive', '--sink', 'x', '--reason', 'rejected', '--dry-run'],
  ]) {
    const { code, stdout, stderr } = await runIn(world, argv);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(others)]);
  }
  writeFileSync(
    join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml'),
    `sinks: { new: { type: mattermost, url: ${world.mattermost.hookUrl} } }`,
  );
  const removed = await runIn(world, ['dead', 'list', '--sink', 'soc'], {
    TOCSIN_CONFIG: 'tocsin.yaml',
  });
  expect([removed.code, idsOf(removed.stdout).length]).toEqual([0, 3]);
});
