// What is JSON, and what is none.
import { expect, test } from 'vitest';
import { parsedJson } from '../../src/kit/parsed-json.ts';

test.each<[string, unknown]>([
  ['{"a":[1,null]}', { a: [1, null] }],
  ['null', null],
  ['"x"', 'x'],
  ['', undefined],
  ['<html>', undefined],
  ['{"a":', undefined],
  ['{"a":1}x', undefined],
  ['['.repeat(1_000_000), undefined],
])('%#', (text, value) => {
  expect(parsedJson(text)).toEqual(value);
});
