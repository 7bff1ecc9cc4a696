// The metrics of escalations: the names and labels that dashboards rely on.
import { expect, test } from 'vitest';
import { createEscalationMetrics } from '../../../../src/observe/metrics/instruments/escalation.ts';
import { describedBy } from './described.ts';

test('the metrics of escalations have the names and labels that dashboards rely on', async () => {
  expect(await describedBy(createEscalationMetrics)).toEqual({
    tocsin_escalations_total: { labels: ['outcome'] },
  });
});
