// What becomes of a delivery that fails time and again: how long it takes until it goes out in
// another form, in virtual time, and what no
// outage may make of it.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Failing } from '../../../src/core/deliver/failing.ts';
import { Health } from '../../../src/core/deliver/health.ts';
import { Judge } from '../../../src/core/deliver/judge.ts';
import { defaultPolicy, type Failure } from '../../../src/core/deliver/policy.ts';
import { SinkCheck } from '../../../src/core/deliver/sink-check.ts';
import type { Judgement } from '../../../src/core/deliver/verdict.ts';
import type { DueDelivery } from '../../../src/kit/records/delivery.ts';
import { storedEvent } from '../../support/events.ts';

const hang: Failure = {
  ...{ outcome: 'retry', reason: 'timeout', status: null, retryAfterMs: undefined, answer: null },
  message: 'no answer within 1 s',
};
const refusal: Failure = {
  ...hang,
  outcome: 'reject_event',
  reason: 'rejected',
  status: 400,
  message: 'status 400',
};
const locked: Failure = { ...refusal, outcome: 'reject_sink', reason: 'auth', status: 403 };

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

interface Sent {
  readonly form: string;
  readonly judgement: Judgement;
  /** Since the first attempt of this delivery. */
  readonly atMs: number;
}

/** A sink whose check passes, and one delivery that it does not take. */
function createStory(passedBefore: number) {
  const policy = { ...defaultPolicy, sendTimeoutMs: 1000 };
  const random = () => 0.5;
  const failing = new Failing();
  const health = new Health(policy, undefined, { now: Date.now, random });
  const sink = { check: async () => undefined };
  const told: string[] = [];
  const judge = new Judge({
    ...{ policy, random, failing },
    check: new SinkCheck(sink, (call) => call(new AbortController().signal)),
    changed(transition) {
      if (transition) told.push(transition.to);
    },
  });
  let others = 1000;
  const pass = (count = 1) => {
    for (let n = 0; n < count; n += 1) {
      others += 1;
      failing.delivered(others, 'full', failing.mark());
      judge.passed();
      health.delivered(false);
    }
  };
  pass(passedBefore);
  /** Of attempts that all began by now, one more passes with each call. */
  const passLate = (count: number) => {
    const mark = failing.mark();
    let left = count;
    return () => {
      if (left === 0) return;
      left -= 1;
      others += 1;
      failing.delivered(others, 'full', mark);
      judge.passed();
    };
  };
  let delivery: DueDelivery = {
    event: storedEvent({ id: 1 }),
    priority: 1,
    attempts: 0,
    form: 'full',
  };
  let atMs = 0;
  const sent: Sent[] = [];

  /** One attempt that fails so, and the wait after it. @returns what was judged */
  async function fail(failure: Failure, meanwhile = () => {}, isProbe = false): Promise<Judgement> {
    delivery = { ...delivery, form: failing.formOf(1) ?? delivery.form };
    const mark = failing.mark();
    meanwhile();
    const durationMs = failure.reason === 'timeout' ? 1000 : 5;
    const attempt = { isProbe, isAfterPause: false, mark, durationMs };
    const { judgement, verdict } = await judge.failed(health, { delivery, failure, ...attempt });
    sent.push({ form: delivery.form, judgement, atMs });
    atMs += durationMs + verdict.delayMs;
    vi.advanceTimersByTime(durationMs + verdict.delayMs);
    const isUnanswered = failure.outcome === 'retry';
    const unanswered = (delivery.unanswered ?? 0) + (isUnanswered ? 1 : 0);
    delivery = { ...delivery, attempts: verdict.attempts, form: verdict.form, unanswered };
    return judgement;
  }

  return {
    fail,
    pass,
    passLate,
    failing,
    health,
    judge,
    sent,
    told,
    form: () => failing.formOf(1) ?? delivery.form,
    atMs: () => atMs,
  };
}

describe('a text that hangs while others pass', () => {
  test.each([300, 30, 8])(
    'goes out bare within seconds, also where only %i others were sent before',
    async (before) => {
      const story = createStory(before);
      for (let n = 0; n < 9 && story.form() !== 'bare'; n += 1) await story.fail(hang, story.pass);
      expect(story.form()).toBe('bare');
      expect(story.atMs()).toBeLessThan(20_000);
    },
  );

  test('goes out bare within seconds, also where it is the last and only the check passes from then on', async () => {
    const story = createStory(30);
    for (let n = 0; n < 9 && story.form() !== 'bare'; n += 1) await story.fail(hang);
    expect(story.form()).toBe('bare');
    expect(story.atMs()).toBeLessThan(20_000);
  });

  test('is repeated whole where nothing else has passed for minutes, whatever the check says', async () => {
    const story = createStory(30);
    vi.advanceTimersByTime(121_000);
    for (let n = 0; n < 2; n += 1) await story.fail(hang);
    expect(story.sent.map(({ judgement }) => judgement)).toEqual(['again', 'again']);
  });
});

describe('a connection that breaks while others pass', () => {
  const broken: Failure = { ...hang, reason: 'interrupted', message: 'the connection was cut' };

  test('time and again at the end of a backlog goes out shorter, and not after a minute', async () => {
    const { fail, failing, pass, sent } = createStory(0);
    // One attempt of five breaks.
    for (let eventId = 2; eventId < 1000; eventId += 1)
      passAfter(failing, eventId, eventId % 4 === 0 ? 1 : 0);
    // What is left of the backlog is what failed most often.
    const survivor = (eventId: number) => passAfter(failing, eventId, 4);
    for (let n = 0; n < 5; n += 1) {
      expect(await fail(broken, () => [1, 2].map((one) => survivor(2000 + 10 * n + one)))).not.toBe(
        'short',
      );
      pass();
    }
    expect(await fail(broken)).toBe('short');
    expect(sent.at(-1)!.atMs - sent[0]!.atMs).toBeLessThan(30_000);
  });

  function passAfter(failing: Failing, eventId: number, failures: number): void {
    const one = { eventId, form: 'full', isHanging: false, isRefused: false } as const;
    for (let n = 0; n < failures; n += 1)
      failing.failed({ ...one, mark: failing.mark(), attempts: n, unanswered: n });
    failing.delivered(eventId, 'full', failing.mark());
  }
});

