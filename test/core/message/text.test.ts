// Text of others as parts: neutral, cut, absent where there is nothing to see.
import { describe, expect, it, test } from 'vitest';
import { block, brief, code, joined, prose } from '../../../src/core/message/text.ts';
import { word } from '../../../src/kit/card.ts';

test.each([undefined, null, '', '   ', '\t\n'])('%j gives no part', (text) => {
  for (const make of [code, block, prose]) expect(make(text, 10)).toEqual([]);
});

describe('a value of others', () => {
  it('is shown as it is if it is short and plain', () => {
    expect(code('C:\\Users\\a b', 100)).toEqual([{ kind: 'code', text: 'C:\\Users\\a b' }]);
  });

  it('keeps its head and its tail when it is cut', () => {
    expect(code('abcdefghij', 5)).toEqual([{ kind: 'code', text: 'ab…ij' }]);
  });

  it('is no longer than asked for after what is invisible was written out', () => {
    const [part] = code('\u202E'.repeat(50), 20);
    expect([...part!.text].length).toBeLessThanOrEqual(20);
  });

  it('has what turns the reading direction written out', () => {
    expect(code('a\u202Egpj.exe', 100)).toEqual([{ kind: 'code', text: 'a\\u{202E}gpj.exe' }]);
  });

  it('is one line, with a sign for each break', () => {
    expect(code('a\nb', 10)).toEqual([{ kind: 'code', text: 'a⏎b' }]);
  });

  it('is half as long in a headline where its letters are twice as wide', () => {
    expect(brief('abcdefghij', 6)).toEqual(code('abcdefghij', 6));
    for (const wide of ['💥', '漢', '＠'])
      expect(brief(wide.repeat(9), 6)).toEqual(code(wide.repeat(9), 3));
    expect(brief('ไฟล์', 4)).toEqual(code('ไฟล์', 4));
  });

  it('is a block only where it has several lines and may have them', () => {
    expect(block('a\nb', 10)).toEqual([{ kind: 'block', text: 'a\nb' }]);
    expect(block('a\tb', 10)).toEqual([{ kind: 'code', text: 'a b' }]);
    expect(prose('a\nb', 10)).toEqual([{ kind: 'prose', text: 'a⏎b' }]);
  });
});

test('what is joined has our words only between texts that show something', () => {
  const texts = [[], code('a', 9), [], code('b', 9), []];
  expect(joined(' / ', texts)).toEqual([...code('a', 9), word(' / '), ...code('b', 9)]);
  expect(joined(' / ', [[], []])).toEqual([]);
});
