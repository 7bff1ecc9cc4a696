// `tocsin status`: what a person asks first.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';
import { runIn } from './in-process.ts';

test('says version, configuration, database and processes', async () => {
  const world = await createWorld({ database: 'postgres' });
  await runIn(world, ['migrate']);
  const { code, stdout } = await runIn(world, ['status']);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^version {2}1\.2\.3\nconfiguration {2}\S+ {2}sources 2, sinks 1, routes \d+\ndatabase {2}postgres \S+.* {2}schema current\n/,
  );
  expect(stdout).toContain('process  none is running\n');
  expect(JSON.parse((await runIn(world, ['status', '--json'])).stdout)).toMatchObject({
    version: null,
    database: { kind: 'postgres', schema: 'current' },
  });
});
