// Text of an address becomes what a field's schema says, and nothing else.
import { expect, test } from 'vitest';
import { fieldsOfQuery } from '../../../src/http/api/input.ts';

const schemas = {
  id: { type: 'string' },
  count: { type: 'integer' },
  either: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
  flag: { type: 'boolean' },
  list: { type: 'array', items: { type: 'number' } },
};

test.each([
  ['id=12', { id: '12' }],
  ['count=12&count=', { count: [12, ''].map(String) }],
  ['count=-3', { count: -3 }],
  ['count=0x10', { count: '0x10' }],
  ['count=99999999999999999999', { count: '99999999999999999999' }],
  ['either=1', { either: 1 }],
  ['either=all', { either: 'all' }],
  ['flag=true', { flag: true }],
  ['flag=1', { flag: '1' }],
  ['list=1,2.5&list=x', { list: [1, 2.5, 'x'] }],
  ['list=', { list: [''] }],
  ['other=1', { other: '1' }],
  ['constructor=1', { constructor: '1' }],
])('%s', (query, fields) => {
  expect(fieldsOfQuery(new URLSearchParams(query), schemas)).toEqual(fields);
});

test('no name of a field reaches a prototype', () => {
  const fields = fieldsOfQuery(new URLSearchParams('__proto__=1'), schemas);
  expect(Object.keys(fields)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
});
