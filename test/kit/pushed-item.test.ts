// What sources that are pushed to share: times, words, and items that nobody understands.
import { describe, expect, test } from 'vitest';
import { AdapterError } from '../../src/kit/errors.ts';
import {
  boundId,
  hashId,
  onlyEvent,
  pushedJson,
  rawOf,
  recordOf,
  techniquesIn,
  timeOf,
  unrecognisedItem,
  wordOf,
  wordsOf,
} from '../../src/kit/pushed-item.ts';
import { faultsOf } from '../contract/draft-faults.ts';

test.each([
  ['2026-03-01T02:03:04Z', '2026-03-01T02:03:04.000Z'],
  [1772330584n, '2026-03-01T02:03:04.000Z'],
  ['2026-03-01T02:03:04.123456789Z', '2026-03-01T02:03:04.123Z'],
  ['2026-03-01T09:03:04.5+0700', '2026-03-01T02:03:04.500Z'],
  ['2026-03-01 02:03:04', '2026-03-01T02:03:04.000Z'],
  ['2026-03-01T02:03Z', '2026-03-01T02:03:00.000Z'],
  [1772330584, '2026-03-01T02:03:04.000Z'],
  ['1772330584', '2026-03-01T02:03:04.000Z'],
  [1772330584.25, '2026-03-01T02:03:04.250Z'],
  [1772330584123, '2026-03-01T02:03:04.123Z'],
  ['1772330584123456789', '2026-03-01T02:03:04.123Z'],
  ['0001-01-01T00:00:00Z', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['yesterday', undefined],
  [12, undefined],
  [Number.NaN, undefined],
  [null, undefined],
])('the time %s is %s', (written, expected) => expect(timeOf(written)).toBe(expected));

test.each([
  ['a', 'a'],
  ['nul\0 and \uD800', 'nul and \uFFFD'],
  ['  ', undefined],
  ['\0', undefined],
  [7, '7'],
  [7n, '7'],
  [true, 'true'],
  [null, undefined],
  [{}, undefined],
])('the word %o is %o', (value, expected) => expect(wordOf(value)).toBe(expected));

describe('a body', () => {
  test('that is no JSON is refused, without a word of it', () => {
    const read = () => pushedJson(new TextEncoder().encode('secret: {'));
    expect(read).toThrow(AdapterError);
    expect(read).toThrow(/^The body is no JSON at character 1\.$/);
  });

  test('gives an item that nobody understands as it came', () => {
    const pieces = pushedJson(new TextEncoder().encode('[{ "a":1 }, 5, null]'));
    const raws = (pieces.value as unknown[]).map((item) => rawOf(pieces, item));
    expect(raws).toEqual(['{ "a":1 }', '5', 'null']);
    for (const raw of raws) {
      const draft = unrecognisedItem(raw, 'event');
      expect(faultsOf(draft)).toEqual([]);
      expect([draft.type, draft.externalId]).toEqual(['UNRECOGNISED', hashId(raw)]);
    }
  });
});

test.each([
  ['T1059.001, T1059.001 and TA0002', ['T1059.001', 'TA0002']],
  [['mitre_execution', 'T1059', 7, null], ['T1059']],
  ['xT1059', undefined],
  [{}, undefined],
])('the techniques in %o are %o', (value, ids) => {
  expect(techniquesIn(value)?.map(({ id }) => id)).toEqual(ids);
});

test('an id that no column holds is known by its hash', () => {
  const [long, other] = ['x'.repeat(181), `${'x'.repeat(180)}y`];
  expect([boundId('a'), boundId('x'.repeat(180))]).toEqual(['a', 'x'.repeat(180)]);
  expect(boundId(long)).toMatch(/^sha256:/);
  expect(boundId(long)).not.toBe(boundId(other));
});

test.each([[null], [7], ['a'], [[1]], [undefined]])('%o is no record', (value) => {
  expect(recordOf(value)).toEqual({});
});

test('a body with one item that is understood is that item', () => {
  const item = unrecognisedItem('1', 'event');
  const source = (events: object[]) => ({ parse: () => ({ events }) as never });
  const known = { ...item, type: 'A' };
  expect(onlyEvent(source([known]), '1')).toEqual(known);
  expect(onlyEvent(source([item]), '1')).toBeUndefined();
  expect(onlyEvent(source([known, known]), '1')).toBeUndefined();
  const broken = {
    parse: () => {
      throw new AdapterError('reject_event', 'malformed', 'The body is none.');
    },
  };
  expect(onlyEvent(broken, '1')).toBeUndefined();
});

test.each([
  [['ana', null, 7, {}, { toString: 1 }], 'ana, 7'],
  ['ana', 'ana'],
  [[], undefined],
  [{ length: 1 }, undefined],
])('the words of %o are %o', (value, words) => expect(wordsOf(value)).toBe(words));
