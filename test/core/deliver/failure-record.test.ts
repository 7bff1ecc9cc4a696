// What one delivery's failures say of it, step by step: what contradicts them, and what is forgiven.
import { describe, expect, test } from 'vitest';
import { type FailedTry, FailureRecord } from '../../../src/core/deliver/failure-record.ts';

const attempt = (more: Partial<FailedTry> = {}): FailedTry => ({
  eventId: 1,
  form: 'full',
  mark: 0,
  attempts: 0,
  unanswered: 0,
  isHanging: false,
  isRefused: false,
  ...more,
});
const nothingPassed = { passedAt: 0, passedBegan: -1 };

describe('a failure is contradicted', () => {
  test.each([
    ['not by what passed before the attempt began', 5, 5, false, 0],
    ['by what passed after the attempt began', 6, 5, true, 1],
  ])('%s', (_title, passedAt, mark, isContradicted, evidence) => {
    const record = new FailureRecord(0, mark);
    const suspicion = record.failed(attempt({ mark }), { turn: 9, passedAt, passedBegan: 0 });
    expect(suspicion).toMatchObject({ isContradicted, evidence, othersPassedSince: false });
  });

  test.each([
    ['with the one before, by what passed between the two', 4, 2, true],
    ['not by what passed at the turn of the last failure', 3, 0, false],
  ])('%s', (_title, passedAt, evidence, othersPassedSince) => {
    const record = new FailureRecord(0, 2);
    record.failed(attempt({ mark: 2 }), { ...nothingPassed, turn: 3 });
    const suspicion = record.failed(attempt({ mark: 3 }), { turn: 5, passedAt, passedBegan: 0 });
    expect(suspicion).toMatchObject({ failures: 2, evidence, othersPassedSince });
  });

  test('by the check, once only, and others that pass then count for the next failure alone', () => {
    const record = new FailureRecord(0, 0);
    record.failed(attempt(), { ...nothingPassed, turn: 1 });
    expect([record.contradictByCheck(), record.contradictByCheck()]).toEqual([true, false]);
    const passes = { turn: 3, passedAt: 2, passedBegan: 0 };
    expect(record.failed(attempt({ mark: 1 }), passes).evidence).toBe(2);
  });
});

describe('the refusal of a bare card', () => {
  const bare = (mark: number) => attempt({ form: 'bare', isRefused: true, mark });

  test.each([
    ['is disproved by what began after it', 1, 1],
    ['is not disproved by what had begun before', 0, 0],
  ])('%s', (_title, passedBegan, disprovedBare) => {
    const record = new FailureRecord(0, 0);
    record.failed(bare(0), { ...nothingPassed, turn: 1 });
    expect(record.failed(bare(1), { turn: 3, passedAt: 2, passedBegan })).toMatchObject({
      disprovedBare,
    });
  });

  test('is not disproved by what passes after an outage, and one that was stays so', () => {
    const record = new FailureRecord(0, 0);
    record.failed(bare(0), { ...nothingPassed, turn: 1 });
    record.failed(bare(1), { turn: 3, passedAt: 2, passedBegan: 1 });
    record.outageEnded('by check');
    const passes = { turn: 5, passedAt: 4, passedBegan: 3 };
    expect(record.failed(bare(3), passes).disprovedBare).toBe(1);
    record.outageEnded('all');
    expect(record.failed(bare(5), { ...passes, turn: 6 }).disprovedBare).toBe(0);
  });
});

describe('an outage that ended', () => {
  const contradicted = () => {
    const record = new FailureRecord(0, 0);
    record.failed(attempt(), { turn: 2, passedAt: 1, passedBegan: 0 });
    return record;
  };

  test.each([
    ['forgives what nothing contradicts', 'by check', new FailureRecord(0, 0), true],
    ['keeps what others contradict', 'by check', contradicted(), false],
    ['may forgive that, too', 'all', contradicted(), true],
  ] as const)('%s', (_title, how, record, isAcquitted) => {
    record.outageEnded(how);
    expect([record.isAcquitted, record.evidence === 0]).toEqual([isAcquitted, isAcquitted]);
  });

  test('leaves how often it failed in all, and the next failure says what got no answer till then', () => {
    const record = new FailureRecord(7, 0);
    record.failed(attempt({ unanswered: 2 }), { ...nothingPassed, turn: 1 });
    record.outageEnded('by check');
    expect([record.hasFailed, record.failures, record.attemptsBefore]).toEqual([true, 0, 7]);
    const again = record.failed(attempt({ unanswered: 3 }), { ...nothingPassed, turn: 2 });
    expect(again).toMatchObject({ failures: 1, pardoned: 3 });
    expect(record.isAcquitted).toBe(false);
  });
});

test('hanging counts against it only while something contradicts it', () => {
  const record = new FailureRecord(0, 0);
  record.failed(attempt({ isHanging: true }), { ...nothingPassed, turn: 1 });
  expect(record.hangsAlone).toBe(false);
  record.contradictByCheck();
  expect(record.hangsAlone).toBe(true);
  record.failed(attempt({ mark: 1 }), { ...nothingPassed, turn: 2 });
  expect(record.hangsAlone).toBe(false);
});

test('failures are counted for the form in which it failed last', () => {
  const record = new FailureRecord(0, 0);
  expect(record.failuresIn('full')).toBe(0);
  record.failed(attempt(), { ...nothingPassed, turn: 1 });
  record.failed(attempt(), { ...nothingPassed, turn: 2 });
  record.failed(attempt({ form: 'short' }), { ...nothingPassed, turn: 3 });
  expect([record.failuresIn('full'), record.failuresIn('short'), record.failures]).toEqual([
    0, 1, 3,
  ]);
});

test('a part of a guilty digest has one failure and its evidence before it was ever tried', () => {
  const record = FailureRecord.ofGuilty(4);
  expect([record.hasFailed, record.failures, record.evidence]).toEqual([false, 1, 1]);
  const first = record.failed(attempt({ mark: 4 }), { turn: 5, passedAt: 4, passedBegan: 0 });
  expect(first).toMatchObject({ failures: 2, evidence: 1, othersPassedSince: false });
});
