// What is remembered of deliveries that failed: what contradicts a failure, and how often the sink
// fails by itself.
import { describe, expect, test } from 'vitest';
import { Failing } from '../../../src/core/deliver/failing.ts';
import type { FailedTry } from '../../../src/core/deliver/failure-record.ts';

const fail = (failing: Failing, eventId: number, more: Partial<FailedTry> = {}) =>
  failing.failed({
    eventId,
    form: 'full',
    mark: failing.mark(),
    attempts: 0,
    unanswered: 0,
    isHanging: false,
    isRefused: false,
    ...more,
  });

describe('a failure', () => {
  test('is contradicted by others that passed meanwhile, since the last one, or by the check right after it', () => {
    const failing = new Failing();
    failing.delivered(9);
    expect(fail(failing, 1)).toMatchObject({
      failures: 1,
      evidence: 0,
      isContradicted: false,
      othersPassed: false,
    });
    expect(fail(failing, 1)).toMatchObject({ failures: 2, evidence: 0, isContradicted: false });
    expect(failing.checkPassed(1)).toBe(1);
    failing.delivered(2);
    expect(fail(failing, 1)).toMatchObject({
      evidence: 2,
      othersPassed: true,
      othersPassedSince: true,
    });
    const mark = failing.mark();
    failing.delivered(3);
    expect(fail(failing, 4, { mark })).toMatchObject({
      evidence: 1,
      isContradicted: true,
      othersPassedSince: false,
    });
  });

  test('counts as evidence once others pass after it, and once only', () => {
    const failing = new Failing();
    fail(failing, 1);
    failing.delivered(2);
    expect(fail(failing, 1).evidence).toBe(2);
    expect(failing.checkPassed(1)).toBe(2);
  });

  test('in another form is counted anew for that form, and as one more in all', () => {
    const failing = new Failing();
    fail(failing, 1);
    fail(failing, 1);
    expect(fail(failing, 1, { form: 'short' })).toMatchObject({ failures: 3, inForm: 1 });
  });

  test('of a part of a digest that was guilty is not its first', () => {
    const failing = new Failing();
    failing.suspect([5]);
    expect(failing.has(5)).toBe(true);
    expect(fail(failing, 5)).toMatchObject({ failures: 2, evidence: 1, othersPassedSince: false });
  });

  test('that hung while others passed makes it one that hangs', () => {
    const failing = new Failing();
    fail(failing, 1, { isHanging: true });
    expect(failing.isHanging(1)).toBe(false);
    failing.delivered(2);
    fail(failing, 1, { isHanging: true });
    expect(failing.isHanging(1)).toBe(true);
  });
});

describe('what comes out of a guilty digest as a card', () => {
  test('says nothing about the sink, and has failed as often as it did', () => {
    const failing = new Failing();
    fail(failing, 2);
    failing.watch([1, 2]);
    expect(fail(failing, 1)).toMatchObject({ isWatched: true, failures: 1, evidence: 0 });
    expect(fail(failing, 2)).toMatchObject({ isWatched: true, failures: 2 });
    expect(fail(failing, 3).isWatched).toBe(false);
  });

  test('is as it was if it was never tried', () => {
    const failing = new Failing();
    failing.watch([1]);
    fail(failing, 2, { attempts: 4 });
    expect([failing.asTheyWere(), failing.worstRefused()]).toEqual([
      [{ eventId: 2, attempts: 4 }],
      undefined,
    ]);
  });
});

describe('the refusal of a bare card', () => {
  const refuse = (failing: Failing) =>
    fail(failing, 1, { form: 'bare', isRefused: true }).disprovedBare;

  test('is disproved by another that began after it and passed, and not by one that had begun before', () => {
    const failing = new Failing();
    const early = failing.mark();
    refuse(failing);
    failing.delivered(2, 'full', early);
    expect(refuse(failing)).toBe(0);
    failing.delivered(3, 'full', failing.mark());
    failing.delivered(4, 'full', failing.mark());
    expect(refuse(failing)).toBe(1);
    expect(refuse(failing)).toBe(1);
  });

  test('stays disproved when the card is whole again, and not when the sink was the reason', () => {
    const failing = new Failing();
    refuse(failing);
    failing.restart(1);
    failing.delivered(2);
    expect(fail(failing, 1, { isRefused: true }).disprovedBare).toBe(1);
    failing.acquit('by check');
    expect(fail(failing, 1).disprovedBare).toBe(1);
    failing.acquit('all');
    expect(fail(failing, 1).disprovedBare).toBe(0);
  });

  test('is not disproved by what passes after the outage that it was in', () => {
    const failing = new Failing();
    refuse(failing);
    failing.delivered(2);
    failing.acquit('by check');
    expect(refuse(failing)).toBe(0);
  });
});

