// Options of a search become its filters, and nothing that was not given is a filter.
import { expect, test } from 'vitest';
import { filterOptions, filtersOf } from '../../../src/commands/event/filters.ts';
import { event } from '../../../src/operations/index.ts';

test('each option is a filter that the search takes', () => {
  const values = Object.fromEntries(Object.keys(filterOptions).map((name) => [name, name]));
  const filters = filtersOf({
    ...values,
    severity: 'high,LOW',
    'min-severity': 'low',
    type: 'A, B',
    since: '2026-02-03',
    until: '2026-03-02T22:00:00+07:00',
    state: 'dead,pending',
  });
  expect(event.search.input.safeParse(filters).error).toBeUndefined();
  expect(Object.keys(filters)).toHaveLength(Object.keys(filterOptions).length);
  expect(filters).toMatchObject({
    severity: ['HIGH', 'LOW'],
    minSeverity: 'LOW',
    type: ['A', 'B'],
    until: '2026-03-02T15:00:00.000Z',
    state: ['dead', 'pending'],
  });
});

test('what was not given is left out', () => {
  expect(filtersOf({})).toEqual({});
  expect(() => filtersOf({ state: 'gone' })).toThrow('--state is one of: pending, delivered');
});
