// What a message and its edit say alike: the route's settings, the template, the tenant, and what
// became of the event.
import { expect, it } from 'vitest';
import { circumstancesOf } from '../../../src/core/deliver/circumstances.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { quiet } from '../../store/stored.ts';
import { storedEvent } from '../../support/events.ts';
import { incidentView } from '../../support/incidents.ts';
import { voiceOf } from '../../support/voice.ts';

const options = {
  id: 'soc',
  voice: voiceOf(),
  routes: [
    { name: 'night', minSeverity: 0 as const, to: ['soc'], settings: new Map([['soc', 'own']]) },
  ],
  showTenant: () => true,
  log: quiet,
  metrics: createMetrics({ version: 't', sources: [], sinks: [], roles: [] }),
};

it('has what the route sets for the sink, and what became of the event', () => {
  const incident = incidentView();
  const spoken = { event: storedEvent(), form: 'short', route: 'night', incident } as const;
  expect(circumstancesOf(options, spoken)).toEqual({
    ...{ form: 'short', showTenant: true, settings: 'own', incident, hasSteps: false },
  });
});

it('says that a route has steps', () => {
  const escalate = [{}] as never;
  const routes = [{ name: 'night', minSeverity: 0 as const, to: ['soc'], escalate }];
  const spoken = { event: storedEvent(), form: 'full', route: 'night' } as const;
  expect(circumstancesOf({ ...options, routes }, spoken)).toMatchObject({ hasSteps: true });
});

it('has no settings of a route that is gone', () => {
  const spoken = { event: storedEvent(), form: 'full', route: 'old' } as const;
  expect(circumstancesOf(options, spoken)).toMatchObject({ settings: undefined });
});
