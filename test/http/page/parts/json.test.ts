// JSON laid out: the same tokens, on lines of their own.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { laidOutJson } from '../../../../src/http/page/parts/json.ts';

test.each([
  ['{}', '{}'],
  ['{"a": 1e400,"b":[]}', '{\n  "a": 1e400,\n  "b": []\n}'],
  ['[{"c":"x, {y}: \\""}]', '[\n  {\n    "c": "x, {y}: \\""\n  }\n]'],
  ['no {json}', 'no {json}'],
])('%s', (text, laidOut) => {
  expect(laidOutJson(text)).toBe(laidOut);
});

test('it says the same', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(laidOutJson(text))).toEqual(JSON.parse(text));
    }),
  );
});
