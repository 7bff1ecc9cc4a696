// The log line of a poll: the same fields in the same order, whatever came of it.
import { expect, test } from 'vitest';
import { logFailed, logStored } from '../../../src/core/intake/poll-line.ts';
import { createLogger } from '../../../src/observe/log.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void) {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  write(createLogger({ level: 'debug', secrets: [], destination }));
  return lines[0]!;
}

const poll = {
  ...{ source: 'a', outcome: 'ok' as const, events: 2, duplicates: 1, more: true, position: 7 },
  ...{ readMs: 1.4, storeMs: 2.6, traceParent: undefined },
};
const failure = { reason: 'rate_limited' as const, message: 'slow down', status: 429 };
const keysOf = (line: Record<string, unknown>) =>
  Object.keys(line).filter((key) => !['level', 'time', 'msg', 'pid', 'hostname'].includes(key));

test('a page with events is news, with whole milliseconds', () => {
  const line = logged((log) => logStored(log, poll));
  expect(line).toMatchObject({ msg: 'page stored', events: 2, duplicates: 1, more: true });
  expect(line).toMatchObject({ read_ms: 1, store_ms: 3, position: 7, reason: null, error: null });
});

test('a page with nothing new is none', () => {
  const line = logged((log) => logStored(log, { ...poll, outcome: 'empty', events: 0 }));
  expect(line).toMatchObject({ level: 'debug', msg: 'nothing new', outcome: 'empty' });
});

test('a failure says why, how often, and when it is tried again', () => {
  const line = logged((log) => logFailed(log, { source: 'a', failure, failures: 3, waitMs: 1234 }));
  expect(line).toMatchObject({ level: 'error', msg: 'poll failed', outcome: 'failed' });
  expect(line).toMatchObject({ reason: 'rate_limited', status: 429, error: 'slow down' });
  expect(line).toMatchObject({ answer: null, failures: 3, next_try_s: 1.23 });
});

test('both have the same fields in the same order', () => {
  const stored = logged((log) => logStored(log, poll));
  const failed = logged((log) => logFailed(log, { source: 'a', failure, failures: 1, waitMs: 0 }));
  expect(keysOf(failed)).toEqual(keysOf(stored));
});
