// What every source that is pushed to can be told.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { limitSettings, pushBasics, pushSettings } from '../../src/kit/push-settings.ts';

const limits = z.strictObject(limitSettings);

test.each([
  ['10.0.0.0/8', true],
  ['::1', true],
  ['fd00::/8', true],
  ['10.0.0.0/33', false],
  ['example.com', false],
  ['10.0.0', false],
])('%s is a network: %s', (network, isOne) => {
  expect(limits.safeParse({ from: [network] }).success).toBe(isOne);
});

test('what is not set has a limit all the same', () => {
  const settings = z.strictObject(pushSettings).parse({ proof: 'path', secret: 'x'.repeat(20) });
  expect(pushBasics(settings)).toEqual({
    kind: 'push',
    proof: { kind: 'path', secrets: ['x'.repeat(20)] },
    from: undefined,
    bodyBytesMax: 1_000_000,
    perSecond: 50,
  });
});
