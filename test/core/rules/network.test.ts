// Networks: compared with arithmetic, and nothing but an address is ever in one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNetwork } from '../../../src/core/rules/network.ts';

interface Family {
  readonly bits: number;
  readonly write: (value: bigint) => string;
}
const v4: Family = { bits: 32, write: (value) => chunks(value, 4, 8).join('.') };
const v6: Family = {
  bits: 128,
  write: (value) =>
    chunks(value, 8, 16)
      .map((chunk) => chunk.toString(16))
      .join(':'),
};

/** `count` numbers of `width` bits, the highest first. */
function chunks(value: bigint, count: number, width: number): bigint[] {
  return Array.from({ length: count }, (_, n) =>
    BigInt.asUintN(width, value >> BigInt((count - 1 - n) * width)),
  );
}

test.each([
  ['IPv4', v4],
  ['IPv6', v6],
])('an %s address is in the networks that share its first bits', (_, { bits, write }) => {
  // Kept out of ::ffff:0:0/96, which is IPv4.
  const address = fc
    .bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n })
    .filter((value) => bits === 32 || value >> 64n > 0n);
  const bit = fc.integer({ min: 0, max: bits - 1 });
  fc.assert(
    fc.property(
      address,
      address,
      bit,
      bit,
      fc.boolean(),
      (network, other, flipped, least, isNear) => {
        const prefix = bits - least;
        const candidate = isNear ? network ^ (1n << BigInt(flipped)) : other;
        fc.pre(bits === 32 || candidate >> 64n > 0n);
        const isIn = parseNetwork(`${write(network)}/${prefix}`);
        expect(isIn(write(candidate))).toBe(
          network >> BigInt(least) === candidate >> BigInt(least),
        );
        expect(isIn(write(network))).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('an IPv4 address written as IPv6 is an IPv4 address, in an event as in a network', () => {
  const address = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n });
  fc.assert(
    fc.property(
      address,
      fc.integer({ min: 0, max: 32 }),
      fc.integer({ min: 0, max: 31 }),
      (network, prefix, flipped) => {
        const candidate = v4.write(network ^ (1n << BigInt(flipped)));
        const isIn = parseNetwork(`${v4.write(network)}/${prefix}`)(candidate);
        expect(isIn).toBe(flipped < 32 - prefix);
        expect(parseNetwork(`${v4.write(network)}/${prefix}`)(`::ffff:${candidate}`)).toBe(isIn);
        expect(parseNetwork(`::FFFF:${v4.write(network)}/${prefix + 96}`)(candidate)).toBe(isIn);
      },
    ),
  );
});

test('several networks asked in turn about several addresses keep their answers apart', () => {
  const networks = ['10.0.0.0/8', 'fd00::/8', '10.0.0.7'].map(parseNetwork);
  const answers = (address: string) => networks.map((isIn) => isIn(address));
  expect(['10.0.0.7', 'fd00::7', '', '10.0.0.8', 'nonsense', '10.0.0.7'].map(answers)).toEqual([
    [true, false, true],
    [false, true, false],
    [false, false, false],
    [true, false, false],
    [false, false, false],
    [true, false, true],
  ]);
});

test.each([
  ['fd00::/8', 'fd12:3456::1', true],
  ['fd00::/8', 'fe80::1', false],
  ['fd00::/8', '10.0.0.1', false],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['fe80::/10', 'fe80::1%no-such-card', true],
  ['2001:db8::', '2001:DB8:0:0::', true],
  ['::/0', '10.0.0.1', false],
  ['::/0', '::ffff:10.0.0.1', false],
  ['0.0.0.0/0', '::1', false],
  ['10.0.0.7', '10.0.0.7', true],
  ['10.0.0.7', '10.0.0.8', false],
  ['10.0.0.0/8', '', false],
  ['0.0.0.0/0', 'localhost', false],
  ['0.0.0.0/0', '10.0.0.1, 10.0.0.2', false],
])('%s and %s: %s', (network, address, isIn) => {
  expect(parseNetwork(network)(address)).toBe(isIn);
});

test.each([
  '',
  '10.0.0.0/33',
  '10.0.0/8',
  'fd00::/129',
  'fe80::1%eth0/64',
  'lan',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '10.0.0.0/',
  '010.0.0.0/8',
  '::ffff:10.0.0.0/8',
])('%s is no network', (text) => {
  expect(() => parseNetwork(text)).toThrow('is no network such as');
});
