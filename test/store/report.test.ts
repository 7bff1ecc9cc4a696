// What most messages were about, and what would have saved them.
import { expect, test } from 'vitest';
import { isNoticeStored, readNoise, readOldestMs } from '../../src/store/report.ts';
import { draft, storePage, useDatabase } from './stored.ts';

const db = useDatabase();
const week = () => ({ sinceMs: Date.now() - 7 * 86_400_000, untilMs: Date.now() + 60_000 });
const noise = (rowsMax = 100) => readNoise(db(), { ...week(), rowsMax });
const on = (id: number, name: string) => draft(id, { body: { device: { name } } });
const routes = [{ name: 'all', minSeverity: 1 as const, to: ['soc', 'mail'] }];

/** Each posted in an hour of its own, but the last two. */
async function posted(): Promise<void> {
  const events = [on(1, 'PC-1'), on(2, 'PC-1'), on(3, 'PC-1'), on(4, 'PC-2')];
  await storePage(db(), { events, routes });
  await db().$client`
    update deliveries d set state = 'delivered', finalized_at = date_trunc('hour', now())
      - (4 - least(e.external_id::integer, 3)) * interval '1 hour'
    from events e where e.id = d.event_id`;
}

test('the device and the route with most messages', async () => {
  await posted();
  expect(await noise()).toEqual({
    device: { name: 'PC-1', messages: 6, saved: 4 },
    route: { name: 'all', messages: 8, saved: 2 },
    dead: 0,
  });
});

test('nothing if no message was to be saved, digests and suppressed ones do not count', async () => {
  await posted();
  await db().$client`
    update deliveries set state = 'suppressed', reason = 'x' where sink = 'mail'`;
  await db()
    .$client`update deliveries set digest_id = 99, priority = priority + 10 where event_id in (
    select id from events where external_id in ('1', '2', '4'))`;
  expect(await noise()).toEqual({ device: null, route: null, dead: 0 });
});

test('what was given up is counted, of this week alone', async () => {
  await posted();
  await db().$client`
    update deliveries set state = 'dead', reason = 'rejected' where sink = 'mail'`;
  expect(await noise()).toMatchObject({ dead: 4 });
  await db().$client`
    update events set received_at = now() - interval '8 days' where external_id <> '4'`;
  expect(await noise()).toEqual({ device: null, route: null, dead: 1 });
});

test('only the newest events are looked at', async () => {
  await posted();
  expect((await noise(2)).device).toBeNull();
});

test('whether a notice is stored, and since when there are events', async () => {
  expect(await readOldestMs(db())).toBeNull();
  await storePage(db(), { source: 'tocsin', events: [draft(1)] });
  await storePage(db(), { events: [draft(2)] });
  await db().$client`
    update events set received_at = to_timestamp(1000) where external_id = '1'`;
  expect(await readOldestMs(db())).toBe(1_000_000);
  expect(await isNoticeStored(db(), '1')).toBe(true);
  expect(await isNoticeStored(db(), '2')).toBe(false);
});
