// When a sink is ok, backs off, is paused, and when it may be tried again.
import { describe, expect, test } from 'vitest';
import { Health } from '../../../src/core/deliver/health.ts';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';

const clock = { now: () => 1_000_000, random: () => 0.5 };
const fail = (health: Health, ids: readonly number[], nowMs = 0) =>
  ids.map((id) => health.failed(id, nowMs, 'retry', 'server_error'));

describe('an outage', () => {
  test('five deliveries in a row that fail make it back off, and one that fails five times does not', () => {
    const alone = new Health(defaultPolicy, undefined, clock);
    expect(fail(alone, [7, 7, 7, 7, 7])).toEqual(Array(5).fill(undefined));
    const many = new Health(defaultPolicy, undefined, clock);
    expect(fail(many, [1, 2, 3, 4])).toEqual(Array(4).fill(undefined));
    expect(many.failed(5, 0, 'retry', 'server_error')).toMatchObject({
      to: 'backing_off',
      reason: 'server_error',
    });
    expect(many.gate(100)).toEqual({ kind: 'wait', ms: 150 });
    expect(many.gate(250)).toEqual({ kind: 'probe', isPaused: false });
  });

  test('is sooner seen by those that got no answer in time, for few are under way', () => {
    const health = new Health(defaultPolicy, undefined, clock);
    expect([1, 2].map((id) => health.failed(id, 0, 'retry', 'timeout'))).toEqual([
      undefined,
      undefined,
    ]);
    expect(health.failed(3, 0, 'retry', 'timeout')).toMatchObject({
      to: 'backing_off',
      reason: 'timeout',
    });
    const alone = new Health(defaultPolicy, undefined, clock);
    expect([1, 1, 1, 1].map((id) => alone.failed(id, 0, 'retry', 'timeout'))).toEqual(
      Array(4).fill(undefined),
    );
  });

  test.each([
    ['retry', undefined, 'unreachable'],
    ['retry', 'server_error', 'server_error'],
    ['reject_event', 'rejected', 'refused'],
    ['reject_sink', 'auth', 'refused'],
  ] as const)('of failures that are %s, %s is called %s', (outcome, reason, called) => {
    const health = new Health({ ...defaultPolicy, outageFailures: 1 }, undefined, clock);
    expect(health.failed(1, 0, outcome, reason)).toMatchObject({
      to: 'backing_off',
      reason: called,
    });
  });

  test('a success in between starts the count anew', () => {
    const health = new Health(defaultPolicy, undefined, clock);
    fail(health, [1, 2, 3, 4]);
    health.delivered();
    expect(fail(health, [5, 6, 7, 8])).toEqual(Array(4).fill(undefined));
  });

  test('each failed probe doubles the wait, a success ends it, and the next outage starts small again', () => {
    const health = new Health(defaultPolicy, undefined, clock);
    fail(health, [1, 2, 3, 4, 5]);
    health.backOff('timeout', undefined, 1000);
    expect(health.gate(1000)).toEqual({ kind: 'wait', ms: 500 });
    health.backOff('timeout', undefined, 3000);
    expect(health.gate(3000)).toEqual({ kind: 'wait', ms: 1000 });
    expect(health.delivered()).toMatchObject({ from: 'backing_off', to: 'ok' });
    expect(health.gate(3000)).toEqual({ kind: 'go' });
    fail(health, [1, 2, 3, 4, 5], 9000);
    expect(health.gate(9000)).toEqual({ kind: 'wait', ms: 250 });
  });

  test('however long it lasts, no wait for the next probe is longer than 30 s and its jitter', () => {
    const health = new Health(defaultPolicy, undefined, { ...clock, random: () => 0.999_999 });
    fail(health, [1, 2, 3, 4, 5]);
    let nowMs = 0;
    for (let probes = 0; probes < 100; probes += 1) {
      const gate = health.gate(nowMs);
      if (gate.kind !== 'wait') throw new Error('it waits for no probe');
      expect(gate.ms).toBeLessThanOrEqual(36_000);
      nowMs += gate.ms;
      health.backOff('timeout', undefined, nowMs);
    }
  });
});

