// What becomes of an incident, as a table: from each state, by whom.
import { describe, expect, test } from 'vitest';
import { decide, type Wanted } from '../../../src/core/incidents/decide.ts';
import type { Severity } from '../../../src/kit/event.ts';
import type { Change, IncidentState, IncidentView } from '../../../src/kit/incident.ts';
import type { KnownIncident } from '../../../src/kit/records/incident.ts';

const nowMs = Date.parse('2026-02-03T10:00:00.000Z');

function known(view: Partial<IncidentView> = {}, step = 0): KnownIncident {
  const state: IncidentView = {
    ...{ id: 1, eventId: 5, state: 'open', version: 3, severity: 4, by: null, via: null },
    ...{ changedAt: '2026-02-03T09:00:00.000Z', until: null, note: null, occurrences: 2 },
    ...{ lastSeenAt: null, escalatedTo: null },
    ...view,
  };
  return { view: state, about: { severity: state.severity, type: 'T' }, step, nowMs };
}

const held = (state: IncidentState, by = 'ana') => known({ state, by, via: 'chat' });
const ack: Wanted = { kind: 'acknowledged', forMs: 3_600_000 };
const snooze: Wanted = { kind: 'snoozed', forMs: 60_000 };

/** The new state in words: `acknowledged`, `open, told`; else why nothing changes. */
function told(before: KnownIncident, wanted: Wanted, actor = 'ana'): string {
  const next = decide(before, wanted, actor);
  if (typeof next === 'string') return next;
  return [
    next.kind,
    next.state,
    ...(next.isTaken ? ['taken'] : []),
    ...(next.isTold ? ['told'] : []),
  ].join(' ');
}

describe('people', () => {
  test.each<[IncidentState, string, Wanted, string]>([
    ['open', 'ana', ack, 'acknowledged acknowledged taken told'],
    ['acknowledged', 'ana', ack, 'acknowledged acknowledged taken'],
    ['acknowledged', 'bob', ack, 'taken'],
    ['snoozed', 'bob', ack, 'acknowledged acknowledged taken told'],
    ['resolved', 'bob', ack, 'resolved'],
    ['open', 'ana', snooze, 'snoozed snoozed taken told'],
    ['acknowledged', 'ana', snooze, 'snoozed snoozed taken told'],
    ['acknowledged', 'bob', snooze, 'taken'],
    ['snoozed', 'ana', snooze, 'snoozed snoozed taken'],
    ['snoozed', 'bob', snooze, 'taken'],
    ['resolved', 'ana', snooze, 'resolved'],
    ['open', 'bob', { kind: 'resolved' }, 'resolved resolved taken told'],
    ['acknowledged', 'bob', { kind: 'resolved' }, 'resolved resolved taken told'],
    ['snoozed', 'bob', { kind: 'resolved' }, 'resolved resolved taken told'],
    ['resolved', 'bob', { kind: 'resolved' }, 'same'],
    ['open', 'bob', { kind: 'reopened' }, 'same'],
    ['acknowledged', 'bob', { kind: 'reopened' }, 'reopened open taken told'],
    ['snoozed', 'bob', { kind: 'reopened' }, 'reopened open taken told'],
    ['resolved', 'bob', { kind: 'reopened' }, 'reopened open taken told'],
    ['resolved', 'bob', { kind: 'noted' }, 'noted resolved'],
    ['acknowledged', 'bob', { kind: 'noted' }, 'noted acknowledged'],
  ])('what ana left %s, for %s: %j → %s', (state, actor, wanted, expected) => {
    expect(told(state === 'open' ? known() : held(state), wanted, actor)).toBe(expected);
  });

  test('an acknowledgement ends by the database’s clock, unless it has no end', () => {
    const next = decide(known(), ack, 'ana');
    const until = '2026-02-03T11:00:00.000Z';
    expect(next).toHaveProperty('untilMs', Date.parse(until));
    expect(next).toHaveProperty('values', { from: 'open', until });
    const endless = decide(known(), { kind: 'acknowledged', forMs: null }, 'ana');
    expect(endless).toHaveProperty('untilMs', null);
    expect(endless).toHaveProperty('values', { from: 'open' });
  });

  test('the news says whose it was before', () => {
    const next = decide(held('acknowledged'), { kind: 'resolved' }, 'bob');
    expect(next).toMatchObject({ values: { from: 'acknowledged', by: 'ana' } });
    const nobodys = decide(known(), { kind: 'resolved' }, 'bob');
    expect(nobodys).toHaveProperty('values', { from: 'open' });
  });
});

describe('the time', () => {
  const over = (state: IncidentState, until: string | null) =>
    known({ state, until, by: 'ana', via: 'chat' });

  test.each<[IncidentState, string | null, string]>([
    ['acknowledged', '2026-02-03T10:00:00.000Z', 'expired open taken told'],
    ['acknowledged', '2026-02-03T10:00:00.001Z', 'same'],
    ['acknowledged', null, 'same'],
    ['snoozed', '2026-02-03T09:00:00.000Z', 'expired open taken told'],
    ['resolved', '2026-02-03T09:00:00.000Z', 'same'],
    ['open', '2026-02-03T09:00:00.000Z', 'same'],
  ])('%s until %s: %s', (state, until, expected) => {
    expect(told(over(state, until), { kind: 'expired', isQuiet: false })).toBe(expected);
  });

  test('an old incident opens again, and nobody is told', () => {
    const before = over('acknowledged', '2026-02-03T09:00:00.000Z');
    expect(told(before, { kind: 'expired', isQuiet: true })).toBe('expired open taken');
  });
});

