// The stored position: whatever was written is read again, and nothing else is taken for one.
import { expect, test } from 'vitest';
import {
  describePosition,
  formatPosition,
  type Position,
  parsePosition,
} from '../../../src/kit/poll/position.ts';

const at = Date.parse('2026-03-01T02:03:04.5Z');
const walk = {
  since: at - 10,
  until: at + 10,
  newest: at,
  pages: 3,
  mark: ['x', 1],
  guard: 'g',
  repeats: 1,
};
const positions: Position[] = [
  { from: 0, at },
  { from: 1, at, walk },
  { from: 1, at, kept: 'c' },
];

test.each(positions)('%j comes back as it was', (position) =>
  expect(parsePosition(formatPosition(position))).toEqual(position),
);

test.each([
  '',
  'null',
  '17000',
  '[]',
  '{"id":5,"at":null,"start":0}',
  '{"from":0}',
  '{"from":0,"at":"2026"}',
  '{"from":0,"at":1e300}',
  '{"from":0,"at":1,"walk":{}}',
  '{"from":0,"at":1,"walk":{"since":1,"until":2,"newest":1,"pages":"1"}}',
])('%s is none', (text) => {
  expect(() => parsePosition(text)).toThrow('tocsin source reset');
  expect(describePosition(text)).toBeUndefined();
});

test('it can be said in words', () => {
  expect(positions.map((one) => describePosition(formatPosition(one)))).toEqual([
    'up to 2026-03-01T02:03:04.500Z',
    'up to 2026-03-01T02:03:04.500Z, 3 pages into what came since',
    'up to 2026-03-01T02:03:04.500Z',
  ]);
});
