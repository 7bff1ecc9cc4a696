// What a process reads out of a heartbeat's answer.
import { describe, expect, test } from 'vitest';
import { asIfLive, lostNames, nextTurnMs, strayNames } from '../../../src/core/roles/turn.ts';

const lease = (name: string, holder: string | null, remainingMs = 20_000, epoch = 1) => ({
  ...{ name, holder, epoch, remainingMs },
});

describe('a held role', () => {
  const held = new Map([['a', 1]]);

  test.each([
    ['that stands under this process is not lost', lease('a', 'me'), []],
    ['that another has is lost', lease('a', 'you'), ['a']],
    ['that nobody has is lost', lease('a', null), ['a']],
    ['that was taken and came back in between is lost', lease('a', 'me', 20_000, 3), ['a']],
  ])('%s', (_title, one, expected) => {
    expect(lostNames([one, lease('b', 'you')], held, 'me')).toEqual(expected);
  });
});

test.each([
  ['of this process that it does not know is a stray', lease('x', 'me'), ['x']],
  ['that it works or could work is none', lease('a', 'me'), []],
  ['of another process is none', lease('x', 'you'), []],
  ['of nobody is none', lease('x', null), []],
])('a role %s', (_title, one, expected) => {
  expect(strayNames([one], new Set(['a']), 'me')).toEqual(expected);
});

test.each([
  ['nobody else is there', [], 5000],
  ['the others renew in time', [lease('a', 'you', 15_000)], 5000],
  ['a heartbeat of another runs out sooner', [lease('a', 'you', 300), lease('b', 'z', 900)], 350],
  ['one runs out at once', [lease('a', 'you', 1)], 51],
  ['one has run out already', [lease('a', 'you', -10)], 5000],
  ['its own heartbeat runs out', [lease('a', 'me', 300)], 5000],
  ['a role is free', [lease('a', null, 0)], 5000],
])('the next heartbeat, when %s', (_title, leases, expected) => {
  expect(nextTurnMs(leases, 'me', 5000)).toBe(expected);
});

test('while the clock cannot be trusted, nobody is thought dead', () => {
  expect(asIfLive(lease('a', 'you', -10)).remainingMs).toBe(Number.POSITIVE_INFINITY);
});
