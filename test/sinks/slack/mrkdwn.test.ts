// Texts in mrkdwn: each part by its kind, and none of Slack's signs in what others wrote.
import { describe, expect, it, test } from 'vitest';
import { type Part, strong, word } from '../../../src/kit/card.ts';
import {
  inert,
  linesOf,
  link,
  mrkdwn,
  packed,
  sectionMax,
} from '../../../src/sinks/slack/mrkdwn.ts';

const code = (text: string): Part => ({ kind: 'code', text });

test.each<[Part, string]>([
  [word('a & b'), 'a &amp; b'],
  [strong('FAILED'), '*FAILED*'],
  [strong('C:\\a*é'), '*C:\\a∗é*'],
  [code('<!channel>'), '`&lt;!channel&gt;`'],
  [code('a`b'), '`aˋb`'],
  [{ kind: 'block', text: 'a\n```' }, '```\na\nˋˋˋ\n```'],
  [{ kind: 'prose', text: '*now*' }, '`*now*`'],
  [{ kind: 'time', text: '10:00', iso: '2026-03-01T10:00:00Z' }, '10:00'],
  [
    { kind: 'link', text: '1|2', url: 'https://x.example/?a=1&b|c' },
    '<https://x.example/?a=1&amp;b%7Cc|1¦2>',
  ],
])('%j is %s', (part, shown) => {
  expect(mrkdwn([part])).toBe(shown);
});

describe('signs of ours', () => {
  test.each([
    ['*all* _now_ ~gone~ `code`', '∗all∗ ＿now＿ ∼gone∼ ˋcodeˋ'],
    ['START_FROM and a*b', 'START_FROM and a*b'],
    [':fire: at 10:00:00', '：fire: at 10:00:00'],
    ['> no quote', '› no quote'],
  ])('%s are shown as %s', (text, shown) => {
    expect(inert(text)).toBe(shown);
  });
});

it('keeps code apart from words, since it is none within a word', () => {
  expect(mrkdwn([word('on'), code('PC'), code('1'), word(': ok')])).toBe('on `PC` `1`: ok');
});

it('leaves the address of a link alone', () => {
  expect(link('https://console.example/a_b_c', 'x')).toBe('<https://console.example/a_b_c|x>');
});

it('makes several lines of what is too long for a section, and cuts nothing', () => {
  expect(linesOf([word('a '), code('x'.repeat(2_000))])).toHaveLength(1);
  const lines = linesOf([word('a '), code('&'.repeat(2_000)), code('😀')]);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(sectionMax);
  expect(lines.join('').match(/&amp;/g)).toHaveLength(2_000);
  expect(lines.at(-1)).toBe('`😀`');
  expect(linesOf([word('y'.repeat(9_000))])).toHaveLength(1);
});

describe('facts', () => {
  const fact = (text: string) => [strong('A '), code(text)];
  const shown = (...texts: string[]) => packed(texts.map(fact)).map(mrkdwn);

  it('stand together while a line has room, in their order', () => {
    const [short, long] = ['x'.repeat(20), 'y'.repeat(80)];
    expect(shown(short, short, short, short)).toEqual([
      `*A *\`${short}\` · *A *\`${short}\` · *A *\`${short}\``,
      `*A *\`${short}\``,
    ]);
    expect(shown(short, long, short)).toHaveLength(3);
    expect(packed([])).toEqual([]);
  });

  it('of several lines stand alone', () => {
    const script: Part = { kind: 'block', text: 'a\nb' };
    expect(packed([fact('x'), [script], fact('y')])).toHaveLength(3);
  });
});
