// JSON with the text of each of its parts: what JSON.parse reads, no more and no less.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { depthMax, parsePieces } from '../../src/kit/json-pieces.ts';

describe('a JSON text', () => {
  test('is read as JSON.parse reads it', () => {
    const spaced = fc
      .tuple(fc.json({ maxDepth: 5 }), fc.constantFrom(undefined, 1, '\t'))
      .map(([text, indent]) => JSON.stringify(JSON.parse(text), null, indent));
    fc.assert(
      fc.property(spaced, (text) => {
        expect(parsePieces(text).value).toEqual(JSON.parse(text));
      }),
    );
  });

  test('that is cut, or has a sign changed, is refused when JSON.parse refuses it', () => {
    const text = '{"a": [1, -2.5e3, "x\\u00e9\\n", true, null, {}], "b": {"c": []}}';
    const read = (part: string, parse: (text: string) => unknown) => {
      try {
        return JSON.stringify(parse(part));
      } catch {
        return 'refused';
      }
    };
    for (let at = 0; at <= text.length; at += 1) {
      const sign = fc.sample(fc.constantFrom('"', ',', '}', '0', '\u0001', ' '), 1)[0]!;
      for (const part of [text.slice(0, at), text.slice(0, at) + sign + text.slice(at + 1)])
        expect(
          read(part, (one) => parsePieces(one).value),
          part,
        ).toBe(read(part, JSON.parse));
    }
  });

  test('gives each object and list as it was written', () => {
    const items = ['{ "n" : 12345678901234567890 }', '[1,  2]', '{"n":1,"n":2}'];
    const pieces = parsePieces(`{"items":[ ${items.join(' ,\n')} ]}`);
    const { items: read } = pieces.value as { items: unknown[] };
    expect(read.map((item) => pieces.sourceOf(item))).toEqual(items);
    expect(pieces.sourceOf('text')).toBeUndefined();
  });

  test('sets no prototype', () => {
    const { value } = parsePieces('{"__proto__": {"isAdmin": true}}');
    expect((value as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(Object.keys(value as object)).toEqual(['__proto__']);
  });

  test('has its long texts cut, and their sources whole', () => {
    const pieces = parsePieces('{"a":"12345"}', 3);
    expect(pieces.value).toEqual({ a: '123' });
    expect(pieces.sourceOf(pieces.value)).toBe('{"a":"12345"}');
  });

  test.each([
    ['just as deep as is allowed', depthMax, true],
    ['one level deeper', depthMax + 1, false],
    ['a million levels deep', 1_000_000, false],
  ])('%s is read: %s %s', (_what, depth, isRead) => {
    const parse = () => parsePieces('['.repeat(depth) + ']'.repeat(depth));
    if (isRead) parse();
    else expect(parse).toThrow(/nested more than 200 levels deep/);
  });
});
