// `tocsin routes show`: the routes in their order.
import { expect, test } from 'vitest';
import { createWorld } from '../../support/world.ts';
import { runIn } from '../in-process.ts';

test('the routes are listed, and shown as JSON', async () => {
  const world = await createWorld({ database: 'postgres' });
  await runIn(world, ['migrate']);
  const { code, stdout } = await runIn(world, ['routes', 'show']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^\S+ {2}to soc {2}from \S+\n$/)]);
  expect(JSON.parse((await runIn(world, ['routes', 'show', '--json'])).stdout)).toMatchObject([
    { to: ['soc'] },
  ]);
});
