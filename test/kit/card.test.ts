// The parts of a text that our own words make, and what is left of a text without markup.
import { expect, it } from 'vitest';
import { plainText, strong, type Text, word } from '../../src/kit/card.ts';

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
