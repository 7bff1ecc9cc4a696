// The texts of items, cut out of a page: the same objects as JSON.parse gives, and the very bytes
// that came.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutMembers, cutPage } from '../../../src/sources/deepinstinct/cut.ts';

const limits = { elementsMax: 100, othersMax: 100 };
const cutElements = (json: string, key: string) =>
  cutPage(json, key, limits)?.elements?.map(({ text }) => text);

/** JSON text of a value with random blanks and escapes, as no serialiser of ours would write it. */
function spelt(value: unknown): fc.Arbitrary<string> {
  const blank = fc.constantFrom('', ' ', '\n', '\r\n\t ', '  ');
  const join = (open: string, parts: fc.Arbitrary<string>[], close: string): fc.Arbitrary<string> =>
    fc
      .tuple(
        blank,
        ...parts.map((part) => fc.tuple(blank, part, blank).map((texts) => texts.join(''))),
      )
      .map(([inner, ...texts]) => open + (texts.length === 0 ? inner : texts.join(',')) + close);
  if (Array.isArray(value)) return join('[', value.map(spelt), ']');
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, item]) =>
      fc
        .tuple(text(key), blank, blank, spelt(item))
        .map(([name, a, b, its]) => `${name}${a}:${b}${its}`),
    );
    return join('{', members, '}');
  }
  return typeof value === 'string' ? text(value) : fc.constant(JSON.stringify(value));
}

function text(value: string): fc.Arbitrary<string> {
  const escaped = [...Array(value.length).keys()].map(
    (index) => `\\u${value.charCodeAt(index).toString(16).padStart(4, '0')}`,
  );
  return fc.constantFrom(JSON.stringify(value), `"${escaped.join('')}"`);
}

const hostile = fc.string({
  unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'events', '\u0000', 'ก', ' '),
});
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    hostile,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(null, true, false, '', {}, []),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(hostile, tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('cutting a page', () => {
  test('gives texts that parse to what JSON.parse sees, whatever the page', () => {
    const pages = fc
      .tuple(fc.dictionary(hostile, value, { maxKeys: 3 }), fc.array(value, { maxLength: 6 }))
      .chain(([others, events]) =>
        fc.tuple(spelt({ ...others, events, last_id: 7 }), fc.constant(events)),
      );
    fc.assert(
      fc.property(pages, ([json, events]) => {
        const seen = (JSON.parse(json) as { events: unknown[] }).events;
        expect(seen).toHaveLength(events.length);
        const texts = cutElements(json, 'events');
        expect(texts?.map((cut) => JSON.parse(cut))).toEqual(seen);
        for (const cut of texts ?? []) expect(json).toContain(cut);
      }),
      { numRuns: 500 },
    );
  });

  test('keeps every byte of an item: blanks, escapes, order and repeated keys', () => {
    const item = '{ "b" :1.50e1,\n "a":"\\u0041\\/\\ud83d" , "a" : "\\\\" }';
    expect(cutElements(`{"last_id": 1, "events": [ ${item} ,\t${item}]}`, 'events')).toEqual([
      item,
      item,
    ]);
  });

  test('takes the last of several lists, as JSON.parse does, and none that is nested or in a text', () => {
    const json = '{"a":{"events":[1]},"events":[2],"b":"\\"events\\":[3]","\\u0065vents":[4, 5]}';
    expect((JSON.parse(json) as { events: unknown }).events).toEqual([4, 5]);
    expect(cutElements(json, 'events')).toEqual(['4', '5']);
    expect(cutElements('{"events":[1],"events":null}', 'events')).toBeUndefined();
  });

  test('counts what an element costs, whatever is in its texts', () => {
    const page = cutPage(
      '{"events":[1,"a,[{,",{"a":[1,2],"b":"]\\\\","c":{}},[]],"x":[1,2,3]}',
      'events',
      limits,
    );
    expect(page?.elements?.map(({ values }) => values)).toEqual([0, 0, 6, 1]);
    expect(page?.otherValues).toBe(5);
  });

  test('stops at more elements, or at more beside them, than it may look at', () => {
    const page = (elements: number, others: number) =>
      `{"events":[${Array(elements).fill('{}')}],"x":[${Array(others).fill('1')}]}`;
    expect(cutPage(page(100, 90), 'events', limits)?.isWhole).toBe(true);
    expect(cutPage(page(101, 0), 'events', limits)).toBeUndefined();
    expect(cutPage(page(0, 101), 'events', limits)).toBeUndefined();
    expect(cutPage('{"events":[]'.repeat(200), 'events', limits)?.isWhole ?? false).toBe(false);
  });

  test('a text that ends anywhere before its last brace is not whole', () => {
    const page = '{"last_id":1,"events":[{"id":1,"a":"}]}"},[2]]}';
    for (let end = 0; end < page.length; end += 1) {
      expect(
        cutPage(page.slice(0, end), 'events', limits)?.isWhole ?? false,
        page.slice(0, end),
      ).toBe(false);
    }
    expect(cutPage(`${page} \n`, 'events', limits)?.isWhole).toBe(true);
    expect(cutPage(`${page}}`, 'events', limits)?.isWhole).toBe(false);
  });

  test('finds members of an object that does not parse', () => {
    const text = '{"a":{"id":1},"x":NaN,,"id": 7 ,"t":"a\tb","id":8,}';
    expect([...cutMembers(text, ['id', 'x', 'none'])]).toEqual([
      ['x', 'NaN'],
      ['id', '7'],
    ]);
    expect(cutMembers('[1]', ['id']).size).toBe(0);
  });

  test('finds no list where there is none', () => {
    for (const json of ['{}', ' { } ', '{"events":{}}', '{"events":"[1]"}', '{"event":[1]}']) {
      expect(cutElements(json, 'events')).toBeUndefined();
    }
    expect(cutElements('{"events":[]}', 'events')).toEqual([]);
  });
});
