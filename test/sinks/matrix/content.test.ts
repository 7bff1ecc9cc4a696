// Texts in the HTML of Matrix: each part by its kind, and words in which clients find nothing.
import { expect, it, test } from 'vitest';
import { type Part, strong, word } from '../../../src/kit/card.ts';
import { htmlOf, mentionSyntax, weightOf } from '../../../src/sinks/matrix/content.ts';
import { matrixHtml } from '../../contract/syntaxes/matrix.ts';

const code = (text: string): Part => ({ kind: 'code', text });

test.each<[Part, string]>([
  [word('a & <b>'), 'a &amp; &lt;b&gt;'],
  [strong('FAILED'), '<strong>FAILED</strong>'],
  [code('<img src=x>'), '<code>&lt;img src=x&gt;</code>'],
  [code('http://evil.example/"'), '<code>hxxp://evil[.]example/&quot;</code>'],
  [{ kind: 'block', text: 'a\n</pre>' }, '<pre><code>a\n&lt;/pre&gt;</code></pre>'],
  [{ kind: 'prose', text: '@room' }, '<code>@room</code>'],
  [
    { kind: 'link', text: '1203', url: 'https://x.example/?a=1&b="' },
    '<a href="https://x.example/?a=1&amp;b=%22">1203</a>',
  ],
])('%j is %s', (part, html) => {
  expect(htmlOf([part])).toBe(html);
  expect(weightOf(part)).toBeGreaterThan(html.length);
});

it.each([
  'https://evil.example/a',
  'evil.co.th',
  'eve@evil.co.th',
  '@ana:example.com',
  '@room now',
  '#soc:example.com',
  '!abc:example.com',
])('the words %j do nothing, and say the same', (text) => {
  expect(matrixHtml(text).active).not.toEqual([]);
  expect(matrixHtml(htmlOf([word(text)])).active).toEqual([]);
  expect(htmlOf([word(text)]).replaceAll('\u200B', '')).toBe(text);
});

test.each([
  ['@ana.soc:matrix.example.com', true],
  ['@room', true],
  ['@ana', false],
  ['@ana:evil.example"><img>', false],
])('%s is a mention: %s', (text, is) => {
  expect(mentionSyntax.test(text)).toBe(is);
});
