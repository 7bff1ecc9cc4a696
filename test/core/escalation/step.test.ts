// The step that somebody asks for before its time: the next one, or the last one again.
import { expect, test } from 'vitest';
import { nextStep } from '../../../src/core/escalation/step.ts';
import type { EscalatedIncident } from '../../../src/store/escalation.ts';

const step = (minutes: number, to: string[], mention: string[] = []) => ({
  ...{ afterMs: minutes * 60_000, to, mention, repeat: 0, minSeverity: 5 as const, active: [] },
});
const escalate = [step(15, ['soc'], ['duty', '@soc']), step(30, ['pager', 'mail'])];
const routes = [{ name: 'grave', minSeverity: 0 as const, to: ['soc'], escalate }];
const incidentAt = (number: number, route = 'grave') =>
  ({ route, step: number, severity: 2, nowMs: 1_000_000 }) as EscalatedIncident;
const duty = { shifts: [], fallback: { who: 'lead', mention: ['@lead'] } };

test('the next one, whatever its severities and hours, and when the one after it comes', () => {
  expect(nextStep(incidentAt(0), { routes, duty })).toEqual({
    ...{ from: 0, step: 1, nextAtMs: 1_000_000, to: 'soc', mention: '@lead @soc' },
    values: { fallback: 'lead' },
    deliveries: [{ sink: 'soc', priority: 0, route: null }],
  });
});

test('after the last one that one again', () => {
  for (const from of [1, 2])
    expect(nextStep(incidentAt(from), { routes })).toMatchObject({
      ...{ from, step: 2, nextAtMs: null, to: 'mail, pager', values: {} },
    });
});

test('none, if the route is gone or has no steps', () => {
  expect(nextStep(incidentAt(0, 'other'), { routes })).toBeUndefined();
});
