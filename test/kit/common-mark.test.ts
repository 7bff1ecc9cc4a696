// CommonMark of a card's texts: readable, and nothing of others in it is obeyed.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Part, strong, word } from '../../src/kit/card.ts';
import { commonMark, commonMarkLines, commonMarkWeight } from '../../src/kit/common-mark.ts';
import { commonMark as read } from '../contract/syntaxes/mattermost.ts';

const code = (text: string): Part => ({ kind: 'code', text });

test.each([
  [[strong('Device'), word(': '), code('PC-1')], '**Device**: `PC-1`'],
  [[strong('Tenant / '), strong('MSP'), word(': x')], '**Tenant / MSP**: x'],
  [[code('a`b')], '`aˋb`'],
  [[code('a'), code('b')], '`a` `b`'],
  [[word('1. first')], '1\\. first'],
  [[word('- first')], '\\- first'],
  [[word('<b> @all #soc :smile: a_b')], '\\<b\\> ＠all ＃soc ：smile: a\\_b'],
  [[code('https://evil.example')], '`hxxps://evil[.]example`'],
  [
    [{ kind: 'link', text: 'Event 1', url: 'https://console.example.com/#/1' } as const],
    '[Event 1](<https://console.example.com/#/1>)',
  ],
  [
    [strong('Script'), word(': '), { kind: 'block', text: 'a\n```\nb' } as const],
    '**Script**: \n```\na\nˋˋˋ\nb\n```',
  ],
] as const)('%j', (text, expected) => {
  expect(commonMark(text)).toBe(expected);
});

test('lines stay lines', () => {
  expect(commonMarkLines([[word('a')], [word('b')]])).toBe('a  \nb');
});

const piece = fc.constantFrom(...'\\`*_{}[]()<>#+-!|~=&@:$^"\'.1a ', 'http://a.b', 'www.a.b');
const texts = fc
  .array(piece, { minLength: 1, maxLength: 30 })
  .map((pieces) => pieces.join('').trim() || 'x');

test('words are words and a value is code, whatever they hold', () => {
  fc.assert(
    fc.property(texts, texts, (said, value) => {
      const line = commonMark([strong('Name'), word(`: ${said} `), code(value)]);
      expect(read(line).active).toEqual(['code', 'strong']);
      expect(read(commonMark([word(said)])).active).toEqual([]);
    }),
    { numRuns: 3_000 },
  );
});

test('a part weighs at least what is written of it', () => {
  fc.assert(
    fc.property(texts, (text) => {
      for (const part of [word(text), strong(text), code(text)])
        expect(commonMarkWeight(part)).toBeGreaterThanOrEqual(commonMark([part]).length);
    }),
  );
});