describe('a wait that the far end asks for', () => {
  test('is obeyed, up to an hour', () => {
    const health = new Health(defaultPolicy, undefined, clock);
    health.backOff('rate_limited', 17_000, 0);
    expect(health.gate(0)).toEqual({ kind: 'wait', ms: 17_000 });
    const greedy = new Health(defaultPolicy, undefined, clock);
    greedy.backOff('rate_limited', 9e9, 0);
    expect(greedy.gate(0)).toEqual({ kind: 'wait', ms: 3_600_000 });
  });

  test('is one step of the back-off, however many were in flight and are told', () => {
    const health = new Health(defaultPolicy, undefined, clock);
    for (let n = 0; n < 32; n += 1) health.backOff('rate_limited', undefined, n);
    expect(health.gate(31)).toEqual({ kind: 'wait', ms: 250 });
    health.backOff('rate_limited', undefined, 1031);
    expect(health.gate(1031)).toEqual({ kind: 'wait', ms: 500 });
  });

  test('is not cut short by a shorter one that was under way', () => {
    const health = new Health(defaultPolicy, undefined, clock);
    health.backOff('rate_limited', 60_000, 0);
    health.backOff('rate_limited', 5000, 10);
    expect(health.gate(10)).toEqual({ kind: 'wait', ms: 59_990 });
  });
});

describe('a paused sink', () => {
  const paused = { state: 'paused', reason: 'auth', sinceMs: 5 } as const;

  test('is looked at after 1, 2, 4 … up to 30 s, and goes on where the last holder left it', () => {
    const health = new Health(defaultPolicy, paused, clock);
    expect(health.gate(0)).toEqual({ kind: 'probe', isPaused: true });
    expect(health.pause('auth', 0)).toBeUndefined();
    const waits: number[] = [];
    let nowMs = 0;
    for (let looks = 0; looks < 8; looks += 1) {
      const gate = health.gate(nowMs);
      if (gate.kind !== 'wait') throw new Error('it waits for no look');
      waits.push(gate.ms);
      nowMs += gate.ms;
      health.pause('auth', nowMs);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(health.checkPassed(nowMs)).toMatchObject({ to: 'backing_off' });
    expect(health.delivered()).toMatchObject({
      to: 'ok',
      fromSinceMs: 5,
      lastedMs: 999_995,
      wasPaused: true,
    });
  });

  test('stays paused when what was under way fails otherwise', () => {
    const health = new Health(defaultPolicy, paused, clock);
    expect(health.backOff('timeout', undefined, 1000)).toBeUndefined();
    expect(health.state).toBe('paused');
    expect(health.gate(1000)).toEqual({ kind: 'wait', ms: 1000 });
  });

  test('is not looked at later because more of what was under way is refused', () => {
    const health = new Health(defaultPolicy, undefined, clock);
    for (let n = 0; n < 32; n += 1) health.pause('auth', n);
    expect(health.gate(31)).toEqual({ kind: 'wait', ms: 1000 });
  });

  test('that asks for a longer pause gets it', () => {
    const health = new Health(defaultPolicy, paused, clock);
    health.backOff('rate_limited', 17_000, 0);
    expect(health.gate(0)).toEqual({ kind: 'wait', ms: 17_000 });
  });

  test('whose check passes while its deliveries are refused is asked more and more rarely', () => {
    const health = new Health(defaultPolicy, undefined, clock);
    let nowMs = 0;
    for (const waitMs of [1000, 2000, 4000]) {
      health.pause('auth', nowMs);
      expect(health.gate(nowMs)).toEqual({ kind: 'wait', ms: waitMs });
      nowMs += waitMs;
      health.checkPassed(nowMs);
    }
  });

  test('whose check passes is tried with a delivery at once', () => {
    const health = new Health(defaultPolicy, undefined, clock);
    health.pause('auth', 0);
    health.checkPassed(30_000);
    expect(health.gate(30_000)).toEqual({ kind: 'probe', isPaused: false });
  });

  test('that backs off before it is well has been down once, since it was paused', () => {
    let now = 100;
    const health = new Health(defaultPolicy, undefined, { ...clock, now: () => now });
    health.pause('auth', 0);
    now = 200;
    health.checkPassed(100);
    now = 300;
    expect(health.delivered()).toMatchObject({ fromSinceMs: 100, lastedMs: 200, wasPaused: true });
    now = 400;
    health.backOff('rate_limited', 1, 300);
    now = 500;
    expect(health.delivered()).toMatchObject({ fromSinceMs: 400, lastedMs: 100, wasPaused: false });
  });
});

test('when it was last well again after being down is known, and a success while it is well is no such time', () => {
  let now = 100;
  const health = new Health(defaultPolicy, undefined, { ...clock, now: () => now });
  health.delivered();
  expect(health.recoveredAtMs).toBe(0);
  health.pause('auth', 0);
  now = 200;
  health.delivered();
  now = 300;
  expect(health.delivered()).toBeUndefined();
  expect(health.recoveredAtMs).toBe(200);
});
