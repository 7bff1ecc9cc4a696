// The quick way to the neutral form: what it lets pass is neutral already.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { neutralText } from '../../src/kit/text.ts';
import { withControlsShown, withUnseenShown } from '../../src/kit/unseen.ts';

/** What {@link neutralText} does where it cannot be quick, on one line. */
const slowly = (text: string) =>
  withUnseenShown(
    withControlsShown(text.replace(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/g, '⏎')),
  ).replaceAll('\t', ' ');

test('every character of the basic plane is shown as it would be by looking closely', () => {
  const wrong: string[] = [];
  for (let code = 1; code < 0xd800; code += 1) {
    if (code === 9) continue;
    for (const text of [String.fromCharCode(code), `a${String.fromCharCode(code)}ก`])
      if (neutralText(text, { multiline: false }) !== slowly(text)) wrong.push(code.toString(16));
  }
  expect(wrong).toEqual([]);
});

test('eight marks on a letter are shown, and the ninth is written out', () => {
  for (const mark of ['\u0E31', '\u0E48', '\u0E3A']) {
    const of = (count: number) => neutralText(`ก${mark.repeat(count)}`, { multiline: false });
    expect(of(8)).toBe(`ก${mark.repeat(8)}`);
    expect(of(9)).toBe(`ก${mark.repeat(8)}\\u{${mark.charCodeAt(0).toString(16).toUpperCase()}}`);
  }
});

test('any text of letters and marks is shown as it would be by looking closely', () => {
  const unit = fc.constantFrom(
    'a',
    'ก',
    '\u0E33',
    '\u0E31',
    '\u0E48',
    '\u0301',
    '漢',
    '가',
    '\u200B',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
      expect(neutralText(text, { multiline: false })).toBe(slowly(text));
    }),
    { numRuns: 2_000 },
  );
});

test('takes a long text of letters and marks in milliseconds', () => {
  for (const unit of ['ก', 'ก่', '\u0E48', 'a\u0E48']) {
    const before = process.cpuUsage();
    neutralText(unit.repeat(100_000), { multiline: false });
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  }
});
