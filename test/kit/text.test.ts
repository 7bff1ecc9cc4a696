import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePointLength, cutMiddle, neutralText, validText } from '../../src/kit/text.ts';
import { cpuMs } from '../support/stopwatch.ts';

/**
 * Any UTF-16 at all, lone surrogates and controls included, leaning to the characters that matter
 * here.
 */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom(
        '\0',
        '\r\n',
        '\u202E',
        '\u200B',
        '\u200D',
        '\uFE0F',
        '\u{E0041}',
        '\uD83D',
        '\uDE00',
        '👩🏽‍💻',
        '❤️',
        'ก้',
        '\u200C',
        'می',
        'ر',
        'क्',
        'ष',
        'ខ',
        'e\u0301',
        'a',
      ),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

describe('valid text', () => {
  test('removes NUL and replaces each lone surrogate', () => {
    expect(validText('a\0b\uD83Dc\uDE00d😀')).toBe('ab\uFFFDc\uFFFDd😀');
  });

  test('does not let two lone halves meet over a removed NUL', () => {
    expect(validText('\uD83D\0\uDE00')).toBe('\uFFFD\uFFFD');
  });

  test('holds for any text, and changes nothing that was valid', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const valid = validText(text);
        expect(isWellFormed(valid) && !valid.includes('\0')).toBe(true);
        if (isWellFormed(text) && !text.includes('\0')) expect(valid).toBe(text);
      }),
    );
  });
});

describe('neutral text', () => {
  const line = (text: string): string => neutralText(text, { multiline: false });

  test.each([
    ['a right-to-left override', 'invoice\u202Efdp.exe', 'invoice\\u{202E}fdp.exe'],
    ['isolates', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
    ['a zero-width space', 'pay\u200Bload', 'pay\\u{200B}load'],
    ['a byte order mark', '\uFEFFa', '\\u{FEFF}a'],
    ['a soft hyphen', 'a\u00ADb', 'a\\u{AD}b'],
    ['tag characters', 'a\u{E0041}\u{E007F}', 'a\\u{E0041}\\u{E007F}'],
    ['a variation selector without an emoji', 'a\uFE0Fb\u{E0100}', 'a\\u{FE0F}b\\u{E0100}'],
    ['a joiner without emoji', 'a\u200Db', 'a\\u{200D}b'],
    ['Hangul fillers and the Braille blank', '\u3164\u2800', '\\u{3164}\\u{2800}'],
    ['a noncharacter', 'a\uFFFEb', 'a\\u{FFFE}b'],
  ])('writes out %s', (_, text, shown) => {
    expect(line(text)).toBe(shown);
  });

  test('writes out control characters, as whatever else nobody would see', () => {
    expect(line('a\u0000b\u0007\u001b[31m\u0090\u007f')).toBe(
      'a\\u{0}b\\u{7}\\u{1B}[31m\\u{90}\\u{7F}',
    );
    expect(neutralText('\u0007\n\t', { multiline: true })).toBe('\\u{7}\n\t');
  });

  test('shows line breaks of every kind on one line, or keeps them as newlines', () => {
    const text = 'a\r\nb\nc\rd\u2028e\u2029f\u0085g\vh\fi\tj';
    expect(line(text)).toBe('a⏎b⏎c⏎d⏎e⏎f⏎g⏎h⏎i j');
    expect(neutralText(text, { multiline: true })).toBe('a\nb\nc\nd\ne\nf\ng\nh\ni\tj');
  });

  test.each([
    'พนักงาน เครื่องที่ ๑',
    'Müller',
    '日本語',
    'שלום',
    '👩🏽‍💻',
    '❤️',
    '👨‍👩‍👧‍👦',
    'نص',
    'Z:\\ก้ำ\\file.exe',
  ])('leaves honest text as it is: %s', (text) => {
    expect(line(text)).toBe(text);
  });

  test.each([
    ['Persian', 'می\u200Cخواهم', 'خانه\u200Cای', 'نرم\u200Cافزار', 'کِتاب\u200Cها'],
    ['Hindi', 'क्\u200Dष', 'क्\u200Cष', 'शक्\u200D.txt'],
    ['Sinhala', 'ශ්\u200Dරී ලංකා'],
    ['Bengali', 'র\u200D্যাব'],
    ['Malayalam', 'അവന്\u200D'],
    ['Thai', 'ข้อมูล\u200Bลูกค้า.pdf'],
    ['Khmer', 'ភាសា\u200Bខ្មែរ', 'ប៊\u200Cី'],
    ['Myanmar and Lao', 'မြန်\u200Bမာ', 'ພາສາ\u200Bລາວ'],
    ['emoji', '1\uFE0F\u20E3', '👨‍👩‍👧‍👦', '☎\uFE0E'],
  ])('leaves joiners and spaces without width where the script needs them: %s', (_, ...texts) => {
    for (const text of texts) expect(line(text)).toBe(text);
  });

  test.each([
    ['a non-joiner in Latin', 'pay\u200Cload', 'pay\\u{200C}load'],
    ['a non-joiner behind a letter that does not join on', 'کار\u200Cها', 'کار\\u{200C}ها'],
    ['a non-joiner before what joins to nothing', 'می\u200C.exe', 'می\\u{200C}.exe'],
    ['the second of two', 'می\u200C\u200Cخ', 'می\\u{200C}\\u{200C}خ'],
    ['a joiner in Persian', 'می\u200Dخ', 'می\\u{200D}خ'],
    ['a joiner without a virama', 'क\u200Dष', 'क\\u{200D}ष'],
    ['a joiner before a vowel', 'क्\u200Dि', 'क्\\u{200D}ि'],
    ['a space without width between Thai and Latin', 'ก\u200Bexe', 'ก\\u{200B}exe'],
    ['two spaces without width', 'ก\u200B\u200Bข', 'ก\\u{200B}\\u{200B}ข'],
    ['a word joiner in Thai', 'ก\u2060ข', 'ก\\u{2060}ข'],
    ['a selector behind a digit alone', '1\uFE0F', '1\\u{FE0F}'],
    ['a Hangul filler', '\u115Fa', '\\u{115F}a'],
  ])('writes out %s', (_, text, shown) => {
    expect(line(text)).toBe(shown);
  });

  test('writes out the marks that are heaped on one letter', () => {
    const shown = line(`Z${'\u0301'.repeat(11)}`);
    expect(shown).toBe(`Z${'\u0301'.repeat(8)}${'\\u{301}'.repeat(3)}`);
  });

  test('for any text is valid, without anything unseen, and neutral already', () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, multiline) => {
        const shown = neutralText(text, { multiline });
        expect(isWellFormed(shown)).toBe(true);
        const rest = shown.replace(
          /(?<=[\p{sc=Arabic}])\u200C(?=\p{sc=Arabic})|(?<=्)[\u200C\u200D]|(?<=[\p{sc=Thai}\p{sc=Khmer}])\u200B(?=[\p{sc=Thai}\p{sc=Khmer}])|\p{Extended_Pictographic}[\uFE0E\uFE0F\u{1F3FB}-\u{1F3FF}]*(\u200D(?=\p{Extended_Pictographic}))?/gu,
          '',
        );
        expect(rest).not.toMatch(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/u);
        expect(multiline ? shown.replace(/[\n\t]/g, '') : shown).not.toMatch(/\p{Cc}/u);
        expect(neutralText(shown, { multiline })).toBe(shown);
      }),
    );
  });
});

