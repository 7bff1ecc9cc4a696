// Reading an index: what is asked for, and that a search which did not look everywhere is no page.
import { expect, test } from 'vitest';
import { searchOf } from '../../../src/kit/poll/search.ts';

const plan = searchOf({
  ...{ url: 'https://index.example.com:9200', index: 'alerts-*', stamp: '@timestamp' },
  ...{ tieBreaker: 'id', filters: [{ term: { a: 1 } }], exceptions: [{ exists: { field: 'b' } }] },
});
const hits = (count: number, more: object = {}) => ({
  ...{ timed_out: false, _shards: { failed: 0 }, ...more },
  hits: { hits: Array.from({ length: count }, (_, n) => ({ _id: `h${n}`, sort: [n, `i${n}`] })) },
});

test('what is asked for', () => {
  expect(plan.request).toMatchObject({
    method: 'POST',
    url: 'https://index.example.com:9200/alerts-*/_search?allow_no_indices=false',
    body: {
      size: 500,
      sort: [{ '@timestamp': { order: 'asc' } }, { id: { order: 'asc' } }],
      query: {
        bool: {
          filter: [
            { range: { '@timestamp': { gte: '{since}', lte: '{until}' } } },
            { term: { a: 1 } },
          ],
          must_not: [{ exists: { field: 'b' } }],
        },
      },
      search_after: '{cursor}',
    },
  });
});

test('a full page goes on behind its last hit, and a shorter one is the last', () => {
  const next = (count: number) => plan.paging.kind === 'cursor' && plan.paging.next(hits(count));
  expect(next(500)).toEqual([499, 'i499']);
  expect([next(499), next(0)]).toEqual([undefined, undefined]);
});

test.each([
  [hits(2), undefined],
  [hits(2, { timed_out: true }), 'is of a search that ran out of time'],
  [hits(2, { _shards: { failed: 3 } }), 'lacks what 3 of the shards hold, which failed'],
])('%#', (body, fault) => expect(plan.read(body)).toEqual({ items: body.hits.hits, fault }));

test.each([{}, { hits: {} }, { error: {} }, null])('%j has no hits', (body) =>
  expect(plan.read(body).items).toBeUndefined(),
);

test('the stamp is what was sorted by', () => {
  const of = (item: unknown) => plan.stampOf({ item, pieces: { value: item, sourceOf: () => '' } });
  expect(of({ sort: [1772330584567, 'a'] })).toBe(1772330584567);
  expect(of({ _source: { '@timestamp': '2026-03-01T02:03:04Z' } })).toBe('2026-03-01T02:03:04Z');
  expect(of(5)).toBeUndefined();
});
