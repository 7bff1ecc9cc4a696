// What an attempt leaves in the metrics and in the log.
import { expect, test } from 'vitest';
import { AttemptReporter } from '../../../src/core/deliver/attempt-reporter.ts';
import type { Judged } from '../../../src/core/deliver/judge.ts';
import type { Logger } from '../../../src/observe/log.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { storedEvent } from '../../support/events.ts';

const receivedAt = '2026-03-01T02:03:09.000Z';
const nowMs = Date.parse(receivedAt) + 2000;

function begin(now = nowMs) {
  const metrics = createMetrics({ version: 't', sources: [], sinks: [{ id: 'soc' }], roles: [] });
  const lines: [Record<string, unknown>, string][] = [];
  const log = {
    warn: (fields: Record<string, unknown>, message: string) => void lines.push([fields, message]),
  } as unknown as Logger;
  const reporter = new AttemptReporter({ id: 'soc', metrics, log, now: () => now });
  /** The value of a sample; undefined if there is none. */
  const sample = async (series: string) =>
    (await metrics.expose())
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1);
  return { reporter, lines, sample };
}

const delivery = (body = {}) => ({
  event: storedEvent({ receivedAt, severity: 4, body }),
  priority: 1,
  attempts: 2,
  form: 'full' as const,
});
const judged = (more: Partial<Judged> = {}): Judged => ({
  failure: {
    ...{ outcome: 'retry', reason: 'server_error', message: 'it answered 500.' },
    ...{ status: 500, answer: 'oops', retryAfterMs: undefined, quota: undefined },
  },
  judgement: 'again',
  verdict: { state: 'pending', attempts: 3, delayMs: 1234, form: 'full' },
  contradictedBy: null,
  ...more,
});

test('a delivery counts once, with its time since it was received and since it was observed', async () => {
  const { reporter, sample, lines } = begin();
  reporter.delivered(delivery({ observedAt: '2026-03-01T02:03:06.000Z' }));
  const outcome = 'tocsin_delivery_attempts_total{sink="soc",outcome="delivered",reason="none"}';
  expect(await sample(outcome)).toBe('1');
  expect(await sample('tocsin_delivery_latency_seconds_sum{sink="soc"}')).toBe('2');
  expect(await sample('tocsin_event_to_screen_seconds_sum{sink="soc",severity="high"}')).toBe('5');
  expect(lines).toEqual([]);
});

test.each([
  ['without a time at which it was observed', {}],
  ['with one that is no time', { observedAt: 'yesterday' }],
])('an event %s is no sample of the way to the screen', async (_title, body) => {
  const { reporter, sample } = begin();
  reporter.delivered(delivery(body));
  const series = 'tocsin_event_to_screen_seconds_count{sink="soc",severity="high"}';
  expect((await sample(series)) ?? '0').toBe('0');
  expect(await sample('tocsin_delivery_latency_seconds_count{sink="soc"}')).toBe('1');
});

test('a clock that is behind makes no time negative', async () => {
  const { reporter, sample } = begin(Date.parse(receivedAt) - 5000);
  reporter.delivered(delivery({ observedAt: receivedAt }));
  expect(await sample('tocsin_delivery_latency_seconds_sum{sink="soc"}')).toBe('0');
  expect(await sample('tocsin_event_to_screen_seconds_sum{sink="soc",severity="high"}')).toBe('0');
});

test('a failure is counted by its reason, and its line says when it is tried again', async () => {
  const { reporter, sample, lines } = begin();
  reporter.failed(delivery(), judged(), 12.6);
  const series = 'tocsin_delivery_attempts_total{sink="soc",outcome="retry",reason="server_error"}';
  expect(await sample(series)).toBe('1');
  const [fields, message] = lines[0]!;
  expect(message).toBe('attempt failed');
  expect(fields).toMatchObject({
    ...{ sink: 'soc', event_id: 4711, attempt: 3, outcome: 'retry', reason: 'server_error' },
    ...{ status: 500, duration_ms: 13, next: 'pending', next_try_s: 1.23, judgement: 'again' },
    ...{ contradicted_by: null, error: 'it answered 500.', answer: 'oops' },
  });
});

test('of one that is dead there is no next try', () => {
  const { reporter, lines } = begin();
  const verdict = { state: 'dead', attempts: 3, delayMs: 9000, form: 'bare' } as const;
  reporter.failed(delivery(), judged({ judgement: 'dead', verdict }), 1);
  expect(lines[0]![0]).toMatchObject({ next: 'dead', next_try_s: null });
});

test.each([
  ['others', /^it answered 500\. Others pass meanwhile, so the text/],
  ['check', /^it answered 500\. The sink's own check passes, so the text/],
] as const)('a failure that is contradicted by %s says so', (contradictedBy, words) => {
  const { reporter, lines } = begin();
  reporter.failed(delivery(), judged({ contradictedBy }), 1);
  expect(lines[0]![0]).toMatchObject({
    contradicted_by: contradictedBy,
    error: expect.stringMatching(words),
  });
});
