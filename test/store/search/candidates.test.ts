// A step looks at a bounded number of events, and says from which id on it has seen all.
import { beforeEach, expect, test } from 'vitest';
import { candidatesOf } from '../../../src/store/search/candidates.ts';
import { useDatabase } from '../stored.ts';
import { fillMany } from './many.ts';

const database = useDatabase();
const range = { beforeId: 1_000_000, floorId: 0 };

beforeEach(async () => {
  await fillMany(database(), { count: 100, gap: 10 });
  await database().$client`
    insert into deliveries (event_id, sink, state, reason, priority, finalized_at)
    select id, sink, case when id % 20 = 0 then 'dead' else 'pending' end, 'r', id / 10 % 5,
      case when id % 20 = 0 then now() end
    from events, unnest(array['a', 'b']) sink`;
});

test.each([
  ['without an index: the newest ids', {}, null, 910],
  ['what is dead: each event once', { states: ['dead'] }, [1000, 980, 960, 940, 920], 920],
  ['what waits, whatever its priority', { states: ['pending'] }, [990, 970, 950, 930, 910], 910],
  ['what is dead for a sink', { states: ['dead'], sink: 'b' }, [1000, 980, 960, 940, 920], 920],
  ['what is dead for a sink without any', { states: ['dead'], sink: 'c' }, [], 1],
  [
    'what is dead or waits',
    { states: ['dead', 'pending'] },
    [1000, 990, 980, 970, 960, 950, 940, 930, 920],
    920,
  ],
  ['what is delivered: no index, the newest ids', { states: ['delivered'] }, null, 910],
] as const)('%s', async (_, filter, ids, toId) => {
  const rowsMax = ids === null ? 10 : 5;
  const found = await candidatesOf(database(), filter, { range, rowsMax });
  expect(found).toEqual({ ids, toId });
});

test('at the end of the range all is seen', async () => {
  const short = { beforeId: 60, floorId: 19 };
  expect(await candidatesOf(database(), {}, { range: short, rowsMax: 10 })).toEqual({
    ids: null,
    toId: 20,
  });
  const dead = { states: ['dead'] } as const;
  expect(await candidatesOf(database(), dead, { range: short, rowsMax: 10 })).toEqual({
    ids: [40, 20],
    toId: 20,
  });
});
