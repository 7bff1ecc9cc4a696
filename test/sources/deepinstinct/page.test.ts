// What counts as a page, and what a page tells.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalise } from '../../../src/sources/deepinstinct/normalise.ts';
import {
  EnvelopeError,
  numberOf,
  parsePage,
  type WireItem,
} from '../../../src/sources/deepinstinct/page.ts';

describe('a page', () => {
  test.each([
    '{}',
    '{"events":[]}',
    '{"last_id":null,"events":[]}',
    '{"last_id":null}',
    '{"last_id":0,"events":null}',
    '{"last_id":"","events":[]}',
  ])('%s is the end', (body) => {
    expect(parsePage(body)).toEqual({ items: [], firstId: undefined, newestId: undefined });
  });

  test.each([
    ['', /no JSON/],
    ['{"events":[{"id":1}', /no JSON, or is cut/],
    ['<html><body>Sign in</body></html>', /a web page/],
    ['null', /no object/],
    ['[{"id":1}]', /no object/],
    ['"events"', /no object/],
    ['{"msg":"Token has expired"}', /without a list of events/],
    ['{"devices":[],"last_id":3}', /without a list of events/],
    ['{"last_id":3}', /without a list of events/],
    ['{"events":{"id":1}}', /no list/],
    ['{"events":"none"}', /no list/],
    ['{"events":[],"last_id":"next"}', /last_id that is no number/],
    ['{"events":[],"last_id":-1}', /last_id that is no number/],
    ['{"events":[],"last_id":[]}', /last_id that is no number/],
    ['{"events":[],"last_id":false}', /last_id that is no number/],
  ])('%s is none', (body, message) => {
    expect(() => parsePage(body)).toThrow(EnvelopeError);
    expect(() => parsePage(body)).toThrow(message);
  });

  test('is put into the order of its numbers, and still knows which came first', () => {
    const page = parsePage('{"events":[{"id":9},{"x":1},{"id":"7"},{"id":8}],"last_id":8}');
    expect(page.items.map((item) => item.id)).toEqual([7, 8, 9, undefined]);
    expect(page).toMatchObject({ firstId: 9, newestId: 9 });
  });

  test('reaches as far as its items, whatever last_id says', () => {
    expect(parsePage('{"events":[{"id":9}],"last_id":12}')).toMatchObject({
      newestId: 9,
      lastId: 12,
    });
    expect(parsePage('{"events":[],"last_id":"12"}')).toMatchObject({
      newestId: undefined,
      lastId: 12,
    });
    expect(parsePage('{"events":[null],"last_id":12}')).toMatchObject({
      newestId: undefined,
      lastId: 12,
    });
  });

  test('takes the last of two lists of events, with its bytes', () => {
    const page = parsePage('{"events":[{"id":1}],"events":[{"id":  2}]}');
    expect(page.items).toMatchObject([{ id: 2, raw: '{"id":  2}' }]);
  });
});

test('a number of an item is a whole number from 1 up to where two would look the same', () => {
  expect([1, '1', 2_147_483_648, '007', Number.MAX_SAFE_INTEGER].map(numberOf)).toEqual([
    1, 1, 2_147_483_648, 7, 9_007_199_254_740_991,
  ]);
  for (const none of [
    0,
    -1,
    1.5,
    2 ** 53,
    '9007199254740993',
    '',
    ' 1',
    '0x1',
    '1e3',
    null,
    undefined,
    true,
    [],
    {},
  ]) {
    expect(numberOf(none)).toBeUndefined();
  }
});

/** What serialisers and proxies write that is no JSON, in place of a value. */
const badValues: readonly (readonly [string, string])[] = [
  ['NaN', 'NaN'],
  ['Infinity', 'Infinity'],
  ['a negative infinity', '-Infinity'],
  ['a minus alone', '-'],
  ['leading zeros', '007'],
  ['a fraction without digits', '1.'],
  ['a raw tab in a text', '"a\tb"'],
  ['a raw line break in a text', '"a\nb"'],
  ['a control character in a text', '"a\u0001b"'],
  ['an unknown escape', '"C:\\Temp"'],
  ['half an escape', '"\\u12"'],
  ['nothing', ''],
  ['Python', 'None'],
  ['a list with a trailing comma', '[1,]'],
  ['an object with a trailing comma', '{"a":1,}'],
  ['a word without quotes', 'undefined'],
];

