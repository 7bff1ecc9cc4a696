// Which test files start processes: the order and the isolation of all of them go by it.
import { expect, test } from 'vitest';
import { doesStartProcesses, startsProcesses } from './code-first.ts';

test.each([
  ['/a/test/e2e/kill.test.ts', true],
  ['/a/test/store/embedded/open.test.ts', true],
  ['/a/test/store/open.test.ts', false],
  ['/a/test/core/deliver/lane.test.ts', false],
  ['/a/test/config/read/commands.test.ts', false],
])('%s: %s', (path, does) => {
  expect(doesStartProcesses(path)).toBe(does);
});

test('the patterns name the same folders', () => {
  for (const pattern of startsProcesses)
    expect(doesStartProcesses(`/a/${pattern.replace('**/*', 'x')}`)).toBe(true);
});
