// How long a run waits while nothing moves.
import { expect, test } from 'vitest';
import { patienceMs } from '../../../src/service/once/patience.ts';

const waits = { roleMs: 1, patienceMs: 2, pausedPatienceMs: 3, stormPatienceMs: 4 };

test.each([
  ['a sink that delivers nothing', false, false, waits.patienceMs],
  ['sinks that are all paused', false, true, waits.pausedPatienceMs],
  ['a storm', true, false, waits.stormPatienceMs],
  ['a storm, whatever else is paused', true, true, waits.stormPatienceMs],
])('waits for %s', (_title, isInStorm, areAllPaused, expected) => {
  expect(patienceMs({ isInStorm, areAllPaused }, waits)).toBe(expected);
});
