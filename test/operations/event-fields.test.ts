// The filters that callers write, as the search takes them.
import { expect, test } from 'vitest';
import { eventFilters, filterOf } from '../../src/operations/event-fields.ts';

test.each([
  [{ minSeverity: 'HIGH' }, [0, 4, 5]],
  [{ severity: ['LOW', 'CRITICAL'] }, [2, 5]],
  [{ severity: ['LOW', 'CRITICAL'], minSeverity: 'HIGH' }, [5]],
  [{ severity: ['UNKNOWN'], minSeverity: 'HIGH' }, [0]],
  [{}, undefined],
] as const)('%j asks for the severities %j', (filters, severities) => {
  expect(filterOf(eventFilters.parse(filters)).severities).toEqual(severities);
});

test('each kind of value has its filter', () => {
  const filters = { id: ' 1 ', subject: 's', hash: 'h', device: 'd', user: 'u', ip: '::1' };
  expect(filterOf(eventFilters.parse(filters)).values).toEqual([
    { kind: 'id', value: '1' },
    { kind: 'subject', value: 's' },
    { kind: 'hash', value: 'h' },
    { kind: 'device', value: 'd' },
    { kind: 'user', value: 'u' },
    { kind: 'ip', value: '::1' },
  ]);
});

test('the time is in milliseconds', () => {
  const filters = { since: '2026-03-02T15:00:00Z', until: '2026-03-02T15:00:01Z' };
  expect(filterOf(eventFilters.parse(filters))).toMatchObject({
    sinceMs: 1_772_463_600_000,
    untilMs: 1_772_463_601_000,
  });
});

test.each([
  ['a field of nobody', { devise: 'x' }],
  ['an empty value', { device: '  ' }],
  ['an empty list', { type: [] }],
  ['a state of nobody', { state: ['lost'] }],
  ['a severity in small letters', { severity: ['high'] }],
  ['a time with another zone', { since: '2026-03-02T15:00:00+07:00' }],
])('%s is refused', (_, filters) => {
  expect(eventFilters.safeParse(filters).success).toBe(false);
});
