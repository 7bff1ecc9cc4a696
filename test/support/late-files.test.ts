// Which files of tests are still read as time runs out.
import { expect, test } from 'vitest';
import { lateFiles } from './late-files.ts';
import { noTimeLeft } from './plain-reporter.ts';

function read(id: string, until: string | undefined): unknown {
  const { load } = lateFiles(until) as { load(id: string): unknown };
  return load(id);
}

test('a file of tests is named, and left out for lack of time, once there is none', () => {
  const stub = read('/x/test/e2e/kill.test.ts', '1');
  expect(stub).toContain('"all of kill.test.ts"');
  expect(stub).toContain(`skip("${noTimeLeft}")`);
});

test.each([
  ['/x/src/main.ts', '1'],
  ['/x/test/support/world.ts', '1'],
  ['/x/test/e2e/kill.test.ts', undefined],
  ['/x/test/e2e/kill.test.ts', ''],
  ['/x/test/e2e/kill.test.ts', '99999999999'],
])('%s is read with TESTS_UNTIL %s', (id, until) => {
  expect(read(id, until)).toBeUndefined();
});
