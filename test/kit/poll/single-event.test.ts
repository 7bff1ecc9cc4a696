// What is one item alone.
import { expect, test } from 'vitest';
import { singleEvent } from '../../../src/kit/poll/single-event.ts';
import { hashId, rawOf, recordOf, unrecognisedItem } from '../../../src/kit/pushed-item.ts';

const plan = {
  draftsOf: ({ pieces, item }: Parameters<Parameters<typeof singleEvent>[1]['draftsOf']>[0]) => {
    const draft = unrecognisedItem(rawOf(pieces, item), 'alert');
    return [recordOf(item).id === undefined ? draft : { ...draft, type: 'Miner' }];
  },
};

test('an item is its event', () =>
  expect(singleEvent(' {"id": 1}', plan)).toMatchObject({
    ...{ type: 'Miner', externalId: hashId('{"id": 1}'), raw: '{"id": 1}' },
  }));

test.each(['[{"id":1}]', '{"x":1}', '{"id":', '5', '""', ''])('%s is none', (text) =>
  expect(singleEvent(text, plan)).toBeUndefined(),
);
