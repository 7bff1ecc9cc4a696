// The fields that operations share.
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  cursor,
  id,
  listLimit,
  name,
  objectOf,
  pageLimit,
  pageOf,
  rowId,
  severity,
  time,
} from '../../src/operations/fields.ts';

test.each([
  ['an id', id, [1, Number.MAX_SAFE_INTEGER], [0, -1, 1.5, '1', null]],
  ['a limit', listLimit, [1, 1000], [0, 1001]],
  ['a name', name, ['soc'], ['', 1]],
  ['a severity', severity, [0, 5], [6, -1, '5']],
  [
    'the number of a row',
    rowId,
    ['1', '9007199254740993'],
    ['0', '01', '-1', '1.5', ' 1', '1\n', '1'.repeat(17), '', 1, null],
  ],
  [
    'a time',
    time,
    ['2026-03-02T15:00:00Z', '2026-03-02T15:00:00.123Z'],
    ['2026-03-02T22:00:00+07:00', '2026-03-02', '2026-02-30T00:00:00Z', 0],
  ],
  ['the limit of a page', pageLimit, [1, 200, undefined], [0, 201, 1.5, '50']],
  ['a cursor', cursor, ['any', undefined], ['a'.repeat(2001), null]],
  ['a page', pageOf(rowId), [{ items: ['1'], next: null }], [{ items: [1], next: null }, {}]],
  ['an object', objectOf(), [{}, { a: 1 }], [[], null, 'a', undefined]],
])('%s', (_, schema, right, wrong) => {
  expect(right.map((value) => schema.safeParse(value).success)).toEqual(right.map(() => true));
  expect(wrong.map((value) => schema.safeParse(value).success)).toEqual(wrong.map(() => false));
});

test('a document of the API shows how many rows a page has', () => {
  expect(z.toJSONSchema(pageLimit)).toMatchObject({ default: 50, maximum: 200 });
});
