// The rows of a digest's card: what each says, and where the events are that have none.
import { describe, expect, it, test } from 'vitest';
import { cardOf, digestOf, startMs } from './digest-of.ts';
import { shown } from './shown.ts';

describe('the way to the rest', () => {
  const at = (link: string) => cardOf(digestOf(Array.from({ length: 20 }, () => ({ link }))));

  it('is the console that the rows lead to, in the title and behind the number', () => {
    const card = at('https://console.example/#/events/1203');
    expect(card.link).toBe('https://console.example/');
    expect(shown(card.table!.more!)).toBe('and 8 more at link<console.example>');
    expect(card.table!.more!.at(-1)).toMatchObject({ url: 'https://console.example/' });
  });

  it('keeps the path below which the console is', () => {
    const card = at('https://portal.example/di/#/events/1203');
    expect(card.link).toBe('https://portal.example/di/');
    expect(card.table!.more!.at(-1)).toMatchObject({ url: 'https://portal.example/di/' });
  });

  it('is each of several consoles, and none is the title’s', () => {
    const card = cardOf(
      digestOf(
        Array.from({ length: 20 }, (_, n) => ({ link: `https://console-${n % 2}.example/a` })),
      ),
    );
    expect(card.link).toBeUndefined();
    expect(shown(card.table!.more!)).toBe(
      'and 8 more at link<console-0.example>, link<console-1.example>',
    );
  });

  it('is not said where nobody knows it, or of too many consoles', () => {
    const many = Array.from({ length: 20 }, (_, n) => ({ link: `https://console-${n}.example/` }));
    const odd = [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'mailto:a@b.example',
      'https://',
      'x',
    ];
    const others = odd.map((link) => Array.from({ length: 20 }, () => ({ link })));
    for (const members of [Array.from({ length: 20 }, () => ({})), many, ...others])
      expect(shown(cardOf(digestOf(members)).table!.more!)).toBe('and 8 more');
  });
});

describe('the table', () => {
  const link = 'https://console.example/events/1203';

  it('names severity, type, device, file and time, with a link to the console, and how many more there are', () => {
    const all = Array.from({ length: 412 }, () => ({
      device: 'A',
      fileName: 'a.exe',
      itemId: '1203',
      link,
    }));
    const { columns, rows, more } = cardOf(digestOf(all)).table!;
    expect(rows).toHaveLength(12);
    expect(columns.map(shown)).toEqual(['Severity', 'Type', 'Device', 'File', 'Received', 'Event']);
    const [sign, type, device, file, time, event] = rows[0]!;
    expect([sign!, type!, device!, file!].map(shown)).toEqual(['🟡', '`PUA`', '`A`', '`a.exe`']);
    expect(shown(time!)).toBe('time<09:00:00>');
    expect(event).toEqual([{ kind: 'link', text: '1203', url: link }]);
    expect(shown(more!)).toBe('and 400 more at link<console.example>');
  });

  test.each([
    ['no link', undefined, '1'],
    ['a number of the vendor that is none', '@channel', '1'],
  ])('says Tocsin’s number for %s', (_title, itemId, expected) => {
    const [row] = cardOf(digestOf([itemId === undefined ? {} : { itemId }])).table!.rows;
    expect(shown(row!.at(-1)!)).toBe(expected);
  });

  it('says the day of each event if they are of several', () => {
    const digest = digestOf([{}, { receivedAtMs: startMs + 86_400_000 }]);
    const times = cardOf(digest).table!.rows.map((row) => shown(row[4]!));
    expect(times).toEqual(['time<2026-03-01 09:00:00 +07:00>', 'time<2026-03-02 09:00:00 +07:00>']);
  });

  it('has as many cells in each row as there are columns', () => {
    const { columns, rows } = cardOf(digestOf([{}, { device: 'A' }, { type: '' }])).table!;
    for (const row of rows) expect(row).toHaveLength(columns.length);
  });
});
