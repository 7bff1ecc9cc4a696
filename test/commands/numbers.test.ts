// `tocsin numbers`: one row for each severity and kind of hours, and one for all.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';
import { runIn } from './in-process.ts';

test('without events there is one row, and --json has it as it is', async () => {
  const world = await createWorld({ database: 'postgres' });
  await runIn(world, ['migrate']);
  const { code, stdout } = await runIn(world, ['numbers', '--days', '1']);
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(
      /^\S+Z to \S+Z\nall {2}events 0 {2}open 0 {2}screen - {2}acknowledge - {2}resolve -\n$/,
    ),
  ]);
  const json = await runIn(world, ['numbers', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ isCut: false, rows: [], all: { events: 0 } });
  const wrong = await runIn(world, ['numbers', '--days', '0']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('--days "0"')]);
});
