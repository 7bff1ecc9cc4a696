// Networks: compared with arithmetic, and nothing but an address is ever in one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNetwork } from '../../../src/core/rules/network.ts';

const dotted = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
const prefixOf = (value: number, bits: number) => (bits === 0 ? 0 : value >>> (32 - bits));

test('an IPv4 address is in the networks that share its first bits', () => {
  const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(address, address, fc.integer({ min: 0, max: 32 }), fc.boolean(), (network, other, bits, isNear) => {
      const candidate = isNear ? (network ^ (1 << (other % 32))) >>> 0 : other;
      const isIn = parseNetwork(`${dotted(network)}/${bits}`);
      const expected = prefixOf(network, bits) === prefixOf(candidate, bits);
      expect(isIn(dotted(candidate))).toBe(expected);
      expect(isIn(`::ffff:${dotted(candidate)}`)).toBe(expected);
    }),
  );
});

test.each([
  ['fd00::/8', 'fd12:3456::1', true],
  ['fd00::/8', 'fe80::1', false],
  ['fd00::/8', '10.0.0.1', false],
  ['10.0.0.7', '10.0.0.7', true],
  ['10.0.0.7', '10.0.0.8', false],
  ['10.0.0.0/8', '', false],
  ['0.0.0.0/0', 'localhost', false],
  ['0.0.0.0/0', '10.0.0.1, 10.0.0.2', false],
])('%s and %s: %s', (network, address, isIn) => {
  expect(parseNetwork(network)(address)).toBe(isIn);
});

test.each(['', '10.0.0.0/33', '10.0.0/8', 'fd00::/129', 'fe80::1%eth0/64', 'lan', '10.0.0.0/-1', '10.0.0.0/8/8'])(
  '%s is no network',
  (text) => {
    expect(() => parseNetwork(text)).toThrow('is no network such as');
  },
);
