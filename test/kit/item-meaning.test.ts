// What expressions make of one item. Whole batches are tested at the sources that use it.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createMeaning, meaningSettings, overOf } from '../../src/kit/item-meaning.ts';
import { parsePieces } from '../../src/kit/json-pieces.ts';

const schema = z.strictObject(meaningSettings);
const read = (settings: object, body: object) => {
  const meaning = createMeaning(schema.parse(settings));
  const pieces = parsePieces(JSON.stringify(body));
  const found = meaning.found(pieces.value);
  return { found, read: (item: unknown = pieces.value) => meaning.read({ pieces, item }) };
};

test('the list is where it is said to be, and nowhere else', () => {
  expect(read({ items: 'body.a' }, { a: [1] }).found).toEqual([1]);
  expect(read({ items: 'body.b' }, { a: [1] }).found).toBeUndefined();
  expect(read({}, { a: [1] }).found).toBeUndefined();
});

test('an item that is over is read, and closes what was reported', () => {
  const settings = { id: 'item.id', resolved: 'item.over', fields: { status: 'item.state' } };
  const { draft, isOver } = read(settings, { id: 7, over: true, state: 'done' }).read();
  expect([draft.externalId, draft.stream, isOver]).toEqual(['7', 'event', true]);
  expect(overOf(draft, 'edr')).toMatchObject({
    ...{ externalId: '7/resolved', subject: 'event/7', stream: 'change' },
    body: {
      change: {
        ...{ source: 'edr', externalId: '7', closing: 'closed' },
        fields: [{ name: 'status', from: null, to: 'done' }],
      },
    },
  });
  expect(read(settings, { id: 7, over: 'true' }).read().isOver).toBe(false);
});

test('what is no object, or has no id, is not understood', () => {
  expect(read({}, {}).read(5)).toMatchObject({ draft: { type: 'UNRECOGNISED' }, isOver: false });
  expect(read({ id: 'item.id' }, { a: 1 }).read().draft.type).toBe('UNRECOGNISED');
});
