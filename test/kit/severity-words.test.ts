// Words for severities: those of the configuration first, then ours, then the product's.
import { expect, test } from 'vitest';
import { severityMap, severityReader } from '../../src/kit/severity-words.ts';

const read = severityReader(
  { P1: 'CRITICAL', '7': 'HIGH', warning: 'LOW' },
  { warning: 3, page: 5 },
);

test.each([
  ['p1', 5],
  [7, 4],
  [7n, 4],
  ['WARNING', 2],
  ['Page', 5],
  ['medium', 3],
  ['unheard of', 0],
  ['constructor', 0],
  ['__proto__', 0],
  [undefined, 0],
  [null, 0],
  [{}, 0],
  ['', 0],
])('%o means %i', (value, severity) => expect(read(value)).toBe(severity));

test('without a map the words of the product count', () => {
  expect(severityReader(undefined, { warning: 3 })('Warning')).toBe(3);
});

test('a map names severities alone', () => {
  expect(severityMap.safeParse({ p1: 'CRITICAL' }).success).toBe(true);
  expect(severityMap.safeParse({ p1: 'GRAVE' }).success).toBe(false);
});
