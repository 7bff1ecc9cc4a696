// What a template's own text may mark up, and that nothing in a value is read as markup.
import { describe, expect, it, test } from 'vitest';
import { isMarker, linesOf, markerOf, type Value } from '../../../src/core/template/markup.ts';
import { shown } from '../message/shown.ts';

const values: readonly Value[] = [
  { part: { kind: 'code', text: '**a** [b](https://evil.example)' }, isOfAddress: false },
  { part: { kind: 'code', text: 'abc%2F' }, isOfAddress: true },
  {
    part: { kind: 'link', text: 'https://console.example/1', url: 'https://console.example/1' },
    isOfAddress: false,
  },
];
const [value, address, link] = [markerOf(0), markerOf(1), markerOf(2)];
const of = (text: string) => linesOf(text, values).map(shown);
const urlsOf = (text: string) =>
  linesOf(text, values)
    .flat()
    .flatMap((part) => (part.kind === 'link' ? [part.url] : []));

test.each([
  ['words', 'a b', ['a b']],
  ['lines, without blanks around them and without empty ones', ' a \n\n  b\n', ['a', 'b']],
  ['strong words', 'a **b c** d', ['a **b c** d']],
  [
    'a value among strong words',
    `**a ${value} b**`,
    ['**a **`**a** [b](https://evil.example)`** b**'],
  ],
  ['asterisks that are no pair', '**a* b ** c', ['**a* b ** c']],
  ['a value', `x${value}y`, ['x`**a** [b](https://evil.example)`y']],
  ['what a filter cut out of a marker', `a\uE000b ${value.slice(0, 2)}`, ['ab 0']],
  ['a marker of nothing', `a${markerOf(9)}b`, ['ab']],
  ['what is invisible, written out', 'a\u202Eb', ['a\\u{202E}b']],
])('%s', (_title, text, expected) => {
  expect(of(text)).toEqual(expected);
});

describe('a link', () => {
  test.each([
    ['an address', '[a b](https://x.example/c?d#e)', ['https://x.example/c?d#e']],
    [
      'an address that a value goes into',
      `[a](https://x.example/${address}/d)`,
      ['https://x.example/abc%2F/d'],
    ],
    ['the console’s page', `[a](${link})`, ['https://console.example/1']],
    [
      'an address below the console’s page',
      `[a](${link}/${address})`,
      ['https://console.example/1/abc%2F'],
    ],
  ])('leads to %s', (_title, text, urls) => {
    expect(urlsOf(text)).toEqual(urls);
  });

  test.each([
    ['a value that is not made for it', `[a](https://x.example/${value})`],
    ['a value as its beginning', `[a](${address})`],
    ['a value as its host', `[a](https://${address}/b)`],
    ['a value in its host', `[a](https://x.${address}.example?b)`],
    ['another scheme', '[a](javascript:alert(1))'],
    ['no address', '[a](https://)'],
    ['a value as its words', `[${value}](https://x.example)`],
    ['a blank', '[a](https://x.example/b c)'],
    ['a marker of nothing', `[a](https://x.example/${markerOf(9)})`],
  ])('is none with %s, and nothing of it is lost', (_title, text) => {
    expect(urlsOf(text)).toEqual([]);
    const [line] = linesOf(text, values);
    expect(line!.map((part) => part.text).join('')).toMatch(/^\[.+\]\(.*\)+$/);
  });
});

it('knows a marker of a value from text that looks like one', () => {
  expect(isMarker(value, values)).toBe(true);
  for (const text of [markerOf(9), `${value} `, `a${value}`, '0', ''])
    expect(isMarker(text, values)).toBe(false);
});

it('takes 100 kB of half markup in milliseconds', () => {
  for (const unit of ['**a', '[a](https://', '[', '](', '\uE000', '** ', '[a](']) {
    const before = process.cpuUsage();
    linesOf(unit.repeat(100_000 / unit.length), values);
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  }
});
