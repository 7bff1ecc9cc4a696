// What nobody renewed is open again, and people are told.
import { expect, onTestFinished, test, vi } from 'vitest';
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

/** Ana has each of them, and her time is over. */
async function over(count: number): Promise<number[]> {
  const page = await storePage(db(), { events: drafts(1, count) });
  const ids = page!.events.map(({ id }) => id);
  await db().$client`
    update deliveries set state = 'delivered', finalized_at = now() - interval '1 minute'`;
  await db().$client`
    insert into incidents (source, subject, event_id, state, severity, by, via, until)
    select 'a', 's' || id, id, 'acknowledged', severity, 'ana', 'page', now() - interval '1 second'
    from events`;
  return ids;
}

async function openCount(): Promise<number> {
  const rows = await db().$client`select 1 from incidents where state = 'open'`;
  return rows.length;
}

/** While timers stand still. */
async function soon(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 5000; tries += 1) {
    if (await holds()) return true;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return false;
}

test('one look opens all that is over; the next one counts what people did', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const [first] = await over(101);
  const countHandled = vi.fn();
  const lease = await hold(db(), 'job:incidents');
  const deps = { db: db(), log: quiet, metrics: { countHandled }, businessHours: [] };
  const worker = startIncidents(deps, lease);
  expect(await soon(async () => (await openCount()) === 101)).toBe(true);
  await changeIncident(db(), {
    ...{ eventId: first!, actor: 'ana', via: 'page' },
    wanted: { kind: 'resolved' },
  });
  await db().$client`update incident_changes set at = at - interval '10 seconds'`;
  const counted = await soon(() => {
    vi.advanceTimersByTime(1000);
    return countHandled.mock.calls.length > 0;
  });
  await worker.stop();
  expect(counted).toBe(true);
  expect(countHandled).toHaveBeenCalledExactlyOnceWith('resolved', expect.anything());
});

test('whoever loses the role opens no more', async () => {
  await over(3);
  const lease = await hold(db(), 'job:incidents');
  let isHeld = true;
  const info = () => {
    isHeld = false;
  };
  const log = { ...quiet, info } as unknown as typeof quiet;
  const deps = { db: db(), log, metrics: { countHandled() {} }, businessHours: [] };
  const losing = Object.assign(Object.create(lease), { isHeld: () => isHeld });
  const worker = startIncidents(deps, losing);
  expect(await until(() => !isHeld, 10_000)).toBe(true);
  await worker.stop();
  expect(await openCount()).toBe(1);
});

test('of what was renewed at the last moment it says nothing', async () => {
  await over(2);
  const { $client: client } = db();
  await client.unsafe(`create function renew() returns trigger language plpgsql as $$
    begin
      update incidents set until = now() + interval '1 hour', version = version + 1
        where state = 'acknowledged' and id <> new.incident_id;
      return new;
    end $$`);
  await client.unsafe(
    'create trigger renew after insert on incident_changes for each row execute function renew()',
  );
  onTestFinished(async () => void (await client.unsafe('drop function renew cascade')));
  const info = vi.fn();
  const log = { ...quiet, info } as unknown as typeof quiet;
  const deps = { db: db(), log, metrics: { countHandled() {} }, businessHours: [] };
  const isHeld = vi.fn(() => true);
  const lease = Object.assign(Object.create(await hold(db(), 'job:incidents')), { isHeld });
  const worker = startIncidents(deps, lease);
  // It is asked once before each of them, before both, and after them.
  expect(await until(() => isHeld.mock.calls.length > 3, 10_000)).toBe(true);
  await worker.stop();
  expect(info).toHaveBeenCalledOnce();
  expect(await openCount()).toBe(1);
});
