// The fields that operations share.
import { expect, test } from 'vitest';
import { id, listLimit, name, objectOf, severity } from '../../src/operations/fields.ts';

test.each([
  ['an id', id, [1, Number.MAX_SAFE_INTEGER], [0, -1, 1.5, '1', null]],
  ['a limit', listLimit, [1, 1000], [0, 1001]],
  ['a name', name, ['soc'], ['', 1]],
  ['a severity', severity, [0, 5], [6, -1, '5']],
  ['an object', objectOf(), [{}, { a: 1 }], [[], null, 'a', undefined]],
])('%s', (_, schema, right, wrong) => {
  expect(right.map((value) => schema.safeParse(value).success)).toEqual(right.map(() => true));
  expect(wrong.map((value) => schema.safeParse(value).success)).toEqual(wrong.map(() => false));
});
