// The title of an alert: short enough whatever the headline is, and never a link.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Card, word } from '../../src/kit/card.ts';
import { titleLine } from '../../src/kit/title-line.ts';
import { linkedText } from '../contract/syntaxes/plain.ts';

function cardOf(text: string): Card {
  const headline = [word('Ransomware on '), { kind: 'code', text } as const];
  const rest = { title: [], remarks: [], fields: [], details: [], footer: [] };
  return { ...rest, headline, kind: 'event', severity: 5, sign: '🔴', level: 'CRITICAL' };
}

test('a short headline stands whole behind its severity', () => {
  expect(titleLine(cardOf('PC-1'), 130)).toBe('🔴 CRITICAL · Ransomware on PC-1');
});

test('a long one keeps its beginning and its end', () => {
  const line = titleLine(cardOf(`C:\\${'a'.repeat(500)}\\x.exe`), 130);
  expect(line).toMatch(/^🔴 CRITICAL · Ransomware on “C:.*….*\\x\.exe”$/);
  expect(line.length).toBeLessThanOrEqual(130);
});

test('it is within its limit, and no cut makes a link', () => {
  const piece = fc.constantFrom('http://a.b', 'www.a.b', 'x', '://', '😀', '.', 'hxxp://', ' ');
  const texts = fc.array(piece, { maxLength: 80 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(texts, fc.integer({ min: 40, max: 260 }), (text, unitsMax) => {
      const line = titleLine(cardOf(text), unitsMax);
      expect(line.length).toBeLessThanOrEqual(unitsMax);
      expect(linkedText(line).active).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
