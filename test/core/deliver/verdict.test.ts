// Who is to blame, by what contradicts a failure.
import { describe, expect, test } from 'vitest';
import type { Suspicion } from '../../../src/core/deliver/failing.ts';
import { type Facts, failuresNeeded, type Judgement, judge } from '../../../src/core/deliver/verdict.ts';

const suspicion = (more: Partial<Suspicion> = {}): Suspicion => ({
  failures: 1,
  inForm: 1,
  evidence: 0,
  isWatched: false,
  pardoned: 0,
  disprovedBare: 0,
  othersPassed: false,
  othersPassedSince: false,
  isContradicted: false,
  ...more,
});
const facts = (more: Partial<Facts> = {}, suspected: Partial<Suspicion> = {}): Facts => ({
  outcome: 'reject_sink',
  reason: 'auth',
  form: 'full',
  isDigest: false,
  hasCheckFailed: false,
  suspicion: suspicion(suspected),
  hasJustPassed: false,
  rate: 0,
  isRepeatDear: false,
  poisonFailures: 4,
  ...more,
});

const hanging = { outcome: 'retry', reason: 'timeout' } as const;

type Case = readonly [what: string, facts: Facts, judgement: Judgement];
const cases: readonly Case[] = [
  ['a refusal that the check confirms is the sink', facts({ hasCheckFailed: true }), 'pause'],
  [
    'a refusal while others pass is not, whatever the check says',
    facts({ hasCheckFailed: true }, { isContradicted: true }),
    'soon',
  ],
  ['a first refusal that nothing confirms is tried again as it is', facts(), 'soon'],
  ['a second one is its text', facts({}, { failures: 2 }), 'short'],
  ['a short one that is refused goes bare', facts({ form: 'short' }, { failures: 3 }), 'bare'],
  ['one too large is shortened at once', facts({ outcome: 'reject_event', reason: 'too_large' }), 'short'],
  [
    'one that is still too large goes bare at once',
    facts({ outcome: 'reject_event', reason: 'too_large', form: 'short' }, { failures: 2 }),
    'bare',
  ],
  ['a digest is split in place of shortened', facts({ isDigest: true }, { failures: 2 }), 'split'],
  ['a bare one that is refused where nothing passes is the sink', facts({ form: 'bare' }, { failures: 4 }), 'pause'],
  [
    'a bare one refused once while others pass may be chance',
    facts({ form: 'bare' }, { failures: 4, isContradicted: true, othersPassed: true }),
    'soon',
  ],
  [
    'a bare one that the far end cannot take is sent again until others pass between',
    facts(
      { form: 'bare', outcome: 'reject_event', reason: 'rejected' },
      { failures: 4, othersPassed: true, disprovedBare: 1 },
    ),
    'soon',
  ],
  [
    'and whole again, later, if none do',
    facts(
      { form: 'bare', outcome: 'reject_event', reason: 'rejected' },
      { failures: 8, inForm: 5, othersPassed: true, disprovedBare: 1 },
    ),
    'wait',
  ],
  [
    'a bare one that the far end cannot take is the sink where nothing passed at all',
    facts({ form: 'bare', outcome: 'reject_event', reason: 'rejected' }, { failures: 9, inForm: 6 }),
    'pause',
  ],
  [
    'but not within a moment after something passed',
    facts({ form: 'bare', outcome: 'reject_event', reason: 'rejected', hasJustPassed: true }, { failures: 4 }),
    'soon',
  ],
  [
    'what passed just before, or was on its way, does not make a bare one dead',
    facts(
      { form: 'bare', outcome: 'reject_event', reason: 'rejected' },
      { failures: 7, inForm: 4, isContradicted: true, othersPassed: true, othersPassedSince: true, disprovedBare: 1 },
    ),
    'soon',
  ],
  [
    'a bare one that the hook refuses while others pass waits and is lost never',
    facts({ form: 'bare' }, { failures: 5, inForm: 2, isContradicted: true, othersPassed: true }),
    'wait',
  ],
  [
    'a bare one that the far end cannot take is dead once others passed after two such refusals',
    facts(
      { form: 'bare', outcome: 'reject_event', reason: 'rejected' },
      { failures: 6, inForm: 3, othersPassed: true, disprovedBare: 2 },
    ),
    'dead',
  ],
  [
    'a bare one that the hook refuses where others passed before, and none just now, waits',
    facts({ form: 'bare' }, { failures: 4, othersPassed: true }),
    'wait',
  ],
  [
    'a failure that nothing contradicts waits',
    facts({ outcome: 'retry', reason: 'timeout' }, { failures: 9 }),
    'again',
  ],
  [
    'a second one without an answer that is contradicted is shortened',
    facts({ outcome: 'retry', reason: 'connection' }, { evidence: 2 }),
    'short',
  ],
  [
    'a third one is tried as it is',
    facts({ outcome: 'retry', reason: 'connection', form: 'short' }, { evidence: 3 }),
    'soon',
  ],
  [
    'a time-out is repeated in growing distance',
    facts({ outcome: 'retry', reason: 'timeout', form: 'short' }, { evidence: 3 }),
    'again',
  ],
  [
    'and so is what broke off after it was on its way',
    facts({ outcome: 'retry', reason: 'interrupted', form: 'short' }, { evidence: 3 }),
    'again',
  ],
  [
    'a fourth one goes bare',
    facts({ outcome: 'retry', reason: 'server_error', form: 'short' }, { evidence: 4 }),
    'bare',
  ],
  [
    'a bare one without an answer waits',
    facts({ outcome: 'retry', reason: 'timeout', form: 'bare' }, { evidence: 9 }),
    'again',
  ],
  [
    'one that would wait for a minute is shortened on weaker odds',
    facts({ ...hanging, isRepeatDear: true, rate: 0.05 }, { evidence: 2, othersPassed: true }),
    'short',
  ],
  [
    'but not where a repetition comes soon',
    facts({ ...hanging, rate: 0.05 }, { evidence: 2, othersPassed: true }),
    'again',
  ],
  [
    'nor where the sink hangs so often that it may be chance',
    facts({ ...hanging, isRepeatDear: true, rate: 0.2 }, { evidence: 2, othersPassed: true }),
    'again',
  ],
  [
    'a short one that would wait for a minute goes bare on weaker odds',
    facts({ ...hanging, form: 'short', isRepeatDear: true, rate: 0.05 }, { evidence: 4, othersPassed: true }),
    'bare',
  ],
  [
    'a digest that would wait for a minute is split, which loses nothing, whatever the odds',
    facts({ ...hanging, isDigest: true, isRepeatDear: true, rate: 0.5 }, { evidence: 2, othersPassed: true }),
    'split',
  ],
  [
    'a digest that hangs is split at the second time',
    facts({ outcome: 'retry', reason: 'timeout', isDigest: true }, { evidence: 2 }),
    'split',
  ],
];

