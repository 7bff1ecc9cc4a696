// The figures of incidents: each series from the start, and counted once a minute.
import { expect, test } from 'vitest';
import { createMetrics } from '../../src/observe/metrics/index.ts';
import { createIncidentFigures } from '../../src/service/incident-figures.ts';
import { draft, storePage, useDatabase } from '../store/stored.ts';

const db = useDatabase();

test('are those of the database, at most a minute old', async () => {
  const metrics = createMetrics({ version: '1', sources: [], sinks: [], roles: [] });
  let nowMs = 0;
  const collect = createIncidentFigures(db(), metrics, () => nowMs);
  const series = async () => {
    await collect();
    const text = await metrics.expose();
    return text
      .split('\n')
      .filter((line) => /^tocsin_(incidents(?!_past_last_step)|unack)/.test(line));
  };
  const none = await series();
  expect(none).toHaveLength(24);
  expect(none.every((line) => line.endsWith(' 0'))).toBe(true);
  await storePage(db(), { events: [draft(1, { severity: 5 }), draft(2, { severity: 5 })] });
  await db().$client`update events set received_at = now() - interval '1 hour'`;
  nowMs = 59_999;
  expect(await series()).toEqual(none);
  nowMs = 60_000;
  const some = (await series()).filter((line) => !line.endsWith(' 0'));
  expect(some).toMatchObject([
    'tocsin_incidents{state="open",severity="critical"} 2',
    expect.stringMatching(/^tocsin_unacknowledged_oldest_age_seconds\{severity="critical"\} 360\d/),
  ]);
});