describe('the vendor', () => {
  const vendor = (change: Partial<Change>, severity: Severity = 4): Wanted => ({
    kind: 'vendor',
    change: { source: 'di', externalId: '17', fields: [], ...change },
    severity,
    seenAt: '2026-02-03T09:59:00.000Z',
  });

  test.each<[IncidentState, Partial<Change>, Severity, string]>([
    ['open', {}, 4, 'vendor_changed open'],
    ['open', { closing: 'closed' }, 4, 'resolved resolved taken told'],
    ['acknowledged', { closing: 'closed', seenAgain: 2 }, 5, 'resolved resolved taken told'],
    ['resolved', { closing: 'closed' }, 4, 'vendor_changed resolved'],
    ['resolved', { closing: 'reopened' }, 4, 'reopened open taken told'],
    ['acknowledged', { closing: 'reopened' }, 4, 'vendor_changed acknowledged'],
    ['open', { seenAgain: 1 }, 4, 'seen_again open'],
    ['acknowledged', { seenAgain: 1 }, 4, 'seen_again open taken told'],
    ['snoozed', { seenAgain: 1 }, 4, 'seen_again open taken told'],
    ['resolved', { seenAgain: 1 }, 4, 'seen_again open taken told'],
    ['open', {}, 5, 'severity_raised open told'],
    ['acknowledged', { seenAgain: 1 }, 5, 'severity_raised open taken told'],
    ['acknowledged', {}, 3, 'vendor_changed acknowledged'],
    ['acknowledged', {}, 0, 'vendor_changed acknowledged'],
  ])('%s, %j, severity %i: %s', (state, change, severity, expected) => {
    const before = state === 'open' ? known() : held(state);
    expect(told(before, vendor(change, severity), 'di')).toBe(expected);
  });

  test('counts on, says when, and keeps the highest severity', () => {
    const again = decide(known(), vendor({ seenAgain: 3 }, 2), 'di');
    expect(again).toMatchObject({
      ...{ severity: 4, seenAgain: 3, seenAt: '2026-02-03T09:59:00.000Z' },
      values: { occurrences: '5' },
    });
    expect(decide(known(), vendor({}, 5), 'di')).toMatchObject({
      ...{ severity: 5, seenAgain: 0, seenAt: null, values: { severity: '5' } },
    });
  });
});

describe('what the vendor changed', () => {
  const field = (name: string, from: string | null, to: string | null) => ({ name, from, to });
  const follow = (before: KnownIncident, fields: Change['fields'], seenAgain = 0) =>
    decide(
      before,
      {
        ...{ kind: 'vendor', severity: 4, seenAt: null },
        change: { source: 'di', externalId: '17', fields, ...(seenAgain > 0 && { seenAgain }) },
      },
      'di',
    );

  test('is kept by what a card says; what was or is absent is empty', () => {
    const fields = [field('status', null, 'OPEN'), field('comment', 'x', null)];
    expect(follow(known(), [...fields, field('recurrence', '1', '2')])).toHaveProperty('values', {
      ...{ 'from.status': '', 'to.status': 'OPEN', 'from.comment': 'x', 'to.comment': '' },
    });
  });

  test('is cut where it is long', () => {
    const next = follow(known(), [field('comment', null, 'x'.repeat(10_000))]);
    const { values } = next as Extract<typeof next, { readonly values: object }>;
    expect(values['to.comment']!.length).toBeLessThanOrEqual(600);
  });

  test('opens what somebody had with whose it was', () => {
    expect(follow(held('acknowledged'), [], 1)).toHaveProperty('values', {
      ...{ from: 'acknowledged', by: 'ana', occurrences: '3' },
    });
  });
});

describe('an escalation', () => {
  test('says which step it is, to whom, and why', () => {
    const wanted: Wanted = {
      kind: 'escalated',
      step: {
        ...{ from: 0, step: 1, nextAtMs: null, to: 'soc', deliveries: [] },
        values: { reason: 'unacknowledged' },
      },
    };
    expect(decide(known(), wanted, 'tocsin')).toHaveProperty('values', {
      ...{ step: '1', to: 'soc', last: 'yes', reason: 'unacknowledged' },
    });
  });

  const step = (number: number): Wanted => ({
    kind: 'escalated',
    step: { from: number - 1, step: number, nextAtMs: null, to: 'on duty', deliveries: [] },
  });

  test.each<[KnownIncident, number, string]>([
    [known(), 1, 'escalated open told'],
    [known({}, 1), 1, 'same'],
    [known({}, 1), 2, 'escalated open told'],
    [known(), 2, 'same'],
    [held('acknowledged'), 1, 'taken'],
    [held('snoozed'), 1, 'taken'],
    [held('resolved'), 1, 'resolved'],
  ])('case %#: step %i: %s', (before, number, expected) => {
    expect(told(before, step(number), 'tocsin')).toBe(expected);
  });

  test('of the last step again counts only on the version that somebody saw', () => {
    const again: Wanted = {
      kind: 'escalated',
      step: { from: 1, step: 1, nextAtMs: null, to: 'on duty', deliveries: [] },
    };
    const before = known({ version: 3 }, 1);
    expect(told(before, { ...again, version: 3 }, 'ana')).toBe('escalated open told');
    expect(told(before, { ...again, version: 2 }, 'ana')).toBe('same');
  });
});
