// Who is to blame, by what contradicts a failure, and what becomes of the delivery.
import { describe, expect, test } from 'vitest';
import type { Suspicion } from '../../../src/core/deliver/failure-record.ts';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import {
  type Facts,
  failuresNeeded,
  type Judgement,
  judge,
  unchanged,
  type Verdict,
  type VerdictFacts,
  verdictOf,
} from '../../../src/core/deliver/verdict.ts';
import type { DueDelivery } from '../../../src/kit/records/delivery.ts';
import { storedEvent } from '../../support/events.ts';

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
  [
    'one too large is shortened at once',
    facts({ outcome: 'reject_event', reason: 'too_large' }),
    'short',
  ],
  [
    'one that is still too large goes bare at once',
    facts({ outcome: 'reject_event', reason: 'too_large', form: 'short' }, { failures: 2 }),
    'bare',
  ],
  ['a digest is split in place of shortened', facts({ isDigest: true }, { failures: 2 }), 'split'],
  [
    'a bare one that is refused where nothing passes is the sink',
    facts({ form: 'bare' }, { failures: 4 }),
    'pause',
  ],
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
    facts(
      { form: 'bare', outcome: 'reject_event', reason: 'rejected' },
      { failures: 9, inForm: 6 },
    ),
    'pause',
  ],
  [
    'but not within a moment after something passed',
    facts(
      { form: 'bare', outcome: 'reject_event', reason: 'rejected', hasJustPassed: true },
      { failures: 4 },
    ),
    'soon',
  ],
  [
    'what passed just before, or was on its way, does not make a bare one dead',
    facts(
      { form: 'bare', outcome: 'reject_event', reason: 'rejected' },
      {
        failures: 7,
        inForm: 4,
        isContradicted: true,
        othersPassed: true,
        othersPassedSince: true,
        disprovedBare: 1,
      },
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
    facts(
      { ...hanging, form: 'short', isRepeatDear: true, rate: 0.05 },
      { evidence: 4, othersPassed: true },
    ),
    'bare',
  ],
  [
    'a digest that would wait for a minute is split, which loses nothing, whatever the odds',
    facts(
      { ...hanging, isDigest: true, isRepeatDear: true, rate: 0.5 },
      { evidence: 2, othersPassed: true },
    ),
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
        const given = facts(
          { outcome: 'retry', reason: 'server_error', form: 'short', rate },
          { evidence },
        );
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
          judge(
            facts({ ...rejected, rate }, { failures: 9, othersPassed: true, disprovedBare }),
          ) === 'dead',
      );
    expect([0, 0.01, 0.2, 0.5].map(deadAt)).toEqual([2, 2, 6, 14]);
  });
});

const delivery = (more: Partial<DueDelivery> = {}): DueDelivery => ({
  ...{ event: storedEvent(), priority: 1, attempts: 0, form: 'full' },
  ...more,
});
/** `reason` of something that cannot have arrived, unless a test says otherwise. */
const verdict = (
  judgement: Judgement,
  sent: Partial<DueDelivery> = {},
  {
    suspected = {},
    ...more
  }: Partial<VerdictFacts> & { readonly suspected?: Partial<Suspicion> } = {},
): Verdict =>
  verdictOf({
    ...{
      judgement,
      reason: 'server_error',
      delivery: delivery(sent),
      suspicion: suspicion(suspected),
    },
    ...{ isDown: false, random: 0.5, policy: defaultPolicy, ...more },
  });

