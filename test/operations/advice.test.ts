// What to do about what was given up, for every reason that there is.
import { expect, test } from 'vitest';
import { failureReasons } from '../../src/kit/errors.ts';
import { adviceOn } from '../../src/operations/advice.ts';

test.each(failureReasons)('%s has sentences of its own, which end in what to do', (reason) => {
  expect(adviceOn(reason)).toMatch(/^[A-Z].*[.:].* (put these back|drop them)\.$/);
  const others = failureReasons.filter((other) => other !== reason);
  expect(others.map(adviceOn)).not.toContain(adviceOn(reason));
});

test('a reason of another release is one that nobody knows', () => {
  for (const reason of ['bored', '__proto__', ''])
    expect(adviceOn(reason)).toBe(adviceOn('unknown'));
});
