// `tocsin sink`: how each stands, a pause that keeps what waits, and a sample.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';
import { runIn } from './in-process.ts';

test('a paused sink gets nothing until it goes on, and the list says who paused it', async () => {
  const world = await createWorld({ database: 'postgres' });
  const run = (...argv: string[]) => runIn(world, ['sink', ...argv]);
  expect((await runIn(world, ['once'])).code).toBe(0);
  const before = world.mattermost.deliveries.size;
  expect((await run('list')).stdout).toMatch(
    /^soc {2}mattermost {2}ok {2}0 pending {2}0 dead {2}\d+ in the last hour\n$/,
  );
  const paused = await run('pause', 'soc', '--reason', 'upgrade', '--for', '2h');
  expect(paused.code).toBe(0);
  expect(paused.stdout).toMatch(/^soc is paused until 20\S+Z\n$/);
  expect(paused.stderr).toContain('warning: Every sink that gets notices');
  expect((await run('pause', 'soc', '--reason', 'again', '--for', '1h')).code).toBe(1);
  const again = ['--reason', 'again', '--for', '1h', '--replace', '--json'];
  expect(JSON.parse((await run('pause', 'soc', ...again)).stdout)).toMatchObject({
    pause: { reason: 'again' },
  });
  world.tenant.add('events', 2);
  await runIn(world, ['once']);
  expect(world.mattermost.deliveries.size).toBe(before);
  expect((await run('list')).stdout).toMatch(
    /^soc {2}mattermost {2}paused by operator \(by \S+ until 20\S+Z: again\) {2}since .* {2}2 pending/,
  );
  expect(JSON.parse((await run('list', '--json')).stdout)).toMatchObject([
    { sink: 'soc', state: 'paused_by_operator' },
  ]);
  const resumed = await run('resume', 'soc');
  expect(resumed.stdout).toMatch(/^soc goes on; \S+ had paused it: again\n$/);
  expect((await run('resume', 'soc')).stdout).toBe('soc was not paused\n');
  await runIn(world, ['once']);
  expect(world.mattermost.deliveries.size).toBe(before + 2);
});

test('a sample is posted, and what the far end says against it is the reason', async () => {
  const world = await createWorld({ database: 'postgres' });
  await runIn(world, ['migrate']);
  const run = (...argv: string[]) => runIn(world, ['sink', ...argv]);
  expect((await run('test', 'soc')).stdout).toMatch(/^soc took a sample within \d+ ms\n$/);
  expect(world.mattermost.posts).toHaveLength(1);
  await world.mattermost.close();
  const failed = await run('test', 'soc', '--json');
  expect([failed.code, JSON.parse(failed.stdout)]).toEqual([
    1,
    expect.objectContaining({ sink: 'soc', isAccepted: false }),
  ]);
  expect(failed.stderr).toMatch(/\nsoc: .+\n$/);
  expect(await run('test', 'nobody')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No sink is called "nobody"; there is soc.'),
  });
});