test.each(cases)('%s', (_, given, judgement) => {
  expect(judge(given)).toBe(judgement);
});

test.each([
  [0, 1e-8, 1],
  [0.01, 1e-8, 4],
  [0.2, 1e-2, 3],
  [0.2, 1e-4, 6],
  [0.2, 1e-8, 12],
  [1, 1e-8, 175],
])('at a rate of %d a probability of %d takes %i failures in a row', (rate, chance, failures) => {
  expect(failuresNeeded(rate, chance)).toBe(failures);
  expect(Math.min(rate, 0.9) ** failures).toBeLessThanOrEqual(chance * 1.000001);
});

describe('a sink that fails often by itself', () => {
  test('takes as much more evidence, and a text that never passes is found all the same', () => {
    const bareAt = (rate: number) => {
      for (let evidence = 1; evidence < 1000; evidence += 1) {
        const given = facts({ outcome: 'retry', reason: 'server_error', form: 'short', rate }, { evidence });
        if (judge(given) === 'bare') return evidence;
      }
      return Number.POSITIVE_INFINITY;
    };
    expect([0, 0.05, 0.2, 0.5].map(bareAt)).toEqual([4, 7, 12, 27]);
  });

  test('does not lose a card that it refuses by chance alone, as one of two servers behind a balancer may', () => {
    const rejected = { form: 'bare', outcome: 'reject_event', reason: 'rejected' } as const;
    const deadAt = (rate: number) =>
      Array.from({ length: 100 }, (_, disprovedBare) => disprovedBare).find(
        (disprovedBare) =>
          judge(facts({ ...rejected, rate }, { failures: 9, othersPassed: true, disprovedBare })) === 'dead',
      );
    expect([0, 0.01, 0.2, 0.5].map(deadAt)).toEqual([2, 2, 6, 14]);
  });
});
