// A pattern or network that is said to cover another takes everything that the other does.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coversGlob } from '../../../src/core/rules/cover.ts';
import { compileGlob } from '../../../src/core/rules/glob.ts';
import { coversNetwork, parseNetwork } from '../../../src/core/rules/network.ts';

/** Few letters, so that random patterns often have to do with each other. */
const pattern = fc
  .array(fc.constantFrom('a', 'A', 'b', 'ก', 'K', '*', '?', '😀'), { minLength: 1, maxLength: 6 })
  .map((letters) => letters.join(''));
const filling = fc.array(fc.constantFrom('a', 'b', 'B', 'k', 'K', 'ก', '😀', '\n'), {
  maxLength: 3,
});

/** A text that fits the pattern. */
function fitting(glob: string, fillings: readonly (readonly string[])[]): string {
  let next = 0;
  const fill = () => fillings[next++ % fillings.length] ?? [];
  return [...glob]
    .map((one) => (one === '*' ? fill().join('') : one === '?' ? (fill()[0] ?? 'a') : one))
    .join('');
}

describe('a pattern that covers another', () => {
  test('takes every text that the other takes', () => {
    let covered = 0;
    fc.assert(
      fc.property(
        pattern,
        pattern,
        fc.array(filling, { minLength: 1, maxLength: 6 }),
        (wide, narrow, fillings) => {
          const text = fitting(narrow, fillings);
          expect(compileGlob(narrow)(text)).toBe(true);
          if (!coversGlob(wide, narrow)) return;
          covered++;
          expect(compileGlob(wide)(text), `${wide} ${narrow} ${JSON.stringify(text)}`).toBe(true);
        },
      ),
      { numRuns: 20_000 },
    );
    expect(covered).toBeGreaterThan(500);
  });

  test.each([
    ['*', 'SRV-*', true],
    ['srv-*', 'SRV-DB-*', true],
    ['*-db', 'srv-*-db', true],
    ['srv-?', 'srv-1', true],
    ['srv-?', 'srv-*', false],
    ['srv-1', 'srv-?', false],
    ['srv-*', '*', false],
    ['a*b', 'ab', true],
    ['**', '?', true],
  ])('%s over %s: %s', (wide, narrow, expected) => {
    expect(coversGlob(wide, narrow)).toBe(expected);
  });
});

describe('a network that covers another', () => {
  const byte = fc.constantFrom(0, 10, 127, 128, 255);
  const ipv4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
  const network = fc.oneof(
    fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })).map(([address, bits]) => `${address}/${bits}`),
    fc
      .tuple(ipv4, fc.integer({ min: 96, max: 128 }))
      .map(([address, bits]) => `::ffff:${address}/${bits}`),
    fc.integer({ min: 0, max: 128 }).map((bits) => `fd00::1/${bits}`),
    ipv4,
  );

  test('takes every address that the other takes', () => {
    let covered = 0;
    fc.assert(
      fc.property(
        network,
        network,
        fc.oneof(ipv4, fc.constantFrom('fd00::1', '::1', '::')),
        (wide, narrow, address) => {
          if (!coversNetwork(wide, narrow)) return;
          covered++;
          if (parseNetwork(narrow)(address))
            expect(parseNetwork(wide)(address), `${wide} ${narrow} ${address}`).toBe(true);
        },
      ),
      { numRuns: 20_000 },
    );
    expect(covered).toBeGreaterThan(500);
  });

  test.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.1.0.0/16', '10.0.0.0/8', false],
    ['0.0.0.0/0', 'fd00::/8', false],
    ['10.0.0.0/8', '::ffff:10.0.0.0/104', true],
  ])('%s over %s: %s', (wide, narrow, expected) => {
    expect(coversNetwork(wide, narrow)).toBe(expected);
  });
});
