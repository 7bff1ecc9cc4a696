// Times in the unit that fits them.
import { expect, test } from 'vitest';
import { spreadText } from '../../src/cli/spread.ts';

test.each([
  [{ count: 7, medianSeconds: 12, p90Seconds: 119.9 }, '12 s, 119.9 s of 7'],
  [{ count: 2, medianSeconds: 120, p90Seconds: 7_170 }, '2 min, 2 h of 2'],
  [{ count: 1, medianSeconds: 5_400, p90Seconds: 45_000 }, '90 min, 12.5 h of 1'],
  [{ count: 0, medianSeconds: null, p90Seconds: null }, '-'],
])('%j', (spread, text) => {
  expect(spreadText(spread)).toBe(text);
});
