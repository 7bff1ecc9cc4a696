// A card as lines: everything that it says is there once, in the order of reading.
import { expect, test } from 'vitest';
import { type Card, plainText, word } from '../../src/kit/card.ts';
import { disarmedLine, linesBelow, linesOfCard } from '../../src/kit/card-lines.ts';

const bare: Card = {
  kind: 'event',
  severity: 5,
  sign: '🔴',
  level: 'CRITICAL',
  title: [word('Event ID 7')],
  headline: [word('Ransomware')],
  remarks: [],
  fields: [],
  details: [],
  footer: [word('tocsin')],
};

function lines(more: Partial<Card>): string[] {
  const all = linesOfCard({ ...bare, ...more });
  return [all.headline, ...linesBelow(all)].map(plainText);
}

test('a card with nothing but what each has', () => {
  expect(lines({})).toEqual(['🔴 CRITICAL · Ransomware', 'Event ID 7', 'tocsin']);
});

test('state, remarks, facts, rows, details, and what it is about', () => {
  const card = {
    state: { kind: 'acknowledged', text: [word('Acknowledged')] },
    remarks: [[word('Delayed')], [word('May be a repetition')]],
    fields: [{ name: [word('Device')], value: [{ kind: 'code', text: 'PC-1' }] }],
    details: [{ name: [word('Path')], value: [word('C:\\x')] }],
    table: {
      columns: [[word('Device')], [word('User')], [word('File')]],
      rows: [[[word('PC-1')], [], [word('a.exe')]]],
      more: [word('and 3 more')],
    },
  } as const;
  expect(lines(card)).toEqual([
    '🔴 CRITICAL · Ransomware',
    'Acknowledged',
    'Delayed',
    'May be a repetition',
    'Device: PC-1',
    'PC-1 · a.exe',
    'and 3 more',
    'Path: C:\\x',
    'Event ID 7',
    'tocsin',
  ]);
});

test('what leads to the console is a link, and of others’ values the kind stays', () => {
  const { end, facts } = linesOfCard({
    ...bare,
    link: 'https://console.example/7',
    fields: [{ name: [word('Device')], value: [{ kind: 'code', text: 'PC-1' }] }],
  });
  expect(end[0]).toEqual([{ kind: 'link', text: 'Event ID 7', url: 'https://console.example/7' }]);
  expect(facts[0]).toEqual([
    { kind: 'word', text: 'Device', isStrong: true },
    { kind: 'word', text: ': ' },
    { kind: 'code', text: 'PC-1' },
  ]);
});

test('an address of others is disarmed, and one of ours stands whole behind the line', () => {
  const line = [
    word('See '),
    { kind: 'prose', text: 'https://evil.example/x' },
    { kind: 'link', text: ' Event ID 7', url: 'https://console.example/7' },
  ] as const;
  expect(disarmedLine(line)).toBe(
    'See hxxps://evil[.]example/x Event ID 7 https://console.example/7',
  );
});
