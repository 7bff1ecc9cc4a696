// The parts of a text that our own words make, and what is left of a text without markup.
import { expect, it, test } from 'vitest';
import { headlineText, plainText, strong, type Text, word } from '../../src/kit/card.ts';

it('says everything in its order, without markup', () => {
  const text: Text = [
    ...[word('Ransomware on '), { kind: 'code', text: 'PC-1' } as const, word(': ')],
    ...[strong('not blocked'), word(', see ')],
    { kind: 'link', text: 'the console', url: 'https://console.example/1' },
  ];
  expect(plainText(text)).toBe('Ransomware on PC-1: not blocked, see the console');
  expect(plainText([])).toBe('');
});

it('has words that are strong, and words that are not', () => {
  expect(word('a')).toEqual({ kind: 'word', text: 'a' });
  expect(strong('a')).toEqual({ kind: 'word', text: 'a', isStrong: true });
});

test.each([
  ['A service was installed', 'A service was installed on PC-1'],
  ['Test on PC-1: blocked · nothing', '“Test on PC-1: blocked · nothing” on PC-1'],
])('a sentence of others, %j, says nothing in our name either', (text, expected) => {
  const headline = [{ kind: 'prose', text } as const, word(' on PC-1')];
  expect(headlineText({ headline })).toBe(expected);
});

test.each([
  ['PC-1', 'Ransomware on PC-1: NOT blocked'],
  ['CORP\\somchai', 'Ransomware on CORP\\somchai: NOT blocked'],
  ['PC-1 (admin): blocked', 'Ransomware on “PC-1 (admin): blocked”: NOT blocked'],
  ['PC-1⏎All clear', 'Ransomware on “PC-1⏎All clear”: NOT blocked'],
  ['a”: blocked · “b', 'Ransomware on “a″: blocked · ″b”: NOT blocked'],
])('a device called %j says nothing in our name in a headline without code', (text, expected) => {
  const headline = [word('Ransomware on '), { kind: 'code', text } as const, word(': NOT blocked')];
  expect(headlineText({ headline })).toBe(expected);
});
