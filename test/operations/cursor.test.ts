// A cursor leads on through the same list, and through no other.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { cursorOf, keyOf } from '../../src/operations/cursor.ts';
import { InputError } from '../../src/operations/operation.ts';

const key = z.tuple([z.int(), z.string()]);
const filters = { sink: 'soc', states: ['dead', 'pending'], severity: undefined };
const cursor = cursorOf([17, 'soc'], filters);

test('it gives back its key, and stands in an address as it is', () => {
  expect(cursor).toMatch(/^[\w-]+$/);
  expect(keyOf(cursor, filters, key)).toEqual([17, 'soc']);
  expect(keyOf(undefined, filters, key)).toBeNull();
});

test('the order of the filters, the size of the page and the cursor itself do not count', () => {
  const same = { limit: 7, states: ['dead', 'pending'], cursor, sink: 'soc' };
  expect(keyOf(cursor, same, key)).toEqual([17, 'soc']);
});

test.each([
  ['another value', { ...filters, sink: 'chat' }],
  ['one filter more', { ...filters, severity: 3 }],
  ['one filter fewer', { sink: 'soc' }],
  ['another order of a list', { ...filters, states: ['pending', 'dead'] }],
])('with %s it is refused', (_, other) => {
  expect(() => keyOf(cursor, other, key)).toThrow(InputError);
  expect(() => keyOf(cursor, other, key)).toThrow('This cursor belongs to other filters.');
});

test.each([
  ['nothing', ''],
  ['no JSON', 'AAAA'],
  ['other characters', '../../etc/passwd'],
  ['JSON of another form', Buffer.from('{"a":1}').toString('base64url')],
  ['a key of another list', cursorOf([17], filters)],
  ['a key of another type', cursorOf(['17', 'soc'], filters)],
])('%s is refused with what to do', (_, text) => {
  expect(() => keyOf(text, filters, key)).toThrow(InputError);
  expect(() => keyOf(text, filters, key)).toThrow('This cursor is none of this list.');
});
