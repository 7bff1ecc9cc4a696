// Which product an event is of, and what people are told of it.
import { describe, expect, it, test } from 'vitest';
import { createProductOf, onlyProduct, type Product, streamWords } from '../../src/kit/product.ts';

const words = (title: string) => ({ title, number: `${title} No.` });
const bell: Product = {
  name: 'Bell',
  streams: { alarm: { en: words('Alarm'), th: words('เตือน') }, shared: { en: words('Bell') } },
};
const horn: Product = { name: 'Horn', streams: { shared: { en: words('Horn') } } };

describe('the product of an event', () => {
  const definitions = { bell: { product: bell }, horn: { product: horn }, generic: {} };
  const productOf = createProductOf(
    [
      { id: 'north', type: 'bell' },
      { id: 'south', type: 'horn' },
      { id: 'east', type: 'generic' },
      { id: 'west', type: 'no_such_type' },
    ],
    definitions,
  );

  test.each([
    ['is that of its source', 'north', 'alarm', bell],
    ['is that of its source, whatever the stream', 'south', 'alarm', horn],
    [
      'is none if the source names none, although another has such a stream',
      'east',
      'alarm',
      undefined,
    ],
    ['is none if nobody knows the type', 'west', 'alarm', undefined],
    ['of a source that is gone is the only one with such a stream', 'gone', 'alarm', bell],
    ['of a source that is gone is none if two have such a stream', 'gone', 'shared', undefined],
    ['of a source that is gone is none if none has such a stream', 'gone', 'notice', undefined],
    ['is found by own names alone', 'gone', 'constructor', undefined],
  ])('%s', (_, source, stream, product) => {
    expect(productOf({ source, stream })).toBe(product);
  });
});

describe('the words for a stream', () => {
  test.each([
    ['in the language that is asked for', bell, 'alarm', 'th', words('เตือน')],
    ['in English where the language is missing', bell, 'shared', 'th', words('Bell')],
    ['are none for a stream that is not named', bell, 'other', 'en', undefined],
    ['are none without a product', undefined, 'alarm', 'en', undefined],
  ])('%s', (_, product, stream, locale, found) => {
    expect(streamWords(product, stream, locale)).toEqual(found);
  });
});

describe('the only product', () => {
  const definitions = { a: { product: bell }, b: { product: bell }, c: { product: horn }, d: {} };
  const of = (...types: string[]) =>
    onlyProduct(
      types.map((type) => ({ type })),
      definitions,
    );

  it('is that of all sources', () => {
    expect(of('a')).toBe(bell);
    expect(of('a', 'b')).toBe(bell);
  });

  it('is none where one of them has another, or none', () => {
    for (const types of [['a', 'c'], ['a', 'd'], ['d'], []]) expect(of(...types)).toBeUndefined();
  });
});
