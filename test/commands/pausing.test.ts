// `tocsin source pause|resume|poll`, and what a pause must say.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';
import { runIn } from './in-process.ts';

const id = 'deepinstinct_events';

test('a paused source is not read until it goes on, and the list says so', async () => {
  const world = await createWorld({ database: 'postgres' });
  const run = (...argv: string[]) => runIn(world, ['source', ...argv]);
  expect((await runIn(world, ['once'])).code).toBe(0);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  expect((await run('pause', id, '--reason', 'audit', '--until', until)).code).toBe(0);
  expect((await run('list')).stdout).toMatch(
    new RegExp(`^${id} .*first generation {2}paused by \\S+ until ${until}: audit$`, 'm'),
  );
  expect(JSON.parse((await run('list', '--json')).stdout)).toContainEqual(
    expect.objectContaining({ source: id, state: 'paused_by_operator' }),
  );
  expect(await run('poll', id)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('The source is paused by'),
  });
  expect((await run('resume', id)).stdout).toMatch(/^deepinstinct_events goes on; \S+ had paused/);
  expect((await run('poll', id)).stdout).toBe(`${id} is read within seconds\n`);
  expect(JSON.parse((await run('poll', id, '--json')).stdout)).toMatchObject({ source: id });
});

test.each([
  [['pause', id, '--for', '1h'], 'Why? Say it by --reason <text>.'],
  [['pause', id, '--reason', 'x'], 'Until when? Say it by --for <time> or by --until <time>.'],
  [['pause', id, '--reason', 'x', '--for', '99d'], '"for" is no time up to 30 days.'],
])('source %j is wrong usage', async (argv, words) => {
  const world = await createWorld({ database: 'postgres' });
  await runIn(world, ['migrate']);
  for (const kind of ['source', 'sink'])
    expect(
      await runIn(world, [
        kind,
        ...argv.map((word) => (word === id && kind === 'sink' ? 'soc' : word)),
      ]),
    ).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(words),
    });
});
