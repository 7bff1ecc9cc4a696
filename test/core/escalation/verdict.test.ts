// When the next step of an escalation is made, waited for, left out, or never made.
import { expect, test } from 'vitest';
import {
  againMinMs,
  type EscalationFacts,
  graceMs,
  verdictOn,
} from '../../../src/core/escalation/verdict.ts';
import { momentsOf } from '../../../src/core/rules/escalation.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** When the message was delivered, a second after the event came. */
const startMs = Date.parse('2026-03-02T03:12Z');
const moments = momentsOf(
  [15, 30, 60].map((minutes) => ({
    afterMs: minutes * minuteMs,
    to: ['soc'],
    mention: [],
    repeat: 0,
    minSeverity: 0,
  })),
);
const facts = (minutes: number, more: Partial<EscalationFacts> = {}): EscalationFacts => ({
  state: 'open',
  step: 0,
  happenedAtMs: startMs - 1000,
  reopenedAtMs: null,
  escalatedAtMs: null,
  deliveredAtMs: startMs,
  isHeld: false,
  nowMs: startMs + minutes * minuteMs,
  ...more,
});
const verdict = (minutes: number, more: Partial<EscalationFacts> = {}) =>
  verdictOn(facts(minutes, more), moments, dayMs);
const at = (minutes: number) => startMs + minutes * minuteMs;

test('a step is made once its time has come, and not a millisecond before', () => {
  const untilMs = at(15);
  expect(verdict(15, { nowMs: untilMs - 1 })).toEqual({ kind: 'wait', untilMs });
  const made = { kind: 'make', at: 0, skipped: 0, reason: 'unacknowledged', nextAtMs: at(30) };
  expect(verdict(15)).toEqual(made);
  expect(verdict(29)).toEqual(made);
  expect(verdict(60, { step: 2 })).toEqual({ ...made, at: 2, nextAtMs: null });
});

test('steps whose time passed while nobody looked are left out, but for the last', () => {
  const late = { kind: 'make', reason: 'unacknowledged' };
  expect(verdict(31)).toEqual({ ...late, at: 1, skipped: 1, nextAtMs: at(60) });
  expect(verdict(600)).toEqual({ ...late, at: 2, skipped: 2, nextAtMs: null });
});

test.each(['acknowledged', 'snoozed', 'resolved'] as const)('%s: nobody is told', (state) => {
  expect(verdict(15, { state })).toEqual({ kind: 'end', reason: 'taken' });
});

test('after the last step, and of an incident that is too old, nobody is told', () => {
  expect(verdict(61, { step: 3 })).toEqual({ kind: 'end', reason: 'done' });
  const happenedAtMs = startMs - dayMs;
  expect(verdict(0, { happenedAtMs })).toMatchObject({ kind: 'wait' });
  expect(verdict(1, { happenedAtMs })).toEqual({ kind: 'end', reason: 'too_old' });
});

test('one that was never delivered is told a while later, with that as the reason', () => {
  const never = { deliveredAtMs: null, happenedAtMs: startMs };
  const dueMs = at(15) + graceMs;
  expect(verdict(15, never)).toEqual({ kind: 'wait', untilMs: dueMs });
  const made = { kind: 'make', at: 0, reason: 'undelivered', nextAtMs: at(30) + graceMs };
  expect(verdict(15, { ...never, nowMs: dueMs })).toMatchObject(made);
});

test('one that waits for its group or its hours is looked at again', () => {
  const held = { deliveredAtMs: null, isHeld: true };
  expect(verdict(600, held)).toEqual({ kind: 'wait', untilMs: at(601) });
});

test('open again, it begins anew from then', () => {
  const reopenedAtMs = at(120);
  expect(verdict(121, { reopenedAtMs })).toEqual({ kind: 'wait', untilMs: at(135) });
  expect(verdict(135, { reopenedAtMs })).toMatchObject({ kind: 'make', at: 0, skipped: 0 });
});

test('a delivery of later than now was written before the clock went back, and counts as now', () => {
  expect(verdict(-60)).toEqual({ kind: 'wait', untilMs: at(-45) });
});

test('what happens again after the last step makes that one again, as long after it as repeat would', () => {
  const done = { step: 3, escalatedAtMs: at(60) };
  expect(verdict(200, { ...done, happenedAtMs: at(60) })).toEqual({ kind: 'end', reason: 'done' });
  const again = { ...done, happenedAtMs: at(61) };
  expect(verdict(62, again)).toEqual({ kind: 'wait', untilMs: at(90) });
  const made = { kind: 'make', at: 2, skipped: 0, reason: 'unacknowledged', nextAtMs: null };
  expect(verdict(90, again)).toEqual(made);
  expect(verdict(600, again)).toEqual(made);
  expect(verdict(600, { ...again, deliveredAtMs: null })).toEqual({
    ...made,
    reason: 'undelivered',
  });
  expect(verdict(90, { ...again, state: 'resolved' })).toEqual({ kind: 'end', reason: 'taken' });
  // Nobody was told at all: there was a silence.
  expect(verdict(62, { ...again, escalatedAtMs: null })).toEqual(made);
  // Of a clock that went back.
  expect(verdict(62, { ...again, escalatedAtMs: at(600), happenedAtMs: at(601) })).toEqual({
    ...{ kind: 'wait', untilMs: at(92) },
  });
});

test('steps that follow within seconds do not call at each recurrence', () => {
  const [moment] = moments;
  const quick = [{ ...moment!, atMs: 10_000 }];
  const again = { step: 1, escalatedAtMs: at(1), happenedAtMs: at(2) };
  const verdictAt = (minutes: number) => verdictOn(facts(minutes, again), quick, dayMs);
  expect(verdictAt(3)).toEqual({ kind: 'wait', untilMs: at(1) + againMinMs });
  expect(verdictAt(16)).toMatchObject({ kind: 'make', at: 0 });
  expect(verdictOn(facts(16, again), [], dayMs)).toEqual({ kind: 'end', reason: 'done' });
});
