// Setup file: from the moment on that TESTS_UNTIL names (seconds since the epoch) no test begins
// any more. The run says how many were left out (plain-reporter.ts). .ci/run sets it, so that a
// slow machine tests less instead of nothing to the end.
import { beforeEach } from 'vitest';
import { noTimeLeft } from './plain-reporter.ts';

/** Not a number, and so never over, without the variable. */
const untilMs = Number(process.env.TESTS_UNTIL || Number.NaN) * 1000;

beforeEach(({ skip }) => skip(Date.now() >= untilMs, noTimeLeft));
