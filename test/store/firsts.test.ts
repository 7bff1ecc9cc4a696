// Which changes of incidents end a time that counts, and from when on they are looked at.
import { beforeEach, expect, test } from 'vitest';
import { changeIncident } from '../../src/core/incidents/change.ts';
import type { Wanted } from '../../src/core/incidents/decide.ts';
import { lastSettledChange, readFirsts } from '../../src/store/firsts.ts';
import { drafts, inTransaction, storePage, useDatabase } from './stored.ts';

const db = useDatabase();
let ids: number[];

/** Delivered an hour ago but for the last. */
beforeEach(async () => {
  ids = (await storePage(db(), { events: drafts(1, 4) }))!.events.map(({ id }) => id);
  await db().$client`
    update deliveries set state = 'delivered', finalized_at = now() - interval '1 hour'
    where event_id <> ${ids[3]!}`;
});

const change = (eventId: number, wanted: Wanted, via = 'chat') =>
  changeIncident(db(), { eventId, wanted, actor: 'ana', via });
const acknowledged: Wanted = { kind: 'acknowledged', forMs: null };
const settle = (seconds = 10) => db().$client`
  update incident_changes set at = at - ${seconds}::integer * interval '1 second'`;
const firsts = async (afterId = 0) => (await readFirsts(db(), { afterId, limit: 100 })).firsts;

test('the first of each, from the first delivered message on', async () => {
  await change(ids[0]!, acknowledged);
  await change(ids[0]!, { kind: 'reopened' });
  await change(ids[0]!, acknowledged);
  await change(ids[0]!, { kind: 'resolved' });
  await change(ids[0]!, { kind: 'reopened' });
  await change(ids[0]!, { kind: 'resolved' });
  await change(ids[1]!, { kind: 'noted' });
  await change(ids[1]!, { kind: 'snoozed', forMs: 60_000 });
  await change(ids[1]!, acknowledged);
  await settle();
  const found = await firsts();
  expect(found.map(({ state }) => state)).toEqual(['acknowledged', 'resolved', 'acknowledged']);
  for (const { seconds, receivedAtMs } of found) {
    expect(seconds).toBeGreaterThan(3_580);
    expect(seconds).toBeLessThan(3_600);
    expect(Math.abs(Date.now() - receivedAtMs)).toBeLessThan(600_000);
  }
});

test('not what the vendor closed, nor what is not delivered or no longer stored', async () => {
  const closing = { source: 'a', externalId: '1', fields: [], closing: 'closed' } as const;
  await change(ids[0]!, { kind: 'vendor', change: closing, severity: 4, seenAt: null }, 'vendor');
  await change(ids[3]!, acknowledged);
  await change(ids[1]!, acknowledged);
  await db().$client`delete from events where id = ${ids[1]!}`;
  await settle();
  const page = await readFirsts(db(), { afterId: 0, limit: 100 });
  expect(page).toEqual({ lastId: await lastSettledChange(db()), firsts: [] });
  expect(page.lastId).toBeGreaterThan(0);
});

test('a change counts once it is five seconds old, and with it whatever came before it', async () => {
  expect(await lastSettledChange(db())).toBe(0);
  await change(ids[0]!, acknowledged);
  expect(await readFirsts(db(), { afterId: 0, limit: 100 })).toEqual({ lastId: 0, firsts: [] });
  // Its transaction began before the next one, and ends after it.
  await inTransaction(db(), async (slow) => {
    await changeIncident(slow, {
      ...{ eventId: ids[1]!, wanted: acknowledged, actor: 'bob', via: 'page' },
    });
    await change(ids[2]!, acknowledged);
    expect(await firsts()).toEqual([]);
  });
  await settle();
  const page = await readFirsts(db(), { afterId: 0, limit: 2 });
  expect(page.firsts).toHaveLength(2);
  expect(await firsts(page.lastId)).toHaveLength(1);
  // Written before the clock went back: nothing waits for it.
  await settle(-3_600);
  expect(await firsts()).toHaveLength(3);
});
