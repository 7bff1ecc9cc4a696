// Expressions over JSON that others send: what they find, and what is refused when they are read.
import { describe, expect, test } from 'vitest';
import { compileJson, jsonExpression } from '../../src/kit/json-expression.ts';

const body = {
  host: 'pc-1',
  rule: { level: 12, 'a b': 'quoted' },
  list: [
    { k: 'x', open: true },
    { k: 'y', open: false },
  ],
  none: null,
};
const found = (text: string) => compileJson(text).evaluate({ body, item: body });

describe('an expression', () => {
  test.each([
    ['item.host', 'pc-1'],
    ['body.rule["a b"]', 'quoted'],
    ['item.rule.level >= 12 ? "HIGH" : "LOW"', 'HIGH'],
    ['item.rule.level == 12', true],
    ['item.host + "/" + string(item.rule.level)', 'pc-1/12'],
    ['item.list[0].k', 'x'],
    ['item.list.exists(x, x.k == "y")', true],
    ['has(item.nothing) ? item.nothing : item.host', 'pc-1'],
    ['item.host.startsWith("pc-")', true],
  ])('%s gives %s', (text, expected) => expect(found(text)).toEqual(expected));

  test('chooses items, and they stay the very same', () => {
    expect((found('body.list.filter(x, x.open)') as unknown[])[0]).toBe(body.list[0]);
  });

  test.each([
    'item.nothing',
    'item.host.deeper',
    'item.none + 1',
    'item.constructor',
    'item.__proto__',
  ])('%s gives nothing, and does not fail', (text) => expect(found(text)).toBeUndefined());
});

describe('a setting', () => {
  const faultOf = (text: string) =>
    jsonExpression(['item', 'body']).safeParse(text).error?.issues[0]?.message;

  test.each([
    ['item.', /Expected|identifier|character/i],
    ['itm.host', /there is no "itm": a field begins with item\. or body\./],
    ['item.host.matches("a+")', /there is no function "matches"/],
    ['item.a.contains(item.b)', /"contains" can look for a text in quotes alone/],
    ['item.a.map(x, item.b.map(y, y))', /"map" within another loop is not allowed/],
    [`item.${'a'.repeat(2000)}`, /longer than 2000 characters/],
    ['{"a": item.b}', /cannot be used/],
  ])('%s is refused with the reason', (text, reason) => expect(faultOf(text)).toMatch(reason));

  test('may ask only what there is', () => {
    expect(jsonExpression(['body']).safeParse('item.a').success).toBe(false);
    expect(jsonExpression(['body']).safeParse('body.a').success).toBe(true);
  });
});
