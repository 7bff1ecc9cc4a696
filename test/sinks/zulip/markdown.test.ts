// Texts in Zulip's Markdown: each part by its kind, and none of its signs in what others wrote.
import { describe, expect, it, test } from 'vitest';
import { type Part, strong, word } from '../../../src/kit/card.ts';
import { lineOf, link, weightOf } from '../../../src/sinks/zulip/markdown.ts';
import { zulipMarkdown } from '../../contract/syntaxes/zulip.ts';

const code = (text: string): Part => ({ kind: 'code', text });
const shown = (text: string) => text.replaceAll('\u200B', '');

test.each<[Part, string]>([
  [strong('FAILED'), '**FAILED**'],
  [strong(' a*b '), ' **a∗b** '],
  [strong(' '), ' '],
  [code('@**all** a`b'), '`@**all** aˋb`'],
  [{ kind: 'block', text: 'a\n```' }, '\n```text\na\nˋˋˋ\n```'],
  [
    { kind: 'link', text: '1](x', url: 'https://x.example/?a=(1)' },
    '[1］(x](https://x.example/?a=%281%29)',
  ],
])('%j is %s', (part, markdown) => {
  expect(shown(lineOf([word('a'), part]))).toBe(`a${markdown}`);
  expect(weightOf(part)).toBeGreaterThanOrEqual([...markdown].length);
});

describe('words', () => {
  it.each([
    '@**all** @_**ana** @*soc*',
    '#**soc>topic**',
    ':fire:',
    '$$x^2$$',
    '<time:2026-01-01>',
    '**a** *b*',
    '~~gone~~',
    '`code`',
    '[a](https://wiki.example)',
    '![a](https://wiki.example/a.png)',
    'evil.co.th',
    'https://evil.example',
    'eve@evil.co.th',
    '# a',
    '> a',
    '- a',
    '1. a',
    '|---|---|',
    '!avatar(ana)',
  ])('%j do nothing, and can be read', (text) => {
    expect(zulipMarkdown(text).active).not.toEqual([]);
    expect(zulipMarkdown(lineOf([word(text)])).active).toEqual([]);
  });

  it('beside code leave it code', () => {
    expect(zulipMarkdown(lineOf([word('C:\\'), code('a')])).active).toEqual(['code']);
    expect(zulipMarkdown(lineOf([code('a'), code('b')])).active).toEqual(['code', 'code']);
    expect(zulipMarkdown(lineOf([strong('a'), strong('b')])).active).toEqual(['strong', 'strong']);
  });
});

it('a link goes where it should, whatever its text', () => {
  const { active } = zulipMarkdown(link('https://x.example/a', '](https://evil.example'));
  expect(active).toEqual(['link https://x.example/a']);
});