describe('cutting in the middle', () => {
  test('keeps the head and the tail', () => {
    expect(cutMiddle('C:\\Users\\someone\\Downloads\\invoice.exe', 21)).toBe(
      'C:\\Users\\s…nvoice.exe',
    );
  });

  test('returns the same text when it fits', () => {
    expect(cutMiddle('😀😀😀', 3)).toBe('😀😀😀');
  });

  test('cuts before a letter with its marks, and never within an emoji', () => {
    expect(cutMiddle('ab👩🏽‍💻cdefghij', 8)).toBe('ab…hij');
    expect(cutMiddle('abcก้ำdefghijkl', 9)).toBe('abc…ijkl');
    expect(cutMiddle('abcdefgh👩🏽‍💻z', 7)).toBe('abc…z');
  });

  test('cuts a grapheme that is longer than any honest one at a code point', () => {
    expect(codePointLength(cutMiddle(`a${'\u0301'.repeat(1000)}b`, 101))).toBe(101);
  });

  test('for any text and length is short enough, valid if it was, and made of its two ends', () => {
    fc.assert(
      fc.property(anyText.map(validText), fc.integer({ min: 0, max: 40 }), (text, max) => {
        const cut = cutMiddle(text, max);
        expect([...cut].length).toBeLessThanOrEqual(max);
        expect(isWellFormed(cut)).toBe(true);
        if ([...text].length <= max) expect(cut).toBe(text);
        else if (max > 0) {
          const at = [...cut.matchAll(/…/g)].map((m) => m.index);
          expect(
            at.some((i) => text.startsWith(cut.slice(0, i)) && text.endsWith(cut.slice(i + 1))),
          ).toBe(true);
        }
      }),
    );
  });

  test('loses no more than the two graphemes at the cut', () => {
    const cut = cutMiddle('x'.repeat(1000), 100);
    expect(cut).toBe(`${'x'.repeat(50)}…${'x'.repeat(49)}`);
  });
});

test('code points are counted as an iterator would', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(codePointLength(text)).toBe([...text].length);
    }),
  );
});

test.each([
  ['plain', 'x'],
  ['newlines', '\r\n'],
  ['zero-width', '\u200B'],
  ['joiners', '\u200D'],
  ['joined emoji', '👩\u200D'],
  ['heaped marks', '\u0301'],
  ['lone surrogates', '\uD83D'],
  ['NUL', '\0'],
  ['emoji', '😀'],
])('a megabyte of %s takes linear time', async (_, unit) => {
  const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
  // Half a second in practice; anything quadratic would take hours.
  expect(await cpuMs(() => cutMiddle(neutralText(text, { multiline: false }), 500))).toBeLessThan(
    8000,
  );
});
