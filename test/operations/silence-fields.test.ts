// What callers write becomes a request, and what is stored or counted becomes what they are shown.
import { expect, test } from 'vitest';
import { hidingOf, namedCounts, requestOf, shownOf } from '../../src/operations/silence-fields.ts';

const atMs = Date.parse('2026-02-03T10:00:00Z');

test('times and lengths are read, and the owner is whoever asks', () => {
  const asked = { matcher: {}, reason: 'works' };
  expect(requestOf({ ...asked, for: '2h' }, 'ann')).toEqual({
    ...{ matcher: {}, owner: 'ann', reason: 'works' },
    ...{ startsAtMs: null, endsAtMs: null, forMs: 7_200_000 },
  });
  const times = { startsAt: '2026-02-03T10:00:00Z', endsAt: '2026-02-03T11:00:00.5Z' };
  expect(requestOf({ ...asked, ...times, owner: 'bob' }, 'ann')).toMatchObject({
    ...{ owner: 'bob', startsAtMs: atMs, endsAtMs: atMs + 3_600_500, forMs: null },
  });
});

test('a stored one has its number as text, and times in UTC', () => {
  const stored = { id: 7, version: 'v', matcher: {}, owner: 'ann', reason: 'works', hidden: 2 };
  const times = { startsAtMs: atMs, endsAtMs: atMs + 1, state: 'over' } as const;
  expect(shownOf({ ...stored, ...times })).toEqual({
    ...{ ...stored, id: '7', state: 'over' },
    ...{ startsAt: '2026-02-03T10:00:00.000Z', endsAt: '2026-02-03T10:00:00.001Z' },
  });
});

test('counts have the names of the severities', () => {
  expect(namedCounts([1, 2, 3, 4, 5, 6])).toEqual({
    ...{ UNKNOWN: 1, INFO: 2, LOW: 3, MEDIUM: 4, HIGH: 5, CRITICAL: 6 },
  });
});

test('what would have been hidden is summed up, and its events are named', () => {
  const event = { stream: 'event', type: 'A', severity: 4, status: null, action: null } as const;
  const preview = { looked: 9, isCut: true, searchedToMs: atMs, severities: [0, 0, 2, 0, 1, 0] };
  const sample = [
    { id: 3, source: 'a', receivedAtMs: atMs, event: { ...event, body: {} }, sinks: ['soc'] },
  ];
  expect(hidingOf({ ...preview, days: [], sample })).toMatchObject({
    ...{ looked: 9, isCut: true, hidden: 3, searchedTo: '2026-02-03T10:00:00.000Z' },
    sample: [{ event: '3', severity: 'HIGH', type: 'A', source: 'a', device: null }],
  });
});
