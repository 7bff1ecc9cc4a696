// A card that is short however it is rendered is not weighed; any other is.
import { describe, expect, it } from 'vitest';
import { fitted } from '../../../src/core/message/fit.ts';
import { type Card, type Limits, word } from '../../../src/kit/card.ts';

function cardOf(length: number, url = 'https://a.example'): Card {
  return {
    kind: 'event',
    severity: 4,
    sign: '🟠',
    level: 'HIGH',
    title: [word('T')],
    headline: [word('H')],
    remarks: [],
    fields: [],
    details: [{ name: [word('N')], value: [{ kind: 'code', text: 'x'.repeat(length) }] }],
    table: { columns: [], rows: [[[{ kind: 'link', text: '1', url }]]] },
    footer: [word('F')],
  };
}

function weighed(card: Card, limits: Partial<Limits>): number {
  let count = 0;
  const weigh: Limits['weigh'] = ({ text }) => {
    count += 1;
    return text.length * 3;
  };
  fitted(card, { total: 1_000, value: 500, weigh, ...limits });
  return count;
}

describe('a card', () => {
  it('that is short beyond doubt is not weighed', () => {
    expect(weighed(cardOf(100), { growthMax: 3 })).toBe(0);
  });

  it('is counted by what is known of a field that stands in many cards', () => {
    const [field] = cardOf(100).details;
    const constantOf = (units: number): Card => ({
      ...cardOf(100),
      details: [{ ...field!, constant: { units } }],
    });
    expect(weighed(constantOf(100), { growthMax: 3 })).toBe(0);
    expect(weighed(constantOf(400), { growthMax: 3 })).toBeGreaterThan(0);
    // A field of more than one value may hold could have one that is too long.
    expect(weighed(constantOf(100), { growthMax: 3, value: 99 })).toBeGreaterThan(0);
  });

  it.each([
    ['is weighed if nobody says how much it can grow', cardOf(100), {}],
    ['is weighed if it could grow too long', cardOf(400), { growthMax: 3 }],
    ['is weighed if a value is longer than one may be', cardOf(100), { growthMax: 3, value: 99 }],
    [
      'is weighed if a link of it is long',
      cardOf(10, `https://a.example/${'b'.repeat(400)}`),
      { growthMax: 3 },
    ],
  ])('%s', (_title, card, limits) => {
    expect(weighed(card, limits)).toBeGreaterThan(0);
  });

  it('is the same either way', () => {
    for (const length of [10, 100, 200, 300, 499]) {
      const limits = {
        total: 1_000,
        value: 400,
        weigh: ({ text }: { text: string }) => text.length,
      };
      const card = cardOf(length);
      expect(fitted(card, { ...limits, growthMax: 3 })).toEqual(fitted(card, limits));
    }
  });
});
