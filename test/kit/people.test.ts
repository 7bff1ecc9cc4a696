// The setting that says who may act in a chat.
import { expect, test } from 'vitest';
import { listedPeople, people } from '../../src/kit/people.ts';

test.each([
  ['members'],
  [[{ id: 'u1' }]],
  [[{ username: '@ana', name: 'Ana', role: 'read' }, { id: 'u2' }]],
  [[{ email: 'ana.b+soc@example.com' }]],
])('%j is one', (written) => {
  expect(people.safeParse(written).success).toBe(true);
});

test('a person operates unless the setting says otherwise', () => {
  expect(people.parse([{ id: 'u1' }])).toEqual([{ id: 'u1', role: 'operate' }]);
});

test.each([
  ['everybody'],
  [[]],
  [[{}]],
  [[{ id: 'u1', username: 'ana' }]],
  [[{ username: 'a b' }]],
  [[{ id: '' }]],
  [[{ id: 'u1', role: 'root' }]],
  [[{ id: 'u1', email: 'ana@example.com' }]],
  [[{ email: 'x' }]],
  [[{ email: 'a b@example.com' }]],
  [[{ email: 'an\u0430@example.com' }]],
])('%j is none', (written) => {
  expect(people.safeParse(written).success).toBe(false);
});

test('a sink that cannot ask for the members takes the list alone', () => {
  expect(listedPeople.safeParse('members').success).toBe(false);
});

test('a sink that cannot ask about a person knows nobody by an address', () => {
  expect(listedPeople.safeParse([{ email: 'ana@example.com' }]).success).toBe(false);
});
