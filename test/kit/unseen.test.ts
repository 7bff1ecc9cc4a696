// The one set of characters that must not be obeyed, and that everything that shows text goes by
// it.
import { describe, expect, test } from 'vitest';
import { jsonText } from '../../src/cli/json.ts';
import { textProblems } from '../../src/core/silences/faults.ts';
import { isFitForName, isNeutral, neutralText } from '../../src/kit/text.ts';
import {
  harmlessJson,
  holdsUnseen,
  withoutControls,
  withoutUnseen,
  withUnseenShown,
} from '../../src/kit/unseen.ts';
import { readWebUrl } from '../../src/kit/web-url.ts';
import { config } from '../../src/sinks/mattermost/config.ts';

const line = (text: string) => neutralText(text, { multiline: false });
const url = 'https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz';
const mayBeUsername = (username: string) => config.safeParse({ url, username }).success;

/** No surrogates: alone they are no characters, and `validText` replaces them. */
function* everyCharacter(): Generator<string> {
  for (let code = 0; code <= 0x10ffff; code += 1) {
    if (code < 0xd800 || code > 0xdfff) yield String.fromCodePoint(code);
  }
}

test('for every character of Unicode, all who show or judge text agree', () => {
  const wrong: string[] = [];
  for (const character of everyCharacter()) {
    const isOfTheSet = holdsUnseen(character);
    const json = JSON.stringify(character);
    const isEscaped = /^"[\x20-\x7E]*"$/.test(harmlessJson(json));
    const isShown = character === '\0' ? true : line(character) !== character;
    const isRight =
      isShown === isOfTheSet &&
      isNeutral(character) === (character !== '\0' && !isOfTheSet) &&
      // What is printed in ASCII anyway needs no escape.
      (isOfTheSet ? isEscaped : harmlessJson(json) === json);
    if (!isRight) wrong.push(character.codePointAt(0)!.toString(16));
  }
  // NUL is taken out, because no database stores it.
  expect(wrong.filter((code) => code !== '0')).toEqual([]);
});

describe.each([
  ['a soft hyphen', '\u00AD'],
  ['a Hangul filler', '\u115F'],
  ['the Braille blank', '\u2800'],
  ['a variation selector', '\uFE0F'],
  ['a joiner', '\u200D'],
  ['a turned reading direction', '\u202E'],
  ['an isolate', '\u2067'],
  ['a byte order mark', '\uFEFF'],
  ['a Mongolian vowel separator', '\u180E'],
  ['a tag', '\u{E0041}'],
  ['a noncharacter', '\uFFFE'],
  ['a C1 control', '\u009B'],
  ['an escape', '\u001B'],
  ['DEL', '\u007F'],
])('%s', (_, character) => {
  const text = `a${character}b`;
  const written = `a\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}b`;

  test('is written out for people', () => {
    expect(line(text)).toBe(written);
    expect(neutralText(text, { multiline: true })).toBe(written);
  });

  test('is escaped in JSON, which says the same', () => {
    expect(jsonText({ [text]: text }, 2)).toMatch(/^[\x20-\x7E\n]*$/);
    expect(JSON.parse(jsonText({ [text]: text }))).toEqual({ [text]: text });
  });

  test('belongs into no address, no name of a sink and no name of a person', () => {
    expect(readWebUrl(`https://chat.example/${text}`)).toHaveProperty('fault');
    expect(mayBeUsername(text)).toBe(false);
    expect(textProblems('owner', text, 100)).not.toEqual([]);
  });
});

test.each([
  ['a sign of private use', '\uE000'],
  ['the last one of the first plane', '\uF8FF'],
  ['one of the planes behind', '\u{F0000}'],
  ['the last one of all', '\u{10FFFD}'],
])('%s is shown as it is, and belongs into no address and no name', (_, character) => {
  const text = `a${character}b`;
  expect(line(text)).toBe(text);
  expect(isFitForName(text)).toBe(false);
  expect(readWebUrl(`https://chat.example/${text}`)).toHaveProperty('fault');
  expect(config.safeParse({ url: `https://chat.example/${text}/hooks/abc` }).success).toBe(false);
  expect(mayBeUsername(text)).toBe(false);
});

test.each(['❤️ SOC', '👩🏽‍💻 Ann', '1️⃣', 'می‌خواهم', 'ข้อมูล​ลูกค้า', '🔔 Tocsin', 'Zoë'])(
  'an ordinary name stays legible: %s',
  (name) => {
    expect(line(name)).toBe(name);
    expect(withUnseenShown(name)).toBe(name);
    expect(mayBeUsername(name)).toBe(true);
    expect(textProblems('owner', name, 100)).toEqual([]);
  },
);

test('a run of control characters and line breaks becomes one blank', () => {
  expect(withoutControls('a\r\n\t\u001B\u009B\u2028b c\u202E')).toBe('a b c\u202E');
});

test('what nobody sees is left out of what somebody copied', () => {
  expect(withoutUnseen('\u200B60\u202E01\u0007\u{E0041}')).toBe('6001');
  expect(withoutUnseen('#17 ก')).toBe('#17 ก');
});