describe('a bare card that is refused', () => {
  const forms = ['full', 'full', 'short'] as const;

  test('is dead within seconds where others pass now and then, and never at the very moment', async () => {
    const story = createStory(30);
    for (const _ of forms) await story.fail(refusal);
    let last: Judgement = await story.fail(refusal);
    // Two a second: one for each that it is sent again after half a second or more.
    for (let n = 0; n < 9 && last !== 'dead'; n += 1) {
      story.pass();
      last = await story.fail(refusal);
    }
    expect(last).toBe('dead');
    expect(story.sent.map(({ form }) => form)).toEqual([...forms, 'bare', 'bare', 'bare']);
    expect(story.atMs()).toBeLessThan(5000);
    expect(story.told).toEqual([]);
  });

  test('is dead after some tries as a whole card where others are rare', async () => {
    const story = createStory(30);
    let last: Judgement = 'again';
    for (let n = 0; n < 60 && last !== 'dead'; n += 1) {
      last = await story.fail(refusal);
      if (last === 'wait') story.pass();
      // The sink was paused for it: nothing else had passed.
      if (last === 'pause') story.pass();
    }
    expect(last).toBe('dead');
  });

  test('is never dead in an outage, also while what began before it still passes', async () => {
    const story = createStory(30);
    const judged = new Set<Judgement>();
    const late = story.passLate(20);
    for (let n = 0; n < 40; n += 1) judged.add(await story.fail(refusal, late));
    expect(judged).not.toContain('dead');
    expect(judged).toContain('wait');
    // It is over: the card is whole again.
    for (let n = 0; n < 9 && story.form() !== 'full'; n += 1) await story.fail(refusal);
    expect(story.form()).toBe('full');
  });

  test('is never dead for two outages, each with a time between in which others pass', async () => {
    const story = createStory(30);
    const judged = new Set<Judgement>();
    for (let n = 0; n < 8; n += 1) judged.add(await story.fail(refusal));
    story.pass(50);
    for (let n = 0; n < 8; n += 1) judged.add(await story.fail(refusal));
    expect(judged).not.toContain('dead');
  });

  test('is the sink where nothing passes for a moment: whole again, and the sink is paused', async () => {
    const story = createStory(30);
    let last: Judgement = 'again';
    for (let n = 0; n < 9 && last !== 'pause'; n += 1) last = await story.fail(refusal);
    expect(last).toBe('pause');
    expect([story.form(), story.told]).toEqual(['full', ['paused']]);
    expect(story.atMs()).toBeLessThan(5000);
  });

  test('is the sink at once where nothing has passed lately', async () => {
    const story = createStory(0);
    for (const _ of forms) await story.fail(refusal);
    expect(await story.fail(refusal)).toBe('pause');
  });

  test('by a hook or a channel is never dead, however many others pass', async () => {
    const story = createStory(30);
    const judged = new Set<Judgement>();
    for (let n = 0; n < 40; n += 1) judged.add(await story.fail(locked, story.pass));
    expect([...judged]).toEqual(['soon', 'short', 'bare', 'wait']);
  });
});

describe('while the sink backs off', () => {
  /** Five others failed in a row, and so often since. */
  async function storyOfBackOff() {
    const story = createStory(0);
    for (let id = 11; id <= 15; id += 1) story.health.failed(id, performance.now());
    for (let n = 0; n < 8; n += 1) {
      vi.advanceTimersByTime(60_000);
      story.health.backOff('unreachable', undefined, performance.now());
    }
    vi.advanceTimersByTime(60_000);
    return story;
  }
  const waitMsOf = ({ health }: ReturnType<typeof createStory>, atMs: number) => {
    const gate = health.gate(atMs);
    return gate.kind === 'wait' ? gate.ms : 0;
  };

  test('a probe that is refused while the check passes is followed within a second, for its next form tells more', async () => {
    const story = await storyOfBackOff();
    const atMs = performance.now();
    await story.fail(refusal, undefined, true);
    expect(waitMsOf(story, atMs)).toBe(1000);
  });

  test('one that gets no answer is not', async () => {
    const story = await storyOfBackOff();
    const atMs = performance.now();
    await story.fail(hang, undefined, true);
    expect(waitMsOf(story, atMs)).toBeGreaterThan(10_000);
  });
});

test('cards out of a guilty digest that all fail do not make the sink back off; as many others do', async () => {
  for (const isWatched of [true, false]) {
    const { failing, health, judge, told } = createStory(0);
    const ids = [11, 12, 13, 14, 15];
    if (isWatched) failing.watch(ids);
    for (const id of ids) {
      const delivery: DueDelivery = {
        event: storedEvent({ id }),
        priority: 1,
        attempts: 0,
        form: 'full',
      };
      const attempt = { isProbe: false, isAfterPause: false, mark: failing.mark(), durationMs: 5 };
      await judge.failed(health, { delivery, failure: refusal, ...attempt });
    }
    expect(told).toEqual(isWatched ? [] : ['backing_off']);
  }
});
