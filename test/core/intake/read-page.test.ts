// One page of a source: what comes back, what is counted, and what becomes of errors.
import { expect, test } from 'vitest';
import { KnownItemsError } from '../../../src/core/intake/known-items.ts';
import { outcomeOf, readPage } from '../../../src/core/intake/read-page.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { Page } from '../../../src/kit/source.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { draft } from '../../store/stored.ts';

const page = (more: Partial<Page> = {}): Page => ({
  events: [],
  cursor: null,
  more: false,
  ...more,
});

function read(poll: () => Promise<Page>, signal = new AbortController().signal) {
  const metrics = createMetrics({ version: 't', sources: [{ id: 'a' }], sinks: [], roles: [] });
  const source = { kind: 'poll' as const, poll };
  const reading = readPage({ id: 'a', source, metrics, trace: undefined }, null, signal);
  const counted = async () => {
    const lines = (await metrics.expose()).split('\n');
    const isCount = (line: string) =>
      line.startsWith('tocsin_source_polls_total{source="a"') && !line.endsWith(' 0');
    return lines.filter(isCount).map((line) => /outcome="(\w+)"/.exec(line)?.[1]);
  };
  return { reading, counted };
}

test.each([
  ['ok', page({ events: [draft(1)] })],
  ['empty', page()],
  ['disabled', page({ facts: { disabled: true } })],
] as const)('a page that is %s', async (outcome, given) => {
  expect(outcomeOf(given)).toBe(outcome);
  const { reading, counted } = read(async () => given);
  expect((await reading).page).toBe(given);
  expect(await counted()).toEqual([outcome]);
});

test('a failure of the far end is thrown as it is, and counted by its reason', async () => {
  const error = new AdapterError('retry', 'server_error', 'it answered 500');
  const { reading, counted } = read(() => Promise.reject(error));
  await expect(reading).rejects.toBe(error);
  expect(await counted()).toEqual(['server_error']);
});

test('a fault of the adapter becomes an error that says so', async () => {
  const { reading, counted } = read(() => Promise.reject(new TypeError('x is undefined')));
  await expect(reading).rejects.toMatchObject({
    outcome: 'retry',
    reason: 'unknown',
    message: 'the source failed by a fault of its own: TypeError: x is undefined',
  });
  expect(await counted()).toEqual(['unknown']);
});

test('a poll that was cut off counts as nothing', async () => {
  const abort = new AbortController();
  abort.abort();
  const { reading, counted } = read(() => Promise.reject(new Error('aborted')), abort.signal);
  await expect(reading).rejects.toThrow('aborted');
  expect(await counted()).toEqual([]);
});

test('a failure of the database within the source is thrown as the driver gave it, and not counted', async () => {
  const cause = new Error('connection lost');
  const { reading, counted } = read(() =>
    Promise.reject(new KnownItemsError('the database failed', { cause })),
  );
  await expect(reading).rejects.toBe(cause);
  expect(await counted()).toEqual([]);
});

test('the figures of a source with a budget are shown, of failed pages too', async () => {
  const metrics = createMetrics({ version: 't', sources: [{ id: 'a' }], sinks: [], roles: [] });
  const figures = { requests: 2, watched: 7, sweepAgeMs: 90_000 };
  const steps = [
    async () => page(),
    () => Promise.reject(new AdapterError('retry', 'timeout', 'nothing came')),
  ];
  for (const poll of steps) {
    const source = { kind: 'poll' as const, poll, takeFigures: () => figures };
    const options = { id: 'a', source, metrics, trace: undefined };
    await readPage(options, null, new AbortController().signal).catch(() => {});
  }
  const text = await metrics.expose();
  expect(text).toContain('tocsin_source_requests_total{source="a"} 4\n');
  expect(text).toContain('tocsin_source_watched_items{source="a"} 7\n');
  expect(text).toContain('tocsin_source_sweep_age_seconds{source="a"} 90\n');
  metrics.forgetOthers({ sources: [], sinks: [], roles: [] });
  const left = await metrics.expose();
  expect(left).toContain('tocsin_source_requests_total{source="a"} 4\n');
  expect(left).not.toMatch(/watched_items\{|sweep_age_seconds\{/);
});
