// One page of a source: what comes back, what is counted, and what becomes of errors.
import { expect, test } from 'vitest';
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
