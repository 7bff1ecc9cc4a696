// What the metrics say of a stored page.
import { expect, test } from 'vitest';
import { countStored } from '../../../src/core/intake/count.ts';
import type { Stored } from '../../../src/core/intake/intake.ts';
import type { Page } from '../../../src/kit/source.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { draft } from '../../store/stored.ts';

const nowMs = Date.parse('2026-01-01T00:01:00Z');
const { raw: _raw, ...fields } = draft(1, { body: { observedAt: '2026-01-01T00:00:00Z' } });
const event = { ...fields, id: 1, source: 'a', receivedAt: '2026-01-01T00:00:30Z' };

async function counted(facts: Page['facts'], more: Partial<Stored> = {}) {
  const metrics = createMetrics({
    ...{ version: 't', sources: [{ id: 'a' }], sinks: [{ id: 'soc' }], roles: [] },
  });
  const page: Page = { events: [], cursor: null, more: false, ...(facts && { facts }) };
  const stored: Stored = { events: [], duplicates: 0, suppressed: [], fresh: new Map(), ...more };
  countStored({ id: 'a', metrics, nowMs }, page, stored);
  const lines = (await metrics.expose()).split('\n');
  return (name: string) =>
    lines
      .filter((line) => line.startsWith(`tocsin_${name}{`))
      .map((line) => line.split(' ').at(-1));
}

test('an event is counted, and how long it took from the far end to here', async () => {
  const of = await counted({ position: 7 }, { events: [event] });
  expect(of('source_lag_seconds')).toEqual(['60']);
  expect(of('source_cursor')).toEqual(['7']);
  expect(of('source_last_success_timestamp_seconds')).toEqual([String(nowMs / 1000)]);
});

test.each([
  ['were read again without need', undefined, '3'],
  ['belong to an overlap', { overlap: true }, '0'],
])('duplicates that %s', async (_title, facts, expected) => {
  const of = await counted(facts, { duplicates: 3 });
  expect(of('source_duplicates_total')).toEqual([expected]);
});

test('an event of which nobody knows when it was observed says nothing of the lag', async () => {
  const before = (await counted(undefined))('source_lag_seconds');
  const of = await counted(undefined, { events: [{ ...event, body: {} }] });
  expect(of('source_lag_seconds')).toEqual(before);
});
