// A file of tests that would be read after TESTS_UNTIL is not read any more: to read all of them takes
// a slow machine minutes, and no test of them may begin (time-left.ts).
import { basename } from 'node:path';
import type { Plugin } from 'vitest/config';
import { noTimeLeft } from './plain-reporter.ts';

/** @param until as TESTS_UNTIL says it: seconds since the epoch; absent: there is time */
export function lateFiles(until = process.env.TESTS_UNTIL): Plugin {
  const untilMs = Number(until || Number.NaN) * 1000;
  return {
    name: 'late-files',
    enforce: 'pre',
    load: (id) => (Date.now() >= untilMs && /\.test\.ts$/.test(id) ? stubOf(id) : undefined),
  };
}

function stubOf(id: string): string {
  const title = JSON.stringify(`all of ${basename(id)}`);
  return `import { test } from 'vitest';
test(${title}, ({ skip }) => skip(${JSON.stringify(noTimeLeft)}));`;
}
