// Texts in the Markdown of chats: each part by its kind, and nothing of others is obeyed.
import { describe, expect, it, test } from 'vitest';
import { type Part, strong, word } from '../../src/kit/card.ts';
import {
  type ChatSyntax,
  chatLine,
  chatMarkdown,
  inertWords,
} from '../../src/kit/chat-markdown.ts';

const syntax: ChatSyntax = { strong: '**', link: (url, text) => `[${text}](${url})` };
const code = (text: string): Part => ({ kind: 'code', text });
const time: Part = { kind: 'time', text: '10:00 +00:00', iso: '2026-03-01T10:00:00Z' };

test.each<[Part, string]>([
  [word('a & b: c'), 'a & b: c'],
  [strong(' FAILED '), ' **FAILED** '],
  [strong(' '), ' '],
  [strong('a*b'), '**a∗b**'],
  [strong('a:'), '**a:\u200B**'],
  [strong('> a'), '**\u200B> a**'],
  [code('C:\\a_b*c.exe'), '`C:\\a_b*c.exe`'],
  [code('a`b'), '`aˋb`'],
  [code('<@17> < in.txt'), '`‹@17> < in.txt`'],
  [code('a[0](b)'), '`a[0］(b)`'],
  [code('https://evil.example/'), '`hxxps://evil[.]example/`'],
  [{ kind: 'prose', text: '**now**' }, '`**now**`'],
  [{ kind: 'block', text: 'a\n```' }, '```\na\nˋˋˋ\n```'],
  [time, '10:00 +00:00'],
  [
    { kind: 'link', text: 'a]>b', url: 'https://x.example/?a=(1)&b|c' },
    '[a］›b](https://x.example/?a=%281%29&b%7Cc)',
  ],
])('%j is %j', (part, shown) => {
  expect(chatMarkdown([part], syntax)).toBe(shown);
});

test.each([
  ['@channel', '@\u200Bchannel'],
  ['a_b _c_', 'a_b ＿c＿'],
  ['a__b', 'a＿＿b'],
  [':skull: 10:00', ':\u200Bskull: 10:\u200B00'],
  ['~~||`<\\', '∼∼¦¦ˋ‹⧵'],
  [';) =D a=b', ';\u200B) =\u200BD a=b'],
  ['#tag', '#\u200Btag'],
  ['[a](b) $x$', '［a］(b) ＄x＄'],
  ['~.co', '∼.\u200Bco'],
  ['see evil.com. Now', 'see evil.\u200Bcom. Now'],
  ['&lt; & &#64;', '&\u200Blt; & &\u200B#\u200B64;'],
  ['https://wiki.example/', 'hxxps:\u200B//wiki［.］example/'],
])('in the words %j nothing acts: %j', (text, shown) => {
  expect(inertWords(text)).toBe(shown);
});

describe('what stands side by side', () => {
  it('keeps code apart from letters and from code', () => {
    expect(chatMarkdown([word('x'), code('a'), code('b'), word('y')], syntax)).toBe('x `a` `b` y');
    expect(chatMarkdown([word('('), code('a'), word('), '), code('b')], syntax)).toBe('(`a`), `b`');
  });

  it('lets no address go on into code', () => {
    for (const before of ['a.b/', 'a.b/(', 'x:', 'a.\u200Bb'])
      expect(chatMarkdown([word(before), code('c')], syntax)).toMatch(/\S `c`$/);
    expect(chatMarkdown([word('a.b ('), code('c')], syntax)).toMatch(/ \(`c`$/);
  });

  it('makes one of strong words', () => {
    expect(chatMarkdown([strong('a'), strong(' b'), word(': c')], syntax)).toBe('**a b**: c');
  });

  it('begins a fence on a line of its own', () => {
    const block: Part = { kind: 'block', text: 'a\nb' };
    const fence = '```\na\nb\n```';
    expect(chatMarkdown([strong('Script'), word(': '), block], syntax)).toBe(
      `**Script**:\n${fence}`,
    );
    expect(chatMarkdown([block], syntax)).toBe(fence);
  });

  it('makes no emoji of a time and what follows it', () => {
    expect(chatMarkdown([time, word('a:')], syntax)).toBe('10:00 +00:00\u200Ba:');
    expect(chatMarkdown([time, word(', a')], syntax)).toBe('10:00 +00:00, a');
  });
});

test.each(['- a', '1. a', '1) a', '> a', '= a', '+ a'])('the line %j begins no list', (text) => {
  expect(chatLine([word(text)], syntax)).toMatch(/^\u200B/);
  expect(chatLine([word(`a ${text}`)], syntax)).toMatch(/^a/);
});

test('another syntax has its own marks', () => {
  const other: ChatSyntax = { strong: '*', link: (url, text) => `<${url}|${text}>` };
  const link: Part = { kind: 'link', text: '17', url: 'https://x.example/17' };
  expect(chatMarkdown([strong('a'), word(' '), link], other)).toBe('*a* <https://x.example/17|17>');
});
