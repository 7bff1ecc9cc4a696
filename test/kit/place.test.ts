// The name of a place: the same for ever, another for every other place, and no secret in it.
import { expect, test } from 'vitest';
import { placeOf } from '../../src/kit/place.ts';

const origin = 'https://chat.example:443';
const url = 'https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz';

test('a place keeps its name from release to release, for the backlog is stored under it', () => {
  expect(placeOf(origin, url, 'soc')).toBe(`${origin} 679c5a799f`);
  expect(placeOf(origin)).toBe(`${origin} 8470e63118`);
});

test('every part of it counts, and so does where one part ends', () => {
  const places = [
    placeOf(origin, url, 'soc'),
    placeOf(origin, url, 'noc'),
    placeOf(origin, `${url}x`, 'soc'),
    placeOf(origin, 'soc', url),
    placeOf(origin, `${url}soc`),
    placeOf(origin, url, 'soc', ''),
    placeOf(`${origin}0`, url, 'soc'),
  ];
  expect(new Set(places).size).toBe(places.length);
});

test('it shows its origin and nothing of the secret', () => {
  const place = placeOf(origin, url);
  expect(place).toMatch(/^https:\/\/chat\.example:443 [0-9a-f]{10}$/);
  expect(place).not.toContain('abcdef');
});