describe('an acquittal', () => {
  test('remembers what got no answer until then', () => {
    const failing = new Failing();
    expect(fail(failing, 1, { unanswered: 1 }).pardoned).toBe(0);
    failing.acquit('by check');
    expect(fail(failing, 1, { unanswered: 2 }).pardoned).toBe(2);
    expect(fail(failing, 1, { unanswered: 3 }).pardoned).toBe(2);
  });

  test('of all begins everything anew, as a full card, and keeps what the attempts were', () => {
    const failing = new Failing();
    fail(failing, 1, { attempts: 7 });
    fail(failing, 1, { attempts: 8, form: 'short' });
    failing.acquit('all');
    expect([failing.formOf(1), failing.attemptsBefore(1)]).toEqual(['full', 7]);
    expect(fail(failing, 1)).toMatchObject({ failures: 1, inForm: 1, evidence: 0 });
    expect(failing.formOf(1)).toBeUndefined();
  });

  test('of what the check alone contradicted leaves what neighbours say', () => {
    const failing = new Failing();
    fail(failing, 1);
    failing.checkPassed(1);
    fail(failing, 2);
    failing.delivered(3);
    fail(failing, 2);
    failing.acquit('by check');
    expect([failing.formOf(1), failing.formOf(2)]).toEqual(['full', undefined]);
  });

  test('of one does not forget that others passed since it first failed', () => {
    const failing = new Failing();
    fail(failing, 1);
    failing.delivered(2);
    failing.restart(1);
    expect(fail(failing, 1)).toMatchObject({ failures: 1, othersPassed: true });
  });
});

test('what was delivered or is dead has a clean slate', () => {
  const failing = new Failing();
  for (const id of [1, 2, 3]) fail(failing, id);
  failing.delivered(1);
  failing.forget(2);
  expect([failing.has(1), failing.has(2), failing.has(3)]).toEqual([false, false, true]);
  expect(fail(failing, 1)).toMatchObject({ failures: 1, othersPassed: false });
});

test('the one that failed last is the last, and of those that were refused the worst one failed most often', () => {
  const failing = new Failing();
  for (const id of [1, 2, 3, 1, 3, 3, 2]) fail(failing, id, { isRefused: id !== 3 });
  expect([failing.ids(), failing.worstRefused()]).toEqual([[1, 3, 2], 1]);
  failing.restart(1);
  expect(failing.worstRefused()).toBe(2);
});

describe("the sink's own rate of failure", () => {
  test('is that of deliveries that passed as they were; poison has no part in it', () => {
    const failing = new Failing();
    for (let id = 0; id < 400; id += 4) {
      fail(failing, id);
      for (const passed of [id, id + 1, id + 2, id + 3]) failing.delivered(passed);
      for (const form of ['full', 'full', 'short'] as const) fail(failing, 1000 + id, { form });
      failing.delivered(1000 + id, 'bare');
    }
    const steady = failing.rate(false);
    expect(steady).toBeGreaterThan(0.12);
    expect(steady).toBeLessThan(0.22);
  });

  test('is expected to be bad as long as little is known, if it is to be careful', () => {
    const failing = new Failing();
    expect([failing.rate(true), failing.rate(false)]).toEqual([0.5, 0]);
    for (let id = 0; id < 300; id += 1) failing.delivered(id);
    expect(failing.rate(true)).toBeLessThan(0.01);
  });

  test('that grows is seen after a few', () => {
    const failing = new Failing();
    for (let id = 0; id < 1000; id += 1) failing.delivered(id);
    for (let id = 0; id < 20; id += 1) {
      if (id % 4 === 0) fail(failing, id);
      failing.delivered(id);
    }
    expect(failing.rate(true)).toBeGreaterThan(0.08);
  });
});
