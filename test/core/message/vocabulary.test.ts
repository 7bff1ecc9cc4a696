// The vendor's words in the reader's, and what becomes of one that nobody knows.
import { expect, it, test } from 'vitest';
import { createLanguage } from '../../../src/core/message/language.ts';
import { ownText, said } from '../../../src/core/message/vocabulary.ts';
import type { Product } from '../../../src/kit/product.ts';
import { shown } from './shown.ts';

const product: Product = {
  name: 'Example',
  streams: {},
  terms: {
    action: {
      STOPPED: { en: 'blocked', th: 'ถูกบล็อก' },
      SEEN: { en: 'NOT blocked', isBad: true },
    },
    type: { FILE: { en: 'File', isGeneric: true } },
  },
};
const english = { product, language: createLanguage('en', 'UTC') };
const thai = { product, language: createLanguage('th', 'UTC') };

it('says a known word in the reader’s language', () => {
  expect(shown(said('action', 'STOPPED', english)!.text)).toBe('blocked');
  expect(shown(said('action', 'STOPPED', thai)!.text)).toBe('ถูกบล็อก');
});

it('says it in English where the language has none, and strongly where it is bad', () => {
  expect(said('action', 'SEEN', thai)).toEqual({
    text: [{ kind: 'word', text: 'NOT blocked', isStrong: true }],
    isBad: true,
    isGeneric: false,
    isKnown: true,
    own: [{ kind: 'code', text: 'SEEN' }],
  });
});

test.each([null, undefined, '', ' '])('says nothing where the vendor says %j', (word) => {
  expect(said('action', word, english)).toBeUndefined();
});

test.each(['MELTED', 'constructor', '__proto__', '@channel'])('%s is the vendor’s own', (word) => {
  expect(said('action', word, english)).toEqual({
    text: [{ kind: 'code', text: word }],
    isBad: false,
    isGeneric: false,
    isKnown: false,
  });
});

it('shows the vendor’s own word beside what it means, cut where there is little room', () => {
  const known = said('action', 'STOPPED', english);
  expect(shown(ownText('STOPPED', known, 7))).toBe('`STOPPED`');
  expect(shown(ownText('STOPPED', known, 5))).toBe('`ST…ED`');
  expect(shown(ownText('MELTED', said('action', 'MELTED', english), 9))).toBe('`MELTED`');
  expect(ownText(undefined, undefined, 9)).toEqual([]);
});

it('takes a failure for bad in any vendor’s word', () => {
  expect(said('lastAction', 'ISOLATION_FAILED', english)!.isBad).toBe(true);
});

it('knows no word of a product that nobody knows', () => {
  const words = { product: undefined, language: english.language };
  expect(said('action', 'STOPPED', words)!.isKnown).toBe(false);
});
