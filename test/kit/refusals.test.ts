// Why an operation does nothing, in English.
import { expect, test } from 'vitest';
import { refusal, refusalSentences, refusalText } from '../../src/kit/refusals.ts';

test('the places of a sentence are filled in, as often as they are there', () => {
  expect(refusalText(refusal('noSteps', { event: '17' }))).toBe(
    'Event 17 has no steps: no route with "escalate" took it.',
  );
});

test('a value is never read as a place', () => {
  const values = { count: '{expected}', expected: '$&' };
  expect(refusalText(refusal('countMoved', values))).toMatch(
    /^\{expected\} deliveries are meant by now, and \$& were expected\./,
  );
});

test('every sentence says what is wrong in whole sentences', () => {
  for (const text of Object.values(refusalSentences))
    expect(text).toMatch(/^[A-Z"{].*[.](?:\{hint\})?$/);
});
