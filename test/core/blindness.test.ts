// What people hear of a source from the one process that reads it all the time; of several processes the tests of polls tell.
import { expect, test } from 'vitest';
import { createBlindness, type ReadFailure } from '../../src/core/blindness.ts';
import { readConditions } from '../../src/core/store/conditions.ts';
import { hold, quiet, useDatabase } from './stored.ts';

const database = useDatabase();

async function startReading() {
  const deps = { id: 'a', db: database(), log: quiet, now: Date.now, to: ['soc'] };
  const blindness = createBlindness(deps, await hold(database(), 'source:a'));
  const said = async () => (await database().$client`select type from events order by id`).map(({ type }) => type);
  const failed = (reason: ReadFailure['reason']) => blindness.after({ failure: { reason, message: 'failed' } });
  return { read: () => blindness.after({}), failed, said };
}

test('each trouble of a process that lives long has its end', async () => {
  const { read, failed, said } = await startReading();
  for (let times = 0; times < 2; times += 1) {
    await read();
    await failed('auth');
  }
  await read();
  await read();
  expect(await said()).toEqual(['SOURCE_REJECTED', 'SOURCE_BACK', 'SOURCE_REJECTED', 'SOURCE_BACK']);
});

test.each(['database', 'taken_over'] as const)(
  'a page that was not stored for %s is no trouble of the source',
  async (reason) => {
    const { failed } = await startReading();
    await failed(reason);
    expect(await readConditions(database())).toEqual([]);
  },
);
