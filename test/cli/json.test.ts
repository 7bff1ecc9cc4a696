// JSON on a terminal: nothing in it is obeyed, and a program reads exactly what was meant.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../../src/cli/json.ts';

const obeyed = /[\u2028\u2029\p{Cf}]|(?!\n)\p{Cc}/u;

test.each([
  ['a C1 control', '\u009B2J', '"\\u009b2J"\n'],
  ['DEL', '\x7F', '"\\u007f"\n'],
  ['a turned reading direction', 'pc\u202Egnp.exe\u2066', '"pc\\u202egnp.exe\\u2066"\n'],
  ['a mark of direction', '\u061C\u200F', '"\\u061c\\u200f"\n'],
  ['a separator of lines', 'a\u2028b\u2029c', '"a\\u2028b\\u2029c"\n'],
  ['a tag beyond U+FFFF', '\u{E0041}', '"\\udb40\\udc41"\n'],
  ['letters, blanks and pictures', 'Ä ไทย\u00A0🔔', '"Ä ไทย\u00A0🔔"\n'],
])('%s', (_, text, written) => {
  expect(jsonText(text)).toBe(written);
  expect(JSON.parse(jsonText(text))).toBe(text);
});

test('any value is read back as it was, in keys as well, and nothing in it is obeyed', () => {
  const character = fc.oneof(
    fc.integer({ min: 0, max: 0x10ffff }),
    fc.constantFrom(0x7f, 0x80, 0x9b, 0x9f, 0x202e, 0x2028, 0x2069, 0xfeff, 0xe0001),
  );
  const text = fc
    .array(character, { maxLength: 20 })
    .map((codes) => String.fromCodePoint(...codes));
  fc.assert(
    fc.property(
      fc.dictionary(text, fc.array(text)),
      fc.constantFrom(undefined, 2),
      (value, indent) => {
        const written = jsonText(value, indent);
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(written).not.toMatch(obeyed);
      },
    ),
  );
});
