// The metrics of escalations: the names and labels that dashboards rely on.
import { expect, test } from 'vitest';
import { createEscalationMetrics } from '../../../../src/observe/metrics/instruments/escalation.ts';
import { describedBy } from './described.ts';

test('the metrics of escalations have the names and labels that dashboards rely on', async () => {
  expect(await describedBy(createEscalationMetrics)).toEqual({
    tocsin_escalations_total: { labels: ['outcome'] },
    tocsin_incidents_past_last_step: { labels: [] },
    tocsin_escalations_untold: { labels: [] },
    tocsin_duty_calendar_reads_total: { labels: ['outcome'] },
    tocsin_duty_calendar_age_seconds: { labels: [] },
  });
});
