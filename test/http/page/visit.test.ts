// Where an act sends the browser.
import { expect, test } from 'vitest';
import { doneAt } from '../../../src/http/page/visit.ts';

test.each([
  [doneAt('/silences', 'silenceAdded'), '/silences?done=silenceAdded'],
  [doneAt('/dead', 'silenceEnded', 200), '/dead?done=silenceEnded&n=200'],
])('%j', ({ goTo }, path) => {
  expect(goTo).toBe(path);
});
