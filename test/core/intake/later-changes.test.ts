// Changes that the vendor reports: each counts once, in the transaction that stores it.
import { expect, test } from 'vitest';
import type { Change } from '../../../src/kit/incident.ts';
import { readChanges } from '../../../src/store/incident-changes.ts';
import { readIncident } from '../../../src/store/incidents.ts';
import { draft, drafts, hold, storePage, useDatabase } from '../../store/stored.ts';

const db = useDatabase();

function changeOf(id: string, externalId: string, more: Partial<Change> = {}, severity = 3) {
  const change = { source: 'a', externalId, fields: [], ...more };
  return draft(id, {
    ...{ subject: `event/${externalId}`, stream: 'change', severity: severity as 3 },
    body: { change },
  });
}

const again = (id: string, externalId: string) =>
  changeOf(id, externalId, {
    seenAgain: 2,
    fields: [{ name: 'lastSeenAt', from: null, to: '2026-02-03T10:00:00.000Z' }],
  });
const store = (events: ReturnType<typeof draft>[], more = {}) =>
  storePage(db(), { source: 'changes', events, ...more });

async function item(): Promise<number> {
  return (await storePage(db(), { events: drafts(1, 1) }))!.events[0]!.id;
}

test('a recurrence counts once, however often it is read', async () => {
  const root = await item();
  for (let reading = 0; reading < 3; reading += 1) await store([again('c1', '1')]);
  const { view } = (await readIncident(db(), root))!;
  expect(view).toMatchObject({
    ...{ state: 'open', occurrences: 3, version: 1, lastSeenAt: '2026-02-03T10:00:00.000Z' },
  });
  expect(await readChanges(db(), view.id, 10)).toMatchObject([
    { kind: 'seen_again', actor: 'a', via: 'vendor' },
  ]);
});

test('several changes of an item in one page count one after the other', async () => {
  const root = await item();
  await store([
    again('c1', '1'),
    changeOf('c2', '1', {}, 5),
    changeOf('c3', '1', { closing: 'closed' }),
    changeOf('c4', '999', { closing: 'closed' }),
  ]);
  const { view } = (await readIncident(db(), root))!;
  expect(view).toMatchObject({
    state: 'resolved',
    severity: 5,
    by: 'a',
    via: 'vendor',
    version: 3,
  });
});

test('items of two sources with the same number are told apart', async () => {
  const root = await item();
  const other = (await storePage(db(), { source: 'b', events: drafts(1, 1) }))!.events[0]!.id;
  await store([again('c1', '1'), changeOf('c2', '1', { source: 'b', closing: 'closed' })]);
  const states = [root, other].map(async (id) => (await readIncident(db(), id))!.view);
  expect(await Promise.all(states)).toMatchObject([
    { state: 'open', occurrences: 3, version: 1 },
    { state: 'resolved', by: 'b', occurrences: 1, version: 1 },
  ]);
});

test('a change of what is not stored changes nothing, and is stored', async () => {
  expect((await store([again('c1', '1')]))!.events).toHaveLength(1);
  expect(await db().$client`select 1 from incidents`).toHaveLength(0);
});

test('of a page that is not stored nothing is changed', async () => {
  const root = await item();
  const fence = { ...(await hold(db(), 'source:changes')), epoch: -1 };
  expect(await store([again('c1', '1')], { fence })).toBeNull();
  expect((await readIncident(db(), root))!.view.version).toBe(0);
});

test('recurrences that two processes read at the same time are counted exactly', async () => {
  const page = await storePage(db(), { events: drafts(1, 10) });
  const roots = page!.events.map(({ id }) => id);
  const pages = Array.from({ length: 10 }, (_, n) =>
    roots.map((_root, index) => changeOf(`c${n}-${index}`, String(index + 1), { seenAgain: 1 })),
  );
  // In the opposite order, so that each would wait for the other if they did not agree on one.
  const read = async (all: typeof pages) => {
    for (const events of all) await store(events);
  };
  await Promise.all([read(pages), read(pages.map((events) => events.toReversed()).toReversed())]);
  const counted = await db().$client`
    select occurrences, version, (select count(*)::int from incident_changes c
      where c.incident_id = i.id) as changes
    from incidents i`;
  expect(counted.map((row) => ({ ...row }))).toEqual(
    roots.map(() => ({ occurrences: 11, version: 10, changes: 10 })),
  );
  const edits = await db().$client`select event_id, sink, wanted from message_edits`;
  expect(edits).toHaveLength(10);
  expect(edits.every(({ wanted }) => wanted === 10)).toBe(true);
});
