// Each part of a text by its kind, and values that touch something.
import { expect, test } from 'vitest';
import { type Part, strong, type Text, word } from '../../../src/kit/card.ts';
import { markdown, partOf, strongText } from '../../../src/sinks/mattermost/markdown.ts';

const code = (text: string): Part => ({ kind: 'code', text });
const time: Part = { kind: 'time', text: '08:00 +07:00', iso: '2026-03-01T01:00:00Z' };
const apart = '\u200B';

test.each<[string, Part, string]>([
  ['words with their signs disarmed', word('a*b'), 'a\\*b'],
  ['strong words', strong('a b'), '**a b**'],
  ['blanks around strong words outside of the asterisks', strong(' a '), ' **a** '],
  ['strong words of nothing to see as they are', strong('  '), '  '],
  ['a value as code', code('a*b'), '`a*b`'],
  ['a sentence of others as code', { kind: 'prose', text: 'a b' }, '`a b`'],
  ['several lines in a fence', { kind: 'block', text: 'a\nb' }, '```\na\nb\n```'],
  ['a time as it is', time, time.text],
  [
    'a link',
    { kind: 'link', text: 'T1', url: 'https://a.example/T1' },
    '[T1](https://a.example/T1)',
  ],
  ['a link to no page as words', { kind: 'link', text: 'T1', url: 'file:///a' }, 'T1'],
])('shows %s', (_title, part, shown) => {
  expect(partOf(part)).toBe(shown);
  expect(markdown([part])).toBe(shown);
});

test.each<[string, Text, string]>([
  ['behind a blank as it is', [word('a '), code('b')], 'a `b`'],
  ['behind a word apart from it', [word('a'), code('b')], `a${apart}\`b\``],
  ['behind another apart from it', [code('a'), code('b')], `\`a\`${apart}\`b\``],
  ['in brackets as it is', [word('('), code('a'), word(')')], '(`a`)'],
])('a value stands %s', (_title, text, shown) => {
  expect(markdown(text)).toBe(shown);
});

test('words that would go on from a time stand apart from it', () => {
  expect(markdown([time, word(':a')])).toContain(`${time.text}${apart}`);
  expect(markdown([time, word(', a')])).toBe(`${time.text}, a`);
});

test('a text for bold places has no asterisks of its own', () => {
  expect(strongText([strong('a'), word(' '), code('b*')])).toBe('a `b∗`');
});
