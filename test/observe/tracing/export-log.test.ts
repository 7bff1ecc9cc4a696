// What the log hears of exports: enough to see that traces are lost, and never so much that it
// hides anything else.
import { expect, test } from 'vitest';
import { createLogger } from '../../../src/observe/log.ts';
import { createExportLog } from '../../../src/observe/tracing/export-log.ts';

const hourMs = 3_600_000;

function setUp() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  let nowMs = 1000;
  const said = createExportLog(
    createLogger({ level: 'info', secrets: [], destination }),
    () => nowMs,
  );
  const ended = (spans: number, error?: Error) => {
    said.began();
    said.ended(spans, error);
  };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { said, ended, lines, pass, lost: () => lines.map(({ lost }) => lost) };
}

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:4318'), {
  code: 'ECONNREFUSED',
});

test('failures are told at once, then once an hour with all that was lost, and then their end', () => {
  const { ended, lost, pass, lines } = setUp();
  ended(3);
  for (let n = 0; n < 100; n += 1) ended(5, refused);
  expect(lost()).toEqual([5]);
  pass(hourMs);
  ended(5, refused);
  expect(lost()).toEqual([5, 505]);
  ended(1);
  ended(1);
  expect(lost()).toEqual([5, 505, 505]);
  expect(lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'info']);
  // The next outage is news again.
  ended(2, refused);
  expect(lost()).toEqual([5, 505, 505, 2]);
});

test('a failure says status or code once, and nothing of what was answered', () => {
  const { ended, lines } = setUp();
  ended(1, refused);
  ended(1);
  ended(1, Object.assign(new Error('Bad Request'), { code: 400, data: 'hostile' }));
  expect(lines.map(({ error }) => error)).toEqual([
    refused.message,
    undefined,
    'Bad Request (400)',
  ]);
  expect(JSON.stringify(lines)).not.toContain('hostile');
});

test('the SDK’s remarks are told, but no more than five an hour', () => {
  const { said, lines, pass } = setUp();
  for (let n = 0; n < 20; n += 1) said.remarked(`no ${n}`);
  expect(lines).toHaveLength(5);
  pass(hourMs);
  said.remarked('again');
  expect(lines.at(-1)).toMatchObject({ level: 'warn', remark: 'again' });
});

test('is worth waiting for at a stop only while it answers, and owes no answer', () => {
  const { said } = setUp();
  expect(said.isAnswering()).toBe(true);
  said.began();
  expect(said.isAnswering()).toBe(false);
  said.ended(1);
  expect(said.isAnswering()).toBe(true);
  said.began();
  said.ended(1, refused);
  expect(said.isAnswering()).toBe(false);
});
