// `tocsin tail`: what is stored while it looks, and nothing from before.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';
import { runIn } from './in-process.ts';

test('shows what is stored from now on, as lines or objects, of what was asked for', async () => {
  const world = await createWorld({ database: 'postgres' });
  world.tenant.add('events', 2, { ageSeconds: 60 });
  expect((await runIn(world, ['once'])).code).toBe(0);
  const tails = [
    runIn(world, ['tail', '--for', '8s']),
    runIn(world, ['tail', '--for', '8s', '--json', '--source', 'deepinstinct_events']),
    runIn(world, ['tail', '--for', '8s', '--sink', 'nobody']),
  ];
  await new Promise((resolve) => setTimeout(resolve, 1500));
  world.tenant.add('events', 3);
  expect((await runIn(world, ['once'])).code).toBe(0);
  const [lines, json, none] = await Promise.all(tails);
  expect(lines!.stdout).toMatch(/^(\d+ {2}20\S+Z {2}[A-Z]+ {2}.* {2}soc\n){3}$/);
  expect(
    json!.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { source: 'deepinstinct_events', sinks: ['soc'] },
    { source: 'deepinstinct_events' },
    { source: 'deepinstinct_events' },
  ]);
  expect(none).toMatchObject({ code: 0, stdout: '' });
});

test.each([
  [['--for', 'ever'], '--for "ever" is no time such as 30s or 10m.'],
  [['--min-severity', 'grave'], '--min-severity is one of: '],
])('tail %j is wrong usage', async (argv, words) => {
  const world = await createWorld({ database: 'postgres' });
  await runIn(world, ['migrate']);
  expect(await runIn(world, ['tail', ...argv])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(words),
  });
});
