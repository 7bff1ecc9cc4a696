// What is asked for: times never so that an item would be left out.
import { expect, test } from 'vitest';
import type { Paging, RequestPlan } from '../../../src/kit/poll/plan.ts';
import { requestOf } from '../../../src/kit/poll/request.ts';

const since = Date.parse('2026-03-01T00:00:00.250Z');
const until = Date.parse('2026-03-01T01:00:00.250Z');
const walk = { since, until, newest: since, pages: 0 };
const plan: RequestPlan = {
  method: 'GET',
  url: 'https://api.example.com/a',
  headers: { 'x-tenant': 'acme' },
  query: { from: '{since}', to: '{until}', c: '{cursor}', p: '{page}', o: '{offset}' },
  times: 'iso',
};
const asked = (paging: Paging, mark?: number | string, more: Partial<RequestPlan> = {}) =>
  requestOf(
    { request: { ...plan, ...more }, paging },
    { ...walk, ...(mark !== undefined && { mark }) },
  );
const queryOf = (url: string) => Object.fromEntries(new URL(url).searchParams);

test.each([
  ['iso', '2026-03-01T00:00:00.250Z', '2026-03-01T01:00:00.250Z'],
  ['iso_seconds', '2026-03-01T00:00:00Z', '2026-03-01T01:00:01Z'],
  ['unix', '1772323200', '1772326801'],
  ['unix_ms', String(since), String(until)],
] as const)('times as %s', (times, from, to) =>
  expect(queryOf(asked({ kind: 'none' }, undefined, { times }).url)).toEqual({ from, to }),
);

test('places are filled by their way of paging alone', () => {
  const none = { from: '2026-03-01T00:00:00.250Z', to: '2026-03-01T01:00:00.250Z' };
  const cursor: Paging = { kind: 'cursor', next: () => undefined };
  expect(queryOf(asked(cursor).url)).toEqual(none);
  expect(queryOf(asked(cursor, 'a b&c').url)).toEqual({ ...none, c: 'a b&c' });
  expect(queryOf(asked({ kind: 'page', first: 0 }).url)).toEqual({ ...none, p: '0' });
  expect(queryOf(asked({ kind: 'page', first: 0 }, 4).url)).toEqual({ ...none, p: '4' });
  expect(queryOf(asked({ kind: 'offset', first: 0 }, 40).url)).toEqual({ ...none, o: '40' });
});

test.each([
  ['oldest_first', { from: '2026-03-01T00:30:00.000Z', to: '2026-03-01T01:00:00.250Z' }],
  ['newest_first', { from: '2026-03-01T00:00:00.250Z', to: '2026-03-01T00:30:00.000Z' }],
] as const)('by time, %s', (order, expected) => {
  const mark = Date.parse('2026-03-01T00:30:00Z');
  const { url } = asked({ kind: 'time', order, pageSize: 2 }, mark);
  expect(queryOf(url)).toEqual(expected);
});

test('the address of the next page is taken as it is', () => {
  const next = 'https://api.example.com/a?skip=%20x';
  expect(asked({ kind: 'link' }, next).url).toBe(next);
  expect(asked({ kind: 'link' }).url).toContain('/a?from=');
});

test('what the address has already stays, and blanks are no plus signs', () => {
  const { url } = asked({ kind: 'none' }, undefined, {
    url: 'https://api.example.com/a?v=1',
    query: { $filter: 'at ge {since}' },
  });
  expect(url).toBe(
    'https://api.example.com/a?v=1&%24filter=at%20ge%202026-03-01T00%3A00%3A00.250Z',
  );
  expect(asked({ kind: 'none' }, undefined, { query: {} }).url).toBe(plan.url);
});

test('a body is JSON with its headers', () => {
  const body = { size: 5, range: { gte: '{since}' }, after: '{cursor}' };
  const cursor: Paging = { kind: 'cursor', next: () => undefined };
  expect(asked(cursor, undefined, { method: 'POST', body })).toMatchObject({
    method: 'POST',
    body: '{"size":5,"range":{"gte":"2026-03-01T00:00:00.250Z"}}',
    headers: { 'content-type': 'application/json', 'x-tenant': 'acme' },
  });
  expect(asked(cursor).headers).toEqual({ accept: 'application/json', 'x-tenant': 'acme' });
});
