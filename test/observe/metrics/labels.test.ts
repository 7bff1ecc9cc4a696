// What labels may say: the same words as events and errors use.
import { expect, it } from 'vitest';
import { failureReasons } from '../../../src/kit/errors.ts';
import { pollOutcomes, severityLabel } from '../../../src/observe/metrics/labels.ts';

it('labels name severities as events do, and a poll can end by every reason of a failure', () => {
  expect([0, 1, 2, 3, 4, 5].map((n) => severityLabel(n as 0))).toEqual([
    'unknown',
    'info',
    'low',
    'medium',
    'high',
    'critical',
  ]);
  expect(new Set(pollOutcomes).size).toBe(4 + failureReasons.length);
});
