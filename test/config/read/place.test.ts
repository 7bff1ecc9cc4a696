// Where a value stands, for those who read only a part of the file.
import { expect, it } from 'vitest';
import { fileValue, type Path, placeUnder } from '../../../src/config/read/place.ts';

const place = (path: Path, key?: string) => [...path, key ?? []].flat().join('.');

it.each([
  ['a text loses the blanks around it', ' 5m\n', { text: '5m', where: 'a.b' }],
  ['a number becomes a text', 0, { text: '0', where: 'a.b' }],
  ['a text of blanks is there, and empty', ' ', { text: '', where: 'a.b' }],
  ['nothing is nothing', undefined, undefined],
])('of a value: %s', (_, value, expected) => {
  expect(fileValue(value, place, ['a', 'b'])).toEqual(expected);
});

it('a place under another one has its whole path, also of a key that does not belong', () => {
  const under = placeUnder(placeUnder(place, ['routes', 2]), ['match']);
  expect(under(['types', 0])).toBe('routes.2.match.types.0');
  expect(under([])).toBe('routes.2.match');
  expect(under([], 'typs')).toBe('routes.2.match.typs');
});