describe('a page with one event that is no JSON', () => {
  const good = (id: number) => `{"id":${id},"type":"STATIC_ANALYSIS","path":"C:\\\\a,[{\\"b"}`;

  test.each(badValues)(
    '%s: the others are as they are, and it is kept with its bytes',
    (_name, value) => {
      const bad = `{"id":12,"type":"STATIC_ANALYSIS","file_size":${value},"status":"OPEN"}`;
      const page = parsePage(`{"last_id":13,"events":[${good(11)}, ${bad} ,${good(13)}]}`);
      expect(page).toMatchObject({ firstId: 11, newestId: 13 });
      expect(page.items).toEqual([
        { value: JSON.parse(good(11)), raw: good(11), id: 11, at: null },
        { value: undefined, raw: bad, id: 12, at: null },
        { value: JSON.parse(good(13)), raw: good(13), id: 13, at: null },
      ]);
      const draft = normalise(page.items[1]!, {
        stream: 'event',
        link: 'https://console.example/',
      });
      expect(draft).toMatchObject({
        externalId: '12',
        type: 'UNRECOGNISED',
        severity: 0,
        body: { itemId: '12' },
      });
      expect(Buffer.from(JSON.parse(draft.raw).base64, 'base64').toString()).toBe(bad);
    },
  );

  test.each([
    ['its number', '{"id":012,"a":1}', 12],
    ['its number in quotes', '{"a":NaN,"id":"12"}', 12],
    ['a number behind what is broken', '{"a":{"id":7,"b":NaN},"id": 12 }', 12],
    ['no number where there is none', '{"id":NaN,"a":1}', undefined],
    ['no number of what is no object', 'NaN', undefined],
    ['no number past 2^53', '{"id":9007199254740993,"a":NaN}', undefined],
  ])('%s is read', (_name, bad, id) => {
    const page = parsePage(`{"events":[${good(11)},${bad}],"last_id":13}`);
    const found = page.items.find((item) => item.raw === bad);
    expect(found).toMatchObject({ id, value: undefined });
    const draft = normalise(found!, { stream: 'event', link: 'https://console.example/' });
    expect(draft.externalId).toMatch(id === undefined ? /^sha256:[0-9a-f]{64}$/ : /^12$/);
    expect(page).toMatchObject({ newestId: id ?? 11, lastId: 13 });
  });

  test('commas too many or too few around events change nothing', () => {
    const page = parsePage(`{"events":[${good(11)} ${good(12)},,${good(13)},],"last_id":13,}`);
    expect(page.items.map(({ id }) => id)).toEqual([11, 12, 13]);
    expect(page.items.every(({ value }) => value !== undefined)).toBe(true);
  });

  test('a last_id that is no JSON counts for nothing beside events, and is no end of the list', () => {
    expect(parsePage(`{"last_id":NaN,"events":[${good(11)}]}`)).toMatchObject({ newestId: 11 });
    expect(() => parsePage('{"last_id":NaN,"events":[]}')).toThrow(/last_id that is no number/);
  });

  test('a page that ends too early is none, wherever it is cut', () => {
    const page = `{"last_id":13,"events":[${good(11)},{"id":12,"a":NaN,"b":"]}"},${good(13)}]}`;
    for (let end = 0; end < page.length; end += 1) {
      expect(() => parsePage(page.slice(0, end)), page.slice(0, end)).toThrow(EnvelopeError);
    }
  });

  test('a model of recorded pages: whatever is broken inside events, each of the others is as JSON.parse has it', () => {
    const bodies = ['events-2.3', 'events-5', 'suspicious-events-5'].map((name) =>
      readFileSync(new URL(`../../fixtures/deepinstinct/${name}.json`, import.meta.url), 'utf8'),
    );
    const broken = fc.record({
      body: fc.constantFrom(...bodies),
      places: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
      value: fc.constantFrom(...badValues.map(([, value]) => value)),
    });
    fc.assert(
      fc.property(broken, ({ body, places, value }) => {
        const { events } = JSON.parse(body) as { events: { id: number }[] };
        const texts = events.map((event) => JSON.stringify(event));
        const chosen = new Set(places.map((place) => place % events.length));
        for (const at of chosen) texts[at] = breakOne(texts[at]!, places[0]!, value);
        const page = parsePage(`{"last_id":1,"events":[${texts.join(',\n')}]}`);
        const found = new Map(page.items.map((item) => [item.raw, item]));
        expect(found.size).toBe(events.length);
        events.forEach((event, at) => {
          const expected = chosen.has(at)
            ? { id: event.id, value: undefined }
            : { id: event.id, value: event };
          expect(found.get(texts[at]!)).toMatchObject(expected);
        });
      }),
      { numRuns: 200 },
    );
  });

  test('a model of any damage: no event that is found has a value that its bytes do not say', () => {
    const body = readFileSync(
      new URL('../../fixtures/deepinstinct/events-5.json', import.meta.url),
      'utf8',
    );
    const damage = fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat(3),
        fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '\t', 'NaN', '0', ''),
      ),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(damage, (changes) => {
        let text = body;
        for (const [place, length, put] of changes) {
          const at = place % text.length;
          text = text.slice(0, at) + put + text.slice(at + length);
        }
        let items: readonly WireItem[] = [];
        try {
          items = parsePage(text).items;
        } catch (error) {
          expect(error).toBeInstanceOf(EnvelopeError);
        }
        for (const { raw, value } of items) {
          expect(text).toContain(raw);
          if (value !== undefined) expect(JSON.parse(raw)).toEqual(value);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** The value of one of its own members becomes another; never that of `id`, which is the first. */
function breakOne(text: string, place: number, value: string): string {
  const members = Object.entries(JSON.parse(text) as Record<string, unknown>);
  const at = 1 + (place % (members.length - 1));
  const written = members.map(
    ([key, its], index) => `"${key}":${index === at ? value : JSON.stringify(its)}`,
  );
  return `{${written.join(',')}}`;
}

describe('what a page costs', () => {
  test('more than a thousand events are none', () => {
    const page = (count: number) => `{"last_id":1,"events":[${Array(count).fill('{"id":1}')}]}`;
    expect(parsePage(page(1000)).items).toHaveLength(1000);
    expect(() => parsePage(page(1001))).toThrow(/more than 1000 events/);
    expect(() => parsePage(`{"events":[],"x":[${Array(2000).fill('0')}]}`)).toThrow(
      /more than 1000 values beside/,
    );
    expect(() => parsePage(`[${Array(2000).fill('0')}]`)).toThrow(/no object/);
  });

  test('an event with a million members keeps its number and its bytes, and is not parsed', () => {
    const members = Array.from({ length: 1_000_000 }, (_, index) => `"k${index}":0`).join(',');
    const raw = `{"id":2,"type":"STATIC_ANALYSIS",${members}}`;
    const { items } = parsePage(`{"last_id":3,"events":[{"id":1},${raw},{"id":3}]}`);
    expect(items.map(({ id, value }) => [id, value !== undefined])).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
    expect(items[1]?.raw).toBe(raw);
  });

  test('of many heavy events only the light ones are parsed', () => {
    const heavy = (id: number) => `{"id":${id},"a":[${Array(15_000).fill('0')}]}`;
    const page = (count: number) =>
      parsePage(
        `{"events":[{"id":1},${Array.from({ length: count }, (_, index) => heavy(index + 2))}]}`,
      );
    expect(page(10).items.every(({ value }) => value !== undefined)).toBe(true);
    expect(page(20).items.map(({ value }) => value !== undefined)).toEqual([
      true,
      ...Array(20).fill(false),
    ]);
  });
});
