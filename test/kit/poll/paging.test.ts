// From page to page: the next one is found, never at another host, and never for ever.
import { expect, test } from 'vitest';
import {
  guardOf,
  keptCursor,
  nextMark,
  pagesMax,
  type Turn,
} from '../../../src/kit/poll/paging.ts';
import type { Paging } from '../../../src/kit/poll/plan.ts';
import type { Walk } from '../../../src/kit/poll/position.ts';

const url = 'https://api.example.com/v1/alerts?from=x';
const start: Walk = { since: 1000, until: 9000, newest: 1000, pages: 0 };
const turn = (paging: Paging, more: Partial<Turn> = {}): Turn => ({
  ...{ paging, url, walk: start, body: {}, headers: {}, raws: ['{}', '{}'], stamps: [5, 7] },
  ...more,
});
const at = (mark: NonNullable<Walk['mark']>): Walk => ({ ...start, pages: 1, mark });
const field =
  (name: string) =>
  (body: unknown): unknown =>
    (body as Record<string, unknown>)[name];
const cursor: Paging = { kind: 'cursor', next: field('next') };
const withMore: Paging = { ...cursor, more: field('more') };

test.each([
  ['none', turn({ kind: 'none' }), undefined],
  ['a cursor', turn(cursor, { body: { next: 'c2' } }), 'c2'],
  ['a list', turn(cursor, { body: { next: [1772330584000, 'id-7'] } }), [1772330584000, 'id-7']],
  ['an int of an expression', turn(cursor, { body: { next: [5n] } }), [5]],
  ['no cursor', turn(cursor, { body: {} }), undefined],
  ['null', turn(cursor, { body: { next: null } }), undefined],
  ['an empty text', turn(cursor, { body: { next: '' } }), undefined],
  ['no more', turn(withMore, { body: { next: 'c2', more: false } }), undefined],
  ['more', turn(withMore, { body: { next: 'c2', more: true } }), 'c2'],
  ['the first page', turn({ kind: 'page', first: 1 }), 2],
  ['a later page', turn({ kind: 'page', first: 0 }, { walk: at(4) }), 5],
  ['an empty page', turn({ kind: 'page', first: 1 }, { raws: [] }), undefined],
  ['a short page', turn({ kind: 'page', first: 1, pageSize: 3 }), undefined],
  ['a full page', turn({ kind: 'page', first: 1, pageSize: 2 }), 2],
  ['an offset', turn({ kind: 'offset', first: 0, pageSize: 2 }, { walk: at(40) }), 42],
  [
    'more of an offset',
    turn({ kind: 'offset', first: 0, more: field('more') }, { body: { more: true } }),
    2,
  ],
  [
    'an empty page that promises more',
    turn({ kind: 'page', first: 0, more: field('more') }, { raws: [], body: { more: true } }),
    undefined,
  ],
  ['the newest time', turn({ kind: 'time', order: 'oldest_first', pageSize: 2 }), 7],
  ['the oldest time', turn({ kind: 'time', order: 'newest_first', pageSize: 2 }), 6],
  ['a short page of times', turn({ kind: 'time', order: 'oldest_first', pageSize: 3 }), undefined],
])('%s', (_name, given, mark) => expect(nextMark(given)).toEqual(mark));

test.each([
  [`<${url}&page=2>; rel="next"`, `${url}&page=2`],
  ['</v1/alerts?page=2>;rel=next', 'https://api.example.com/v1/alerts?page=2'],
  [`<${url}>; rel="prev", <${url}&page=3>; title="a"; rel="last next"`, `${url}&page=3`],
  [`<${url}>; rel="prev"`, undefined],
  ['', undefined],
])('the header Link %s', (link, mark) =>
  expect(nextMark(turn({ kind: 'link' }, { headers: { link } }))).toBe(mark),
);

test.each([
  'https://evil.example.com/v1/alerts?page=2',
  'http://api.example.com/v1/alerts?page=2',
  'https://api.example.com:8443/v1/alerts?page=2',
  'https://api.example.com.evil.example/x',
  '//evil.example.com/v1',
  'https://api.example.com@evil.example.com/v1',
  'javascript:alert(1)',
  'file:///etc/passwd',
])('the credential does not go to %s', (next) => {
  const byBody = turn({ kind: 'next_url', next: field('next') }, { body: { next } });
  const byHeader = turn({ kind: 'link' }, { headers: { link: `<${next}>; rel="next"` } });
  for (const given of [byBody, byHeader])
    expect(() => nextMark(given)).toThrow(/must go nowhere but|address that is none/);
});

test('user and password of the next address are left out', () =>
  expect(
    nextMark(
      turn(
        { kind: 'next_url', next: field('next') },
        { body: { next: 'https://a:b@api.example.com/v1#x' } },
      ),
    ),
  ).toBe('https://api.example.com/v1'));

test.each([
  [turn({ kind: 'next_url', next: field('next') }, { body: { next: 5 } }), 'is no text'],
  [turn(withMore, { body: { more: true } }), 'more pages are promised'],
  [turn(cursor, { body: { next: 'c2' }, walk: at('c2') }), 'exactly as this one was'],
  [turn(cursor, { body: { next: [2 ** 53 + 2] } }), 'more than 15 digits'],
  [turn(cursor, { body: { next: 2n ** 60n } }), 'more than 15 digits'],
  [turn(cursor, { body: { next: 'x'.repeat(9000) } }), 'a mark of more than'],
  [turn(cursor, { body: { next: 'c' }, walk: { ...start, pages: pagesMax } }), 'there is no end'],
  [
    turn({ kind: 'time', order: 'oldest_first', pageSize: 2 }, { stamps: [7, 7], walk: at(7) }),
    'one and the same time',
  ],
  [
    turn({ kind: 'time', order: 'newest_first', pageSize: 2 }, { stamps: [] }),
    'no item with a time',
  ],
])('what cannot be followed is an error: %#', (given, text) => {
  expect(() => nextMark(given)).toThrow(text);
  expect(() => nextMark(given)).toThrow(/^api\.example\.com: /);
});

test('a cursor that is kept stays without a new one, and ends where nothing comes', () => {
  const kept: Paging = { ...cursor, isKept: true };
  const read = (body: object, raws: string[], walk = at('c1')) => {
    const given = turn(kept, { body, raws, walk });
    return [nextMark(given), keptCursor(given)];
  };
  expect(read({ next: 'c2' }, ['{}'])).toEqual(['c2', 'c2']);
  expect(read({ next: 'c2' }, [])).toEqual([undefined, 'c2']);
  expect(read({ next: 'c1' }, ['{}'])).toEqual([undefined, 'c1']);
  expect(read({}, [])).toEqual([undefined, 'c1']);
  expect(keptCursor(turn(cursor, { body: { next: 'c2' } }))).toBeUndefined();
});

test.each([1, 2, 3, 7, 50])('a circle of %i pages is found', (length) => {
  let walk: Walk = start;
  const read = () => {
    for (let page = 0; page < 500; page += 1) {
      walk = { ...walk, ...guardOf({ walk, url, raws: [`{"page":${page % length}}`] }) };
      walk = { ...walk, pages: page + 1 };
    }
  };
  expect(read).toThrow('the same page came again');
});

test('pages that differ, and empty ones, are no circle', () => {
  let walk: Walk = start;
  for (let page = 0; page < 100; page += 1) {
    walk = { ...walk, ...guardOf({ walk, url, raws: page % 2 ? [] : [`{"page":${page}}`] }) };
    walk = { ...walk, pages: page + 1 };
  }
  expect([walk.pages, walk.repeats]).toEqual([100, undefined]);
});
