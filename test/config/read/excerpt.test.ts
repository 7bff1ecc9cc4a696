// A line with a caret under one of its characters.
import { expect, it } from 'vitest';
import { excerpt, excerptWithKnown } from '../../../src/config/read/excerpt.ts';

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

it.each([
  ['event.typ', 7, ['type', 'time'], 'type'],
  ['{{ event.typ }}', 4, ['event.type', 'event.id'], 'event.type'],
  ['event.devise.name', 7, ['device', 'file'], 'device'],
  ['event.frobnicate', 7, ['device', 'file'], undefined],
])('of %j at %i, out of %j, %s was meant', (text, position, known, meant) => {
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  expect(excerptWithKnown(text, position, known)).toBe(
    `${excerpt(text, position)} here. Known names: ${known.join(', ')}.${hint}`,
  );
});

it('where no name is known, none is said', () => {
  expect(excerptWithKnown('a >', 4, [])).toBe('      a >\n         ^ here');
});
