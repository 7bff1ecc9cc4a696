// Incidents as they are stored and read, and which event is the root of another.
import { expect, test } from 'vitest';
import { changeIncident } from '../../src/core/incidents/change.ts';
import type { Database } from '../../src/store/database.ts';
import { readIncident, readIncidents, rootEventOf } from '../../src/store/incidents.ts';
import { draft, drafts, storePage, type TestPage, useDatabase } from './stored.ts';

const db = useDatabase();

async function idsOf(page: TestPage): Promise<number[]> {
  return (await storePage(db(), page))!.events.map(({ id }) => id);
}

const acknowledge = (eventId: number, on: Database = db()) =>
  changeIncident(on, {
    ...{ eventId, actor: 'ana', via: 'page', note: 'mine' },
    wanted: { kind: 'acknowledged', forMs: null },
  });

test('an event to which nothing happened is open, and has no row', async () => {
  const [id] = await idsOf({
    events: [
      draft(1, {
        severity: 5,
        body: { itemId: '17', recurrence: 4, device: { id: 'd' }, link: 'l' },
      }),
    ],
  });
  const known = await readIncident(db(), id!);
  expect(known!.view).toMatchObject({
    ...{ id: 0, eventId: id, state: 'open', version: 0, severity: 5, by: null, until: null },
    occurrences: 4,
  });
  expect(known!.about).toEqual({
    ...{ severity: 5, type: 'STATIC_ANALYSIS', device: 'd', itemId: '17', link: 'l' },
  });
  expect(await readIncidents(db(), [id!])).toEqual(new Map());
  expect(await readIncidents(db(), [])).toEqual(new Map());
  expect(await readIncident(db(), 4711)).toBeNull();
});

test('those of many events are read at once', async () => {
  const [first, second] = await idsOf({ events: drafts(1, 2) });
  const changed = await acknowledge(first!);
  const read = await readIncidents(db(), [first!, second!]);
  expect([...read]).toEqual([[first, changed!.incident]]);
  expect(changed!.incident).toMatchObject({
    ...{ state: 'acknowledged', by: 'ana', via: 'page', note: 'mine', until: null, version: 1 },
  });
  expect((await readIncident(db(), first!))!.view).toEqual(changed!.incident);
});

test('items of the same subject from two generations of a source have their own', async () => {
  const [first] = await idsOf({ events: drafts(1, 1) });
  const second = await db().$client`
    insert into events (source, external_id, subject, stream, type, severity, body, raw, routes)
    values ('a', 'g2/1', 'event/1', 'event', 'T', 3, '{}', '{}', '{}') returning id`;
  for (const id of [first!, second[0]!.id])
    expect((await acknowledge(id))!.outcome).toBe('changed');
});

test('so have the digests of Tocsin itself', async () => {
  const rows = await db().$client`
    insert into events (source, external_id, subject, stream, type, severity, body, raw, routes)
    select 'tocsin', 'digest:' || n, 'group', 'digest', 'DIGEST', 3, '{}', '{}', '{}'
    from generate_series(1, 2) n returning id`;
  for (const { id } of rows) expect((await acknowledge(id))!.outcome).toBe('changed');
});

test('the root of a change is the item that changed, of news its event, else itself', async () => {
  const [item] = await idsOf({ events: drafts(17, 1) });
  const changeOf = (externalId: string) => ({ change: { source: 'a', externalId, fields: [] } });
  const [change, other, news] = await idsOf({
    source: 'changes',
    events: [
      draft('c1', { subject: 'event/17', stream: 'change', body: changeOf('17') }),
      draft('c2', { subject: 'event/18', stream: 'change', body: changeOf('18') }),
      draft('n1', { stream: 'incident', body: { news: { eventId: item } as never } }),
    ],
  });
  expect(await rootEventOf(db(), item!)).toBe(item);
  expect(await rootEventOf(db(), change!)).toBe(item);
  expect(await rootEventOf(db(), other!)).toBeNull();
  expect(await rootEventOf(db(), news!)).toBe(item);
  expect(await rootEventOf(db(), 4711)).toBeNull();
});
