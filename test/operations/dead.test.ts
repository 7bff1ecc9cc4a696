// Dead letters by what went wrong: with what to do, and no secret.
import { expect, test } from 'vitest';
import { dead } from '../../src/operations/index.ts';
import { recordFailed } from '../../src/store/deliveries/index.ts';
import { failure, storeForBoth } from '../store/deliveries/attempts.ts';
import { hold, useDatabase } from '../store/stored.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();

test('each group has its count, its times, the last answer, what to do, and some of them whole', async () => {
  const ids = await storeForBoth(db());
  const lease = await hold(db(), 'sink:x');
  // The address of the sink that `contextOn` configures.
  const answer = 'no such hook: abcdefghijklmnopqrstuvwxyz';
  const failed = ids.map((id) =>
    failure(id, { state: 'dead', reason: 'bad_config', status: 404, answer }),
  );
  await recordFailed(db(), lease, { sink: 'soc', failed });
  const { items } = await overTheWire(db(), dead.groups, {});
  expect(items).toMatchObject([
    {
      ...{ sink: 'soc', reason: 'bad_config', status: 404, count: 3, isPartial: false },
      oldest: expect.stringMatching(/^20.*Z$/),
      newest: expect.stringMatching(/^20.*Z$/),
      lastAnswer: 'no such hook: [secret]',
      advice: expect.stringContaining('Check the address'),
    },
  ]);
  expect(items[0]!.sample.map(({ eventId }) => eventId)).toEqual(ids.toReversed().map(String));
  expect(items[0]!.sample[0]).toMatchObject({ lastAnswer: 'no such hook: [secret]' });
  expect(await overTheWire(db(), dead.groups, { sink: 'boss' })).toEqual({ items: [] });
});