describe('what becomes of a delivery that failed', () => {
  const othersPass = { suspected: { othersPassedSince: true } };

  test.each<[string, Verdict, Verdict]>([
    [
      'of a sink that is paused is whole again, and as it was before it failed',
      verdict('pause', { attempts: 7, form: 'bare' }, { attemptsBefore: 2 }),
      { attempts: 2, state: 'pending', delayMs: 0, form: 'full' },
    ],
    [
      'of a sink that is paused keeps its count where nothing is known of an earlier one',
      verdict('pause', { attempts: 7 }),
      { attempts: 7, state: 'pending', delayMs: 0, form: 'full' },
    ],
    [
      'that one failure more will tell of is sent again as it is, soon',
      verdict('soon', { attempts: 5, form: 'short' }),
      { attempts: 6, state: 'pending', delayMs: 250, form: 'short' },
    ],
    [
      'that one failure more will tell of never waits for longer than a second',
      verdict('soon', { attempts: 5, form: 'bare' }, { suspected: { inForm: 9 } }),
      { attempts: 6, state: 'pending', delayMs: 1000, form: 'bare' },
    ],
    [
      'whose text is the reason goes out at once with less of it',
      verdict('bare', { attempts: 3 }),
      { attempts: 4, state: 'pending', delayMs: 0, form: 'bare' },
    ],
    [
      'that may have arrived goes out at once with less of it all the same',
      verdict('short', { attempts: 3, unanswered: 3 }, { reason: 'timeout' }),
      { attempts: 4, state: 'pending', delayMs: 0, form: 'short' },
    ],
    [
      'that the far end takes in no form is dead',
      verdict('dead', { attempts: 9, form: 'bare', unanswered: 3 }, { reason: 'timeout' }),
      { attempts: 10, state: 'dead', delayMs: 0, form: 'bare' },
    ],
    [
      'whose text is not the reason is whole again, at its own pace',
      verdict('wait', { attempts: 5, form: 'bare' }),
      { attempts: 6, state: 'pending', delayMs: 8000, form: 'full' },
    ],
    [
      'while the sink is down is as it was',
      verdict('again', { attempts: 3, form: 'short' }, { isDown: true }),
      { attempts: 3, state: 'pending', delayMs: 0, form: 'short' },
    ],
    [
      'that is a digest to be split waits as any other, whether or not the sink is down, in case it is not',
      verdict('split', { attempts: 1 }, { isDown: true }),
      { attempts: 2, state: 'pending', delayMs: 500, form: 'full' },
    ],
  ])('one %s', (_title, given, expected) => {
    expect(given).toEqual(expected);
  });

  test('each further wait is twice as long, and the card stays as it was', () => {
    const verdicts = [0, 1, 2].map((attempts) => verdict('again', { attempts }, othersPass));
    expect(verdicts).toEqual(
      [1, 2, 3].map((attempts) => ({
        attempts,
        state: 'pending',
        delayMs: 125 * 2 ** attempts,
        form: 'full',
      })),
    );
  });

  test('it is tried for 72 h of its own waits and then is dead', () => {
    expect(verdict('again', { attempts: 800 }, othersPass).state).toBe('pending');
    expect(verdict('again', { attempts: 900 }, othersPass).state).toBe('dead');
  });

  test('it waits no longer than its sink would while nothing passes, and what is more costs it nothing', () => {
    const verdicts = [0, 6, 7, 500].map((attempts) => verdict('again', { attempts }));
    expect(verdicts.map(({ attempts, delayMs, state }) => [attempts, delayMs, state])).toEqual([
      [1, 250, 'pending'],
      [7, 16_000, 'pending'],
      [7, 30_000, 'pending'],
      [500, 30_000, 'pending'],
    ]);
  });

  test('what its sink did costs it nothing', () => {
    const short = delivery({ attempts: 3, form: 'short' });
    expect(unchanged(short)).toEqual({ attempts: 3, state: 'pending', delayMs: 0, form: 'short' });
  });
});

describe('what may have arrived is not sent again too soon', () => {
  const down = { isDown: true } as const;

  test.each([
    ['timeout', undefined, 5000],
    ['interrupted', undefined, 0],
    ['interrupted', 3, 0],
    ['interrupted', 4, 5000],
    ['interrupted', 5, 60_000],
    ['interrupted', 50, 600_000],
    ['timeout', 1, 60_000],
    ['timeout', 2, 600_000],
    ['timeout', 3, 600_000],
    ['timeout', 50, 600_000],
    ['connection', 50, 0],
    ['server_error', undefined, 0],
  ] as const)(
    'after a %s, with %s before it that got no answer, it is not repeated for %s ms',
    (reason, unanswered, ms) => {
      expect(verdict('again', { unanswered }, { ...down, reason }).delayMs).toBe(ms);
    },
  );

  test('less of it is another text: how often that failed counts, and no restart makes it more', () => {
    const short = { form: 'short', unanswered: 2 } as const;
    const delayMs = (inForm: number) =>
      verdict('again', short, { ...down, reason: 'timeout', suspected: { inForm } }).delayMs;
    expect([1, 2, 9].map(delayMs)).toEqual([5000, 60_000, 600_000]);
  });

  test('what got no answer before the sink was found to be the reason does not count', () => {
    const delayMs = (inForm: number, pardoned: number) =>
      verdict(
        'again',
        { unanswered: 2 },
        { ...down, reason: 'timeout', suspected: { inForm, pardoned } },
      ).delayMs;
    expect([delayMs(1, 2), delayMs(2, 1)]).toEqual([5000, 60_000]);
  });

  test('the time between repeats counts as age, and none that is longer is cut short', () => {
    const state = (count: number) =>
      verdict(
        'again',
        { attempts: count, unanswered: count },
        { suspected: { othersPassedSince: true } },
      ).state;
    expect([state(300), state(250)]).toEqual(['dead', 'pending']);
    const backoff = { firstMs: 9_000_000, maxMs: 9_000_000 };
    const policy = { ...defaultPolicy, backoff, sinkBackoff: backoff };
    expect(verdict('again', {}, { reason: 'timeout', policy }).delayMs).toBe(9_000_000);
  });
});
