// Patterns for names: compared with a regular expression on short texts, and quick on long and hostile ones.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGlob } from '../../../src/core/rules/glob.ts';

const escaped = (text: string) => text.replace(/[.+^${}()|[\]\\/-]/g, '\\$&');
const reference = (pattern: string) =>
  new RegExp(`^${escaped(pattern.toLowerCase()).replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`);

test('a pattern fits what a regular expression made from it fits', () => {
  const short = (letters: string) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });
  fc.assert(
    fc.property(short('aB.*?-'), short('aAbB.-\n'), (pattern, text) => {
      fc.pre(pattern.trim() !== '');
      expect(compileGlob(pattern)(text)).toBe(reference(pattern).test(text.toLowerCase()));
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ['SRV-*', 'srv-dc01', true],
  ['SRV-*', 'xsrv-dc01', false],
  ['*-DC??', 'BKK-dc01', true],
  ['*-DC??', 'BKK-dc001', false],
  ['*.acme.example', 'host.acme.example', true],
  ['a*a', 'a', false],
  ['ร้าน*', 'ร้านกาแฟ', true],
])('%s and %s: %s', (pattern, text, fits) => {
  expect(compileGlob(pattern)(text)).toBe(fits);
});

test('a hostile pattern and a hostile name cost no more than their lengths', () => {
  const name = 'a'.repeat(100_000);
  const startedAt = performance.now();
  expect(compileGlob('*a?'.repeat(30).concat('*b'))(name)).toBe(false);
  expect(compileGlob(`${'*a'.repeat(80)}b`)(name)).toBe(false);
  // Seconds lie between this and an exponential one.
  expect(performance.now() - startedAt).toBeLessThan(2000);
});

test('a pattern of nothing, or a very long one, is refused', () => {
  expect(() => compileGlob('  ')).toThrow('is empty');
  expect(() => compileGlob('a'.repeat(201))).toThrow('is longer than 200 characters');
});
