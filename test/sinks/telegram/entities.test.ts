// Texts as Telegram takes them: stretches by UTF-16 units, and words in which nothing is obeyed.
import { describe, expect, it } from 'vitest';
import { type Part, strong, type Text, word } from '../../../src/kit/card.ts';
import { contentOf, weightOf } from '../../../src/sinks/telegram/entities.ts';
import { telegramMessage } from '../../contract/syntaxes/telegram.ts';

const code = (text: string): Part => ({ kind: 'code', text });
const activeIn = (lines: readonly Text[]) =>
  telegramMessage(JSON.stringify(contentOf(lines))).active;

describe('a stretch', () => {
  it('is measured in UTF-16 units, behind an emoji too', () => {
    const { text, entities } = contentOf([[word('🔴 '), strong('HIGH')], [code('😀.exe')]]);
    expect(
      entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)]),
    ).toEqual([
      ['bold', 'HIGH'],
      ['code', '😀.exe'],
    ]);
  });

  it('of several lines is a block, and a link goes where the configuration says', () => {
    const url = 'https://console.example/events/1203';
    const { entities } = contentOf([
      [{ kind: 'block', text: 'a\nb' }],
      [{ kind: 'link', text: 'Event 1203', url }],
    ]);
    expect(entities).toEqual([
      { type: 'pre', offset: 0, length: 3 },
      { type: 'text_link', offset: 4, length: 10, url },
    ]);
  });

  it('is marked as often as Telegram takes it, code before bold; what is left is inert', () => {
    const value = 'https://evil.example/@all 4111 1111 1111 1111';
    const lines = Array.from({ length: 60 }, (): Text => [strong('A'), code(value), code('x')]);
    const { text, entities } = contentOf(lines);
    expect(entities).toHaveLength(100);
    expect(entities.filter(({ type }) => type === 'bold')).toEqual([]);
    expect(text.split(value)).toHaveLength(51);
    expect(new Set(activeIn(lines))).toEqual(new Set(['code']));
    expect(
      contentOf(lines.slice(0, 40)).entities.filter(({ type }) => type === 'bold'),
    ).toHaveLength(20);
  });
});

it.each([
  'see https://evil.example/a',
  'www.evil.example',
  'evil.co.th',
  'eve@evil.example',
  'tg://user?id=1',
  '@channel',
  'all:@channel',
  '#hashtag',
  '$USD',
  '/stop now',
  'ไทย.คอม',
])('the words %j do nothing, and say the same', (text) => {
  expect(telegramMessage(JSON.stringify({ text })).active).not.toEqual([]);
  expect(activeIn([[word(text)]])).toEqual([]);
  expect(contentOf([[word(text)]]).text.replaceAll('\u200B', '')).toBe(text);
});

it('a sign at the end of words does not begin anything with the next', () => {
  expect(
    activeIn([[word('@'), word('channel'), word(' a.'), { kind: 'time', text: 'b', iso: '' }]]),
  ).toEqual([]);
});

it('a mention stands behind the first line, and is one', () => {
  const content = contentOf([[word('first')], [word('second')]], ['@ana_soc']);
  expect(content.text).toBe('first @ana_soc\nsecond');
  expect(telegramMessage(JSON.stringify(content)).active).toEqual(['mention @ana_soc']);
});

it.each<Part>([
  word('a.b@c'),
  code('1234567 a.b'),
  { kind: 'link', text: '1203', url: 'https://x.example/' },
])('a part weighs as much as it takes at the most: %j', (part) => {
  const beyond = Array.from({ length: 100 }, (): Text => [code('x')]);
  const alone = contentOf([...beyond, []]).text.length;
  expect(weightOf(part)).toBe(contentOf([...beyond, [part]]).text.length - alone);
});
