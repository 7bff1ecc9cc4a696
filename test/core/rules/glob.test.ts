// Patterns for names: compared with a regular expression on short texts, and quick on long and
// hostile ones.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGlob } from '../../../src/core/rules/glob.ts';
import { cpuMs } from '../../support/stopwatch.ts';

const escaped = (text: string) => text.replace(/[.+^${}()|[\]\\/]/g, '\\$&');
const reference = (pattern: string) =>
  new RegExp(`^${escaped(pattern).replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`, 'iu');

test('a pattern fits what a regular expression made from it fits', () => {
  const short = (...letters: string[]) =>
    fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });
  const pattern = short('a', 'B', '.', '*', '*', '?', '-', '(', '[', '\\', '$', '🐟', 'Σ');
  const name = short('a', 'A', 'b', 'B', '.', '-', '(', '[', '\\', '$', '\n', '🐟', 'σ', 'ς');
  fc.assert(
    fc.property(pattern, name, (pattern, name) => {
      fc.pre(pattern.trim() !== '');
      expect(compileGlob(pattern)(name)).toBe(reference(pattern).test(name));
    }),
    { numRuns: 5000 },
  );
});

const write: Record<string, (text: string) => string> = {
  asItIs: (text) => text,
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  eachCharacter: (text) => text.replace(/./gsu, '?'),
  whole: () => '*',
};

test('a pattern made from a name, parts of it replaced, fits the name', () => {
  const unit = fc.constantFrom('a', 'B', '.', '🐟', 'Σ', 'ร', '้');
  const piece = fc.record({
    text: fc.string({ unit, maxLength: 3 }),
    as: fc.constantFrom(...Object.keys(write)),
  });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
      const pattern = pieces.map(({ text, as }) => write[as]!(text)).join('');
      fc.pre(pattern !== '');
      expect(compileGlob(pattern)(pieces.map(({ text }) => text).join(''))).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['SRV-*', 'srv-dc01', true],
  ['SRV-*', 'xsrv-dc01', false],
  ['*-DC??', 'BKK-dc01', true],
  ['*-DC??', 'BKK-dc001', false],
  ['*.acme.example', 'host.acme.example', true],
  ['a*a', 'a', false],
  ['*ab*ab', 'xab', false],
  ['ΟΔΟΣ*', 'οδοσα', true],
  ['PC-?', 'pc-🐟', true],
  ['PC-??', 'pc-🐟', false],
  ['*a?b*', 'xa🐟b', true],
  ['*a?b*', 'xa\nby', true],
  ['ร้าน*', 'ร้านกาแฟ', true],
])('%s and %s: %s', (pattern, text, fits) => {
  expect(compileGlob(pattern)(text)).toBe(fits);
});

// Seconds lie between what these take and what they take by backtracking. The first, which
// backtracking would end at all, goes first.
test.each([
  '*a*b',
  '*a*a*a*a*b',
  `${'*a?'.repeat(30)}*b`,
  `*${'a'.repeat(198)}b`,
  `*${'?'.repeat(90)}b*a`,
  'a*b',
])('a hostile name costs %s no more than their lengths', async (pattern) => {
  const name = 'a'.repeat(100_000);
  const isFitting = compileGlob(pattern);
  expect(await cpuMs(() => expect(isFitting(name)).toBe(false))).toBeLessThan(2000);
});

test('a pattern of nothing, or a very long one, is refused', () => {
  expect(() => compileGlob('  ')).toThrow('is empty');
  expect(() => compileGlob('a'.repeat(201))).toThrow('is longer than 200 characters');
});
