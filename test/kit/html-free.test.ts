// Text that a browser shows as it is, whether it reads it as HTML or not.
import fc from 'fast-check';
import { parseFragment } from 'parse5';
import { expect, test } from 'vitest';
import { htmlFree } from '../../src/kit/html-free.ts';

test('a browser finds nothing in it but the text', () => {
  const piece = fc.constantFrom('<', '>', '&', '&amp', '&lt;', '#x3c;', 'b', '/', '!--', ' ', '"');
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
      const text = htmlFree(pieces.join(''));
      const expected = [expect.objectContaining({ nodeName: '#text', value: text })];
      expect(parseFragment(text).childNodes).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});

test('what is none of it stays', () => {
  expect(htmlFree('R & D, 2 && 3, a.b')).toBe('R & D, 2 && 3, a.b');
});
