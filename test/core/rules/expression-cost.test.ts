// What an expression may cost at most, by its shape.
import { describe, expect, test } from 'vitest';
import { compileExpression, parseExpression } from '../../../src/core/rules/expression.ts';
import { costMax, costOf } from '../../../src/core/rules/expression-cost.ts';
import { entryMax, listMax, textMax } from '../../../src/core/rules/rule-event.ts';

const cost = (text: string) => costOf(parseExpression(text));

describe('the cost', () => {
  test('of a search is the product of both lengths, beside what it takes to get the texts', () => {
    const literal = cost('event.type.contains("abcd")');
    expect(literal - 4 * textMax).toBeGreaterThanOrEqual(textMax);
    expect(literal).toBeLessThan(6 * textMax);
    expect(cost('event.type.contains(event.comment)')).toBeGreaterThanOrEqual(textMax * textMax);
  });

  test('of all else grows with the sum of the lengths', () => {
    for (const text of ['event.type == event.comment', 'event.type.startsWith(event.comment)'])
      expect(cost(text), text).toBeLessThan(5 * textMax);
  });

  test('of a loop is that of its condition, as often as there may be entries', () => {
    const once = cost('event.type.contains("abcd")');
    const loop = cost('event.techniques.exists(t, event.type.contains("abcd"))');
    expect(loop).toBeGreaterThanOrEqual(listMax * once);
    expect(loop).toBeLessThan((listMax + 1) * once);
    const written = cost('["a", "b", "c"].exists(t, event.type.contains("abcd"))');
    expect(written).toBeGreaterThanOrEqual(3 * once);
    expect(written).toBeLessThan(4 * once);
  });

  test('of an entry is that of a short text, not of a field', () => {
    const entry = cost('event.techniques.exists(t, event.type.contains(t))');
    expect(entry).toBeGreaterThanOrEqual(listMax * textMax * entryMax);
    expect(entry).toBeLessThan(listMax * textMax * (entryMax + 5));
  });

  test('of a choice counts its longest branch', () => {
    const short = cost('event.type.contains(event.severity > 3 ? "a" : "b")');
    const long = cost('event.type.contains(event.severity > 3 ? "a" : event.comment)');
    expect(short).toBeLessThan(9 * textMax);
    expect(long).toBeGreaterThanOrEqual(textMax * textMax);
  });
});

test('four searches for one long text in another are let through, and a fifth is not', () => {
  const searches = (count: number) =>
    Array(count).fill('event.type.contains(event.comment)').join(' || ');
  expect(cost(searches(4))).toBeLessThanOrEqual(costMax);
  expect(cost(searches(5))).toBeGreaterThan(costMax);
  expect(() => compileExpression(searches(4))).not.toThrow();
  expect(() => compileExpression(searches(5))).toThrow();
});
