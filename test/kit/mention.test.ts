// Which messages ping.
import { expect, test } from 'vitest';
import { isPinging, mentionFrom } from '../../src/kit/mention.ts';

test.each([
  [5, undefined, true],
  [4, undefined, false],
  [0, undefined, false],
  [4, 'HIGH', true],
  [0, 'HIGH', true],
  [3, 'HIGH', false],
  [2, 'LOW', true],
  [1, 'LOW', false],
] as const)('severity %i, from %s on, pings: %s', (severity, from, is) => {
  for (const kind of ['event', 'digest'] as const)
    expect(isPinging({ kind, severity }, from)).toBe(is);
  expect(isPinging({ kind: 'notice', severity }, from)).toBe(false);
});

test('nothing begins at an unknown severity', () => {
  expect(mentionFrom.safeParse('UNKNOWN').success).toBe(false);
  expect(mentionFrom.safeParse(undefined).success).toBe(true);
});
