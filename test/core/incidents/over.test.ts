// What nobody renewed is open again, and people are told.
import { expect, test } from 'vitest';
import { changeIncident } from '../../../src/core/incidents/change.ts';
import { startIncidents } from '../../../src/core/incidents/over.ts';
import { readIncident } from '../../../src/store/incidents.ts';
import { drafts, hold, quiet, storePage, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';

const db = useDatabase();

test('an acknowledgement that is over opens the incident, with news; another stays', async () => {
  const page = await storePage(db(), { events: drafts(1, 3) });
  const ids = page!.events.map(({ id }) => id);
  await db().$client`update deliveries set state = 'delivered', finalized_at = now()`;
  for (const eventId of ids)
    await changeIncident(db(), {
      ...{ eventId, actor: 'ana', via: 'page' },
      wanted: { kind: 'acknowledged', forMs: 60_000 },
    });
  await db().$client`
    update incidents set until = now() - interval '1 second' where event_id <> ${ids[2]!}`;
  await db().$client`
    update incidents set changed_at = now() - interval '8 days' where event_id = ${ids[1]!}`;
  const lease = await hold(db(), 'job:incidents');
  const worker = startIncidents(
    { db: db(), log: quiet, metrics: { countHandled() {} }, businessHours: [] },
    lease,
  );
  const states = async () =>
    Promise.all(ids.map(async (id) => (await readIncident(db(), id))!.view.state));
  expect(await until(async () => (await states())[1] === 'open', 10_000)).toBe(true);
  await worker.stop();
  expect(await states()).toEqual(['open', 'open', 'acknowledged']);
  const news = await db().$client`
    select body->'news'->>'eventId' as id, body->'news'->'values'->>'by' as by,
      body->'news'->>'via' as via
    from events where body->'news'->>'kind' = 'expired'`;
  // The second is so old that it opens quietly.
  expect(news.map((row) => ({ ...row }))).toEqual([{ id: String(ids[0]), by: 'ana', via: 'time' }]);
});
