// Where a reading begins and ends, as people write it.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { boundsOf, pollSettings, pollWarnings } from '../../../src/kit/poll/settings.ts';

const schema = z.strictObject(pollSettings);

test('the defaults', () =>
  expect(boundsOf(schema.parse({}))).toEqual({
    startFrom: { kind: 'duration', ms: 86_400_000 },
    overlapMs: 600_000,
    lagMs: 0,
  }));

test.each([
  ['now', 'now'],
  ['7d', { kind: 'duration', ms: 7 * 86_400_000 }],
  ['2026-02-03', { kind: 'date', ms: Date.UTC(2026, 1, 3) }],
])('a start from %s', (start_from, startFrom) =>
  expect(boundsOf(schema.parse({ start_from })).startFrom).toEqual(startFrom),
);

test.each([
  [{ start_from: 'yesterday' }, 'is no time to start from'],
  [{ start_from: '2026-02-30' }, 'is a date that does not exist'],
  [{ overlap: '10' }, 'is no duration'],
  [{ lag: 'long' }, 'is no duration'],
])('%j is refused', (given, fault) =>
  expect(schema.safeParse(given).error?.issues[0]?.message).toContain(fault),
);

test('a start that is still to come is remarked', () => {
  const of = (start_from: string) =>
    pollWarnings(schema.parse({ start_from }), Date.parse('2026-03-01T00:00:00Z'));
  expect(of('2026-03-02')).toEqual([
    { key: 'start_from', text: expect.stringContaining('is in the future') },
  ]);
  expect([of('2026-02-28'), of('now'), of('24h')]).toEqual([[], [], []]);
});
