// Which events are open work, and since when.
import { beforeEach, describe, expect, test } from 'vitest';
import { changeIncident } from '../../src/core/incidents/change.ts';
import type { Severity } from '../../src/kit/event.ts';
import type { IncidentState } from '../../src/kit/incident.ts';
import { countIncidents, listIncidents } from '../../src/store/incident-list.ts';
import { draft, storePage, useDatabase } from './stored.ts';

const db = useDatabase();
const all: readonly Severity[] = [0, 1, 2, 3, 4, 5];
let ids: number[];

beforeEach(async () => {
  const events = [5, 4, 3].map((severity, n) => draft(n + 1, { severity: severity as Severity }));
  ids = (await storePage(db(), { events }))!.events.map(({ id }) => id);
});

const listed = async (states: IncidentState[] = ['open'], severities = all) =>
  (await listIncidents(db(), { states, severities, by: null, beforeId: null, limit: 10 })).map(
    ({ eventId }) => ids.indexOf(eventId) + 1 || eventId,
  );
const counted = async () =>
  (await countIncidents(db(), all)).map(({ state, severity, count }) => [state, severity, count]);
const acknowledge = (eventId: number) =>
  changeIncident(db(), {
    ...{ eventId, actor: 'ana', via: 'page' },
    wanted: { kind: 'acknowledged', forMs: null },
  });

test('an event that was announced is open, the newest first', async () => {
  expect(await listed()).toEqual([3, 2, 1]);
  expect(await listed(['open'], [4, 5])).toEqual([2, 1]);
  expect(await listed(['acknowledged', 'snoozed', 'resolved'])).toEqual([]);
  await acknowledge(ids[1]!);
  expect(await listed()).toEqual([3, 1]);
  expect(await listed(['acknowledged', 'open'])).toEqual([3, 2, 1]);
  expect(await counted()).toEqual([
    ['acknowledged', 4, 1],
    ['open', 3, 1],
    ['open', 5, 1],
  ]);
});

describe('none is open work', () => {
  test.each([
    [
      'that nobody was told of',
      `update deliveries set state = 'suppressed', reason = 'x', finalized_at = now()`,
    ],
    ['that no route sent anywhere', 'delete from deliveries'],
    ['that arrived over a week ago', `update events set received_at = now() - interval '7 days'`],
    ['of Tocsin itself', `update events set source = 'tocsin'`],
    ['that is a later change', `update events set stream = 'change'`],
  ])('%s', async (_, statement) => {
    await db().$client.unsafe(statement);
    expect(await listed()).toEqual([]);
    expect(await counted()).toEqual([]);
  });

  test('to which nothing happened for a week, unless somebody has it', async () => {
    await acknowledge(ids[0]!);
    for (const eventId of ids.slice(1))
      await changeIncident(db(), {
        ...{ eventId, actor: 'ana', via: 'page', note: 'x' },
        wanted: { kind: 'noted' },
      });
    await db().$client`update incidents set changed_at = now() - interval '8 days'`;
    await db().$client`update incidents set last_seen_at = now() where event_id = ${ids[2]!}`;
    expect(await listed()).toEqual([3]);
    expect(await listed(['open', 'acknowledged'])).toEqual([3, 1]);
    expect(await counted()).toEqual([
      ['acknowledged', 5, 1],
      ['open', 3, 1],
    ]);
  });
});

test('what travelled in a digest is what the digest is', async () => {
  const page = await storePage(db(), {
    source: 'tocsin',
    events: [draft('d', { stream: 'digest', severity: 5 })],
  });
  const digest = page!.events[0]!.id;
  await db().$client`
    update deliveries set digest_id = ${digest}, priority = priority + 10
    where event_id in (${ids[0]!}, ${ids[1]!})`;
  expect(await listed()).toEqual([3, 2, 1]);
  await acknowledge(digest);
  expect(await listed()).toEqual([3]);
  expect(await listed(['acknowledged'])).toEqual([digest]);
  await changeIncident(db(), {
    ...{ eventId: digest, actor: 'ana', via: 'page' },
    wanted: { kind: 'reopened' },
  });
  expect(await listed()).toEqual([digest, 3, 2, 1]);
});

test('the oldest is the one that has been in its state for longest', async () => {
  await db().$client`
    update events set received_at = now() - interval '1 hour' * (10 - id + ${ids[0]!}),
      severity = 4`;
  const [open] = await countIncidents(db(), all);
  expect(open).toMatchObject({ state: 'open', count: 3, oldestEventId: ids[0] });
  const hours = (Date.now() - Date.parse(open!.oldestAt)) / 3_600_000;
  expect(hours).toBeGreaterThan(9.9);
  expect(hours).toBeLessThan(10.1);
});

describe('what travelled in a digest and has an incident of its own', () => {
  const note = (eventId: number) =>
    changeIncident(db(), { ...{ eventId, actor: 'ana', via: 'page' }, wanted: { kind: 'noted' } });
  const [digest, member] = [0, 1];
  beforeEach(async () => {
    await note(ids[member]!);
    await db().$client`
      update deliveries set digest_id = ${ids[digest]!}::bigint, priority = 11 where event_id = ${ids[member]!}`;
  });

  test('leaves the list with the digest, and comes back with it', async () => {
    expect(await listed()).toEqual([3, 2, 1]);
    await acknowledge(ids[digest]!);
    expect(await listed()).toEqual([3]);
    expect(await counted()).toEqual([
      ['acknowledged', 5, 1],
      ['open', 3, 1],
    ]);
    await changeIncident(db(), {
      ...{ eventId: ids[digest]!, actor: 'ana', via: 'page', wanted: { kind: 'reopened' } },
    });
    expect(await listed()).toEqual([3, 2, 1]);
  });

  test('comes back once something happens to it', async () => {
    await acknowledge(ids[digest]!);
    await note(ids[member]!);
    expect(await listed()).toEqual([3, 2]);
  });

  test('is whoever took it by itself', async () => {
    await acknowledge(ids[member]!);
    await acknowledge(ids[digest]!);
    expect(await listed(['open', 'acknowledged'])).toEqual([3, 2, 1]);
  });
});
