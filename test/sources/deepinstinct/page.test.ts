// What counts as a page, and what a page tells.
import { describe, expect, test } from 'vitest';
import { EnvelopeError, numberOf, parsePage } from '../../../src/sources/deepinstinct/page.ts';

describe('a page', () => {
  test.each([
    '{}',
    '{"events":[]}',
    '{"last_id":null,"events":[]}',
    '{"last_id":null}',
    '{"last_id":0,"events":null}',
    '{"last_id":"","events":[]}',
  ])('%s is the end', (body) => {
    expect(parsePage(body)).toEqual({ items: [], firstId: undefined, newestId: undefined });
  });

  test.each([
    ['', /no JSON/],
    ['{"events":[{"id":1}', /no JSON, or is cut/],
    ['<html><body>Sign in</body></html>', /a web page/],
    ['null', /no object/],
    ['[{"id":1}]', /no object/],
    ['"events"', /no object/],
    ['{"msg":"Token has expired"}', /without a list of events/],
    ['{"devices":[],"last_id":3}', /without a list of events/],
    ['{"last_id":3}', /without a list of events/],
    ['{"events":{"id":1}}', /no list/],
    ['{"events":"none"}', /no list/],
    ['{"events":[],"last_id":"next"}', /last_id that is no number/],
    ['{"events":[],"last_id":-1}', /last_id that is no number/],
    ['{"events":[],"last_id":[]}', /last_id that is no number/],
    ['{"events":[],"last_id":false}', /last_id that is no number/],
  ])('%s is none', (body, message) => {
    expect(() => parsePage(body)).toThrow(EnvelopeError);
    expect(() => parsePage(body)).toThrow(message);
  });

  test('is put into the order of its numbers, and still knows which came first', () => {
    const page = parsePage('{"events":[{"id":9},{"x":1},{"id":"7"},{"id":8}],"last_id":8}');
    expect(page.items.map((item) => item.id)).toEqual([7, 8, 9, undefined]);
    expect(page).toMatchObject({ firstId: 9, newestId: 9 });
  });

  test('reaches as far as last_id says, if that is further than its items', () => {
    expect(parsePage('{"events":[{"id":9}],"last_id":12}').newestId).toBe(12);
    expect(parsePage('{"events":[],"last_id":"12"}').newestId).toBe(12);
    expect(parsePage('{"events":[null],"last_id":12}').newestId).toBe(12);
  });

  test('takes the last of two lists of events, with its bytes', () => {
    const page = parsePage('{"events":[{"id":1}],"events":[{"id":  2}]}');
    expect(page.items).toMatchObject([{ id: 2, raw: '{"id":  2}' }]);
  });
});

test('a number of an item is a whole number from 1 up to where two would look the same', () => {
  expect([1, '1', 2_147_483_648, '007', Number.MAX_SAFE_INTEGER].map(numberOf)).toEqual([
    1, 1, 2_147_483_648, 7, 9_007_199_254_740_991,
  ]);
  for (const none of [0, -1, 1.5, 2 ** 53, '9007199254740993', '', ' 1', '0x1', '1e3', null, undefined, true, [], {}]) {
    expect(numberOf(none)).toBeUndefined();
  }
});
