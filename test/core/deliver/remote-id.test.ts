// Which ids of far ends are kept, whatever a sink returns.
import { expect, test } from 'vitest';
import { remoteIdOf } from '../../../src/core/deliver/remote-id.ts';

test.each([
  '6a1hqdyx3jg8zf5m',
  '1503435956.000247',
  '<x.1@mail.example>',
  'ไทย é',
  'a'.repeat(200),
])('an id that is a text is kept as it is: %s', (remoteId) =>
  expect(remoteIdOf({ remoteId })).toBe(remoteId),
);

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'm1'],
  ['no id', {}],
  ['an empty one', { remoteId: '' }],
  ['a number', { remoteId: 7 }],
  ['one that is too long', { remoteId: 'a'.repeat(201) }],
  ['one with a NUL, which no database takes', { remoteId: 'a\0' }],
  ['one with a line break', { remoteId: 'a\r\nb' }],
  ['one that turns the reading direction', { remoteId: 'a\u202eb' }],
  ['half a surrogate pair', { remoteId: 'a\ud83d' }],
])('%s is no id', (_of, receipt) => expect(remoteIdOf(receipt)).toBeUndefined());
