// A card fits what a sink can hold, and keeps what matters most.
import { expect, it, test } from 'vitest';
import { fitted } from '../../../src/core/message/fit.ts';
import { type Card, type Limits, plainText, word } from '../../../src/kit/card.ts';

const value = (text: string) => [{ kind: 'code', text } as const];

const card: Card = {
  kind: 'event',
  severity: 4,
  sign: '🟠',
  level: 'HIGH',
  title: [word('Event ID 1')],
  headline: [word('Ransomware on '), ...value('PC-1')],
  remarks: [[word('Delayed.')]],
  fields: [{ name: [word('Device')], value: value('PC-1') }],
  details: [
    { name: [word('Path')], value: value(`C:\\${'a'.repeat(3_000)}\\file.exe`) },
    { name: [word('Script')], value: value('b'.repeat(3_000)) },
  ],
  table: { columns: [[word('Event')]], rows: [[value('c'.repeat(500))]] },
  footer: [word('Tocsin')],
};

function size({ title, headline, remarks, fields, details, table, footer }: Card): number {
  const cells = [...(table?.columns ?? []), ...(table?.rows ?? []).flat()];
  const named = [...fields, ...details].flatMap(({ name, value }) => [name, value]);
  return [title, headline, footer, ...remarks, ...named, ...cells].map(plainText).join('').length;
}

it('is the same card if there is room', () => {
  expect(fitted(card, { total: 20_000, value: 5_000 })).toBe(card);
});

it('cuts values that are longer than one may be, and keeps their ends', () => {
  const path = fitted(card, { total: 20_000, value: 100 }).details[0]!;
  expect(plainText(path.value)).toHaveLength(100);
  expect(plainText(path.value)).toMatch(/^C:\\a+…a+\\file\.exe$/);
});

test.each([20_000, 5_000, 2_500, 1_000, 400, 200, 120])('holds %d at most', (total) => {
  const fit = fitted(card, { total, value: 5_000 });
  expect(size(fit)).toBeLessThanOrEqual(total);
  expect(fit.headline).toEqual(card.headline);
});

it('leaves out details before fields', () => {
  const fit = fitted(card, { total: 200, value: 5_000 });
  expect(fit.details).toEqual([]);
  expect(fit.fields).toHaveLength(1);
});

it('counts what became of the event, and keeps it', () => {
  const state = { kind: 'acknowledged', text: [word(`by ana ${'x'.repeat(300)}`)] } as const;
  const limits = { total: 4_000, value: 5_000 };
  const [plain, told] = [fitted(card, limits), fitted({ ...card, state }, limits)];
  expect(told.state).toBe(state);
  expect(size(told)).toBeLessThanOrEqual(size(plain));
  expect(size(told) + 300).toBeLessThanOrEqual(4_000);
});

it('counts as the sink counts', () => {
  const weigh: Limits['weigh'] = ({ text }) => text.length * 5;
  const fit = fitted(card, { total: 10_000, value: 5_000, weigh });
  expect(size(fit)).toBeLessThanOrEqual(2_000);
});

it('weighs what a table says of the rest', () => {
  const table = { columns: [], rows: [], more: [word('and 40 more '.repeat(50))] };
  const fits = fitted({ ...card, details: [], table }, { total: 400, value: 1_000 });
  expect(fits.table).toBeUndefined();
});
