// A line with a caret under one of its characters.
import { expect, it } from 'vitest';
import { excerpt } from '../../../src/config/read/excerpt.ts';

it.each([
  ['abc', 1, '      abc\n      ^'],
  ['abc', 3, '      abc\n        ^'],
  // One behind the end: the text is not finished.
  ['abc', 4, '      abc\n         ^'],
  ['one\ntwo\nthree', 5, '      two\n      ^'],
  ['one\ntwo\nthree', 12, '      three\n         ^'],
  // A line break belongs to the line that it ends.
  ['one\ntwo', 4, '      one\n         ^'],
  ['', 1, '      \n      ^'],
])('%j at %i', (text, position, shown) => {
  expect(excerpt(text, position)).toBe(shown);
});
