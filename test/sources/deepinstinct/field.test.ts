// Single fields of the wire, of whatever kind they come.
import { describe, expect, test } from 'vitest';
import {
  baseName,
  countOf,
  firstText,
  objectOf,
  objectsOf,
  present,
  textOf,
} from '../../../src/sources/deepinstinct/field.ts';
import { bodyOf, draftOf } from './drafts.ts';

describe('text', () => {
  test('is made valid and bounded in the body, and left as it came in the raw object', () => {
    const path = `C:\\a\u0000\ud800\\${'x'.repeat(20_000)}\\end.exe`;
    const { raw, body } = draftOf({ path });
    expect(JSON.parse(raw)).toMatchObject({ path });
    expect(body.file?.path).toMatch(/^C:\\a\uFFFD\\x+…x+\\end\.exe$/);
    expect(body.file?.path).toHaveLength(8000);
    expect(body.file?.name).toBe('end.exe');
  });

  test('a list in place of a text keeps each of its texts, and an object in place of a list counts', () => {
    const info = {
      ip_address: ['192.0.2.7', null, 'fd00::1', {}, ['x']],
      logged_in_users: ['A\\b', 'A\\c'],
      hostname: [],
    };
    const body = bodyOf({
      recorded_device_info: [info],
      device_id: 3,
      mitre_classifications: { tactic_id: 'TA0002' },
    });
    expect(body.device).toEqual({ id: '3', name: 'device #3', ip: '192.0.2.7, fd00::1' });
    expect(body).toMatchObject({ user: 'A\\b, A\\c', techniques: [{ id: 'TA0002' }] });
    expect(bodyOf({ comment: Array(10_000).fill('x') }).comment?.split(', ')).toHaveLength(50);
  });

  test('of megabytes are cut', () => {
    expect(bodyOf({ comment: ` ${'x'.repeat(5_000_000)}` }).comment).toHaveLength(8000);
  });
});

test.each([
  ['a', 'a'],
  [' a ', ' a '],
  [7, '7'],
  [0, '0'],
  [['a', 7, null, ['b']], 'a, 7'],
  ['ก', 'ก'],
  ['', undefined],
  [' \t', undefined],
  ['\u0000', undefined],
  [null, undefined],
  [true, undefined],
  [Number.NaN, undefined],
  [{}, undefined],
  [[], undefined],
  [[''], undefined],
])('the text of %j is %j', (value, text) => {
  expect(textOf(value)).toBe(text);
});

test('a text is cut to the length that is asked for, at its middle', () => {
  expect(textOf('abcdef', 6)).toBe('abcdef');
  expect(textOf('abcdefg', 5)).toBe('ab…fg');
  expect(textOf(['abc', 'def'], 5)).toHaveLength(5);
});

test('of several keys the first counts that says something', () => {
  const wire = { a: '', b: null, c: 'c', d: 'd' };
  expect(firstText(wire, 'a', 'b', 'c', 'd')).toBe('c');
  expect(firstText(wire, 'a', 'b', 'toString')).toBeUndefined();
});

test.each([
  [0, 0],
  ['12', 12],
  [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ['9007199254740993', undefined],
  [-1, undefined],
  [1.5, undefined],
  ['1.5', undefined],
  ['', undefined],
  [null, undefined],
])('the count of %j is %j', (value, count) => {
  expect(countOf(value)).toBe(count);
});

test('an object may come alone or in a list, and what is none is left out', () => {
  const [a, b] = [{ a: 1 }, { b: 2 }];
  expect(objectOf(a)).toBe(a);
  expect(objectOf([null, 'x', [], a, b])).toBe(a);
  for (const none of [undefined, null, 'x', []]) expect(objectOf(none)).toEqual({});
  expect(objectsOf([null, a, 'x', b], 4)).toEqual([a, b]);
  expect(objectsOf(a, 4)).toEqual([a]);
  expect(objectsOf('x', 4)).toEqual([]);
  // What is no object takes a place as well.
  expect(objectsOf([null, a, b], 2)).toEqual([a]);
});

test('an object without a single field is none', () => {
  const fields = { a: undefined, b: 0, c: '' };
  expect(present(fields)).toBe(fields);
  expect(present({ a: undefined })).toBeUndefined();
});

test.each([
  ['C:\\a\\b.exe', 'b.exe'],
  ['/a/b', 'b'],
  ['a/b\\', 'b'],
  ['b', 'b'],
  ['\\/', undefined],
  ['', undefined],
])('the name of %j is %j', (path, name) => {
  expect(baseName(path)).toBe(name);
});
