// Which ids of one configuration another one has under other names.
import { expect, test } from 'vitest';
import { renamesOf } from '../../../src/core/routing/comparison.ts';

const list = (text: string) =>
  text.split(' ').flatMap((word) => {
    const [id = '', identity] = word.split('=');
    return id === '' ? [] : [{ id, identity }];
  });

test.each([
  ['the same under another id', 'a=1 b=2', 'c=1 b=2', { a: 'c' }],
  ['an id that is still there', 'a=1', 'a=1 c=1', {}],
  ['two ids that are swapped', 'a=1 b=2', 'a=2 b=1', {}],
  ['one that is new', 'a=1', 'a=1 b=2', {}],
  ['two that were the same', 'a=1 b=1', 'c=1', {}],
  ['two that would be it', 'a=1', 'b=1 c=1', {}],
  ['nothing is known of either', 'a', 'b', {}],
  ['several', 'a=1 b=2 c=3', 'x=3 y=1 b=2', { a: 'y', c: 'x' }],
])('%s', (_, before, after, expected) => {
  expect(Object.fromEntries(renamesOf(list(before), list(after)))).toEqual(expected);
});
