// What a request says where something is to be filled in, and what it leaves out where nothing is.
import { expect, test } from 'vitest';
import { filledTemplate, placesIn, type Template } from '../../../src/kit/poll/template.ts';

const places = { since: 's', until: 7, cursor: ['a', 1], page: undefined, offset: undefined };

test.each<[Template, unknown]>([
  ['{since}', 's'],
  ["created:>='{since}'", "created:>='s'"],
  ['{cursor}', ['a', 1]],
  ['c={cursor}&u={until}', 'c=["a",1]&u=7'],
  ['{page}', undefined],
  ['p{page}', undefined],
  ['{other} {', '{other} {'],
  [5, 5],
  [null, null],
  [
    { size: 10, search_after: '{cursor}', range: { at: { gte: '{since}' } }, page: '{page}' },
    { size: 10, search_after: ['a', 1], range: { at: { gte: 's' } } },
  ],
  [
    ['{since}', '{page}', true],
    ['s', true],
  ],
])('%j is filled', (template, filled) => expect(filledTemplate(template, places)).toEqual(filled));

test('what is filled in is not read again', () =>
  expect(
    filledTemplate('{cursor} {since}', { ...places, cursor: '{since}', since: '{until}' }),
  ).toBe('{since} {until}'));

test('the places of a template are found wherever they stand', () => {
  expect([...placesIn({ a: ['x{since}'], b: { c: '{page}' } })]).toEqual(['since', 'page']);
  expect([...placesIn(undefined)]).toEqual([]);
});
