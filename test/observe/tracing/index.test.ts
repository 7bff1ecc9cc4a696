// The id of a trace, as log lines show it.
import { expect, test } from 'vitest';
import { traceIdOf } from '../../../src/observe/tracing/index.ts';

test.each([
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '4bf92f3577b34da6a3ce929d0e0e4736'],
  // Of what was stored by mistake there is no id; a log line must not fail for it.
  ['', null],
  [undefined, null],
])('the trace of %j is %j', (parent, id) => {
  expect(traceIdOf(parent)).toBe(id);
});
