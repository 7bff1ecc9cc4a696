// Where an act sends the browser.
import { expect, test } from 'vitest';
import { doneAt } from '../../../src/http/page/visit.ts';

test.each([
  [doneAt('/silences', 'silenceAdded'), { goTo: '/silences', notice: { act: 'silenceAdded' } }],
  [doneAt('/dead', 'redriven', 200), { goTo: '/dead', notice: { act: 'redriven', count: 200 } }],
])('%j', (done, expected) => {
  expect(done).toEqual(expected);
});
