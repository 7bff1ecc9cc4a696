// What was refused is counted each time, said once a minute, and remembered.
import { expect, onTestFinished, test, vi } from 'vitest';
import { Refusals } from '../../../../src/core/intake/push/refusals.ts';
import { createLogger } from '../../../../src/observe/log.ts';
import { createMetrics } from '../../../../src/observe/metrics/index.ts';

function recording() {
  const lines: string[] = [];
  const log = createLogger({
    ...{ level: 'info', secrets: [] },
    destination: { write: (line) => void lines.push(line) },
  });
  const sources = [{ id: 'siem', isPushed: true }];
  const metrics = createMetrics({ version: '1', sources, sinks: [], roles: [] });
  const refusals = new Refusals({ id: 'siem', metrics, log, now: () => Date.UTC(2026, 0, 1) });
  return { refusals, metrics, said: () => lines.map((line) => JSON.parse(line)) };
}

test('a flood of refusals is one line in the log', async () => {
  const { refusals, metrics, said } = recording();
  expect(refusals.last).toBeNull();
  for (let n = 0; n < 100; n += 1) refusals.note(401, 'auth', 'the header x is missing\n\u202E');
  refusals.note(413, 'too_large', 'its body has more than 10 bytes');
  expect(said().map(({ status }) => status)).toEqual([401, 413]);
  expect(said()[0].error).toBe('the header x is missing⏎\\u{202E}');
  expect(refusals.last).toEqual({
    ...{ at: '2026-01-01T00:00:00.000Z', reason: 'too_large' },
    message: 'its body has more than 10 bytes',
  });
  expect(await metrics.expose()).toContain(
    'tocsin_source_pushes_total{source="siem",outcome="unproved"} 100',
  );
});

test('a minute later it says the next one, and how many it did not say', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { refusals, said } = recording();
  for (let n = 0; n < 3; n += 1) refusals.note(401, 'auth', 'x');
  vi.advanceTimersByTime(59_999);
  refusals.note(401, 'auth', 'x');
  vi.advanceTimersByTime(1);
  for (let n = 0; n < 2; n += 1) refusals.note(401, 'auth', 'x');
  expect(said().map(({ more }) => more)).toEqual([0, 3]);
});

test('of a long reason it keeps the beginning', () => {
  const { refusals } = recording();
  refusals.note(400, 'malformed', 'x'.repeat(10_000));
  expect(refusals.last?.message).toHaveLength(300);
});
