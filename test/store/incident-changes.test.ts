// One change of an incident: the messages that must be edited, the news and who gets it, the steps
// that are stopped.
import { beforeEach, describe, expect, test } from 'vitest';
import { changeIncident } from '../../src/core/incidents/change.ts';
import type { Wanted } from '../../src/core/incidents/decide.ts';
import { readChanges, readEdits } from '../../src/store/incident-changes.ts';
import { readIncident } from '../../src/store/incidents.ts';
import { draft, storePage, useDatabase } from './stored.ts';

const db = useDatabase();
const routes = [{ name: 'r', minSeverity: 1 as const, to: ['chat', 'mail', 'late'] }];
let root: number;

/** Its cards: delivered to chat and mail, of which only chat gave an id; to late still pending. */
beforeEach(async () => {
  const page = await storePage(db(), {
    events: [draft(1, { severity: 4, body: { itemId: '17', device: { name: 'PC-1' } } })],
    routes,
  });
  root = page!.events[0]!.id;
  await db().$client`
    update deliveries set state = 'delivered', finalized_at = now(), route = 'r',
      remote_id = case sink when 'chat' then 'post1' end
    where sink <> 'late'`;
});

const change = (wanted: Wanted, actor = 'ana', note?: string) =>
  changeIncident(db(), { eventId: root, wanted, actor, via: 'chat', ...(note && { note }) });
const acknowledge: Wanted = { kind: 'acknowledged', forMs: 3_600_000 };
const vendor = (more: object = {}, severity = 4): Wanted => ({
  kind: 'vendor',
  change: { source: 'a', externalId: '1', fields: [], ...more },
  severity: severity as 4,
  seenAt: '2026-02-03T10:00:00.000Z',
});

const replies = () => db().$client`
  select d.sink, d.state, d.kind, d.to_event, d.priority, d.reason, d.route, e.body, e.subject,
    e.external_id, e.stream, e.source
  from deliveries d join events e on e.id = d.event_id where d.kind <> 'card'
  order by d.event_id, d.sink`;

describe('edits', () => {
  test('each message shows the newest version, also one that is still to be sent', async () => {
    await change(acknowledge);
    await change({ kind: 'resolved' });
    expect(await readEdits(db(), root)).toEqual(
      ['chat', 'late'].map((sink) => ({
        ...{ sink, wanted: 2, done: 0, editedAt: null, state: 'current', reason: null },
      })),
    );
  });

  test('a message that was never to be sent, has no id, or travels in a digest, is none', async () => {
    await db().$client`
      update deliveries set state = 'suppressed', reason = 'x', finalized_at = now()
      where sink = 'mail'`;
    await db().$client`
      update deliveries set digest_id = 99, priority = priority + 10 where sink = 'late'`;
    await change(acknowledge);
    expect((await readEdits(db(), root)).map(({ sink }) => sink)).toEqual(['chat']);
  });

  test('one that was just edited waits ten seconds, and one that waits is not put off', async () => {
    const dueMs = async () => {
      const [row] = await db().$client`
        select extract(epoch from scheduled_at - now()) * 1000 as due from message_edits
        where sink = 'chat'`;
      return Number(row!.due);
    };
    await change(acknowledge);
    expect(await dueMs()).toBeLessThanOrEqual(0);
    await db().$client`update message_edits set done = wanted, edited_at = now()`;
    await change({ kind: 'noted' }, 'ana', 'x');
    expect(await dueMs()).toBeGreaterThan(8_000);
    expect(await dueMs()).toBeLessThanOrEqual(10_000);
    await db().$client`update message_edits set scheduled_at = now() + interval '3 minutes'`;
    await change({ kind: 'noted' }, 'ana', 'y');
    expect(await dueMs()).toBeGreaterThan(170_000);
    await db().$client`
      update message_edits set done = wanted, edited_at = now() - interval '1 hour'`;
    await change({ kind: 'noted' }, 'ana', 'z');
    expect(await dueMs()).toBeLessThanOrEqual(0);
  });
});

describe('news', () => {
  test('is a reply to each message that was delivered', async () => {
    const { incident } = (await change(acknowledge, 'ana', 'mine'))!;
    const rows = await replies();
    const own = { state: 'pending', kind: 'reply', to_event: root, priority: 5, route: 'r' };
    expect(rows).toMatchObject([
      { sink: 'chat', ...own },
      { sink: 'mail', ...own },
    ]);
    expect(rows[0]).toMatchObject({
      ...{ source: 'tocsin', stream: 'incident', external_id: `incident:${incident.id}:1` },
      body: {
        news: {
          ...{ kind: 'acknowledged', incidentId: incident.id, eventId: root },
          about: { severity: 4, type: 'STATIC_ANALYSIS', device: 'PC-1', itemId: '17' },
          ...{ state: 'acknowledged', actor: 'ana', via: 'chat', note: 'mine' },
          values: { from: 'open', until: incident.until },
        },
      },
    });
  });

  test('is none of what people need not know at once, or where nothing was delivered', async () => {
    await change({ kind: 'noted' }, 'ana', 'x');
    await change(vendor({ seenAgain: 1 }));
    await change(vendor());
    expect(await replies()).toEqual([]);
    await db().$client`update deliveries set state = 'pending', finalized_at = null`;
    await change(acknowledge);
    expect(await replies()).toEqual([]);
    expect(await db().$client`select 1 from events where stream = 'incident'`).toHaveLength(0);
  });

  test('of an event that travelled in a digest goes to the digest’s message', async () => {
    const page = await storePage(db(), { source: 'tocsin', events: [draft('d')], routes });
    const digest = page!.events[0]!.id;
    await db().$client`
      update deliveries set state = 'delivered', finalized_at = now(), remote_id = 'post2'
      where event_id = ${digest} and sink = 'chat'`;
    await db().$client`
      update deliveries set digest_id = ${digest}, remote_id = null, priority = priority + 10
      where event_id = ${root} and sink = 'chat'`;
    await change(acknowledge);
    expect(await replies()).toMatchObject([
      { sink: 'chat', to_event: digest },
      { sink: 'mail', to_event: root },
    ]);
  });
});

describe('steps', () => {
  const step = (number: number): Wanted => ({
    kind: 'escalated',
    step: {
      ...{
        from: number - 1,
        step: number,
        nextAtMs: Date.parse('2026-02-03T11:00:00.000Z'),
        to: 'bob',
      },
      mention: '@bob',
      deliveries: [{ sink: 'chat', priority: 1, route: 'r' }],
    },
  });
  const row = async () => {
    const [found] = await db().$client`
      select step, extract(epoch from step_at) * 1000 as at, escalated_to from incidents`;
    return found;
  };

  test('are cards of their own, and news to the other messages', async () => {
    const outcome = await change(step(1), 'tocsin');
    expect(outcome!.incident).toMatchObject({ escalatedTo: 'bob', state: 'open', version: 1 });
    const rows = await replies();
    expect(rows).toMatchObject([
      { sink: 'chat', kind: 'step', to_event: root, priority: 1 },
      { sink: 'mail', kind: 'reply', to_event: root },
    ]);
    expect(rows[0]!.body.news).toMatchObject({ mention: '@bob', values: { step: '1', to: 'bob' } });
    expect(await row()).toMatchObject({ step: 1, at: '1770116400000.000000' });
    expect((await change(step(1), 'tocsin'))!.outcome).toBe('same');
    expect((await change(step(2), 'tocsin'))!.outcome).toBe('changed');
  });

  test('stop with the acknowledgement, except one that is being sent, and begin anew', async () => {
    await change(step(1), 'tocsin');
    await db().$client`update deliveries set reason = 'sending' where kind = 'step'`;
    await change(step(2), 'tocsin');
    await db().$client`update incidents set route = 'r'`;
    await change(acknowledge);
    const steps = (await replies()).filter(({ kind }) => kind === 'step');
    expect(steps).toMatchObject([
      { state: 'pending', reason: 'sending' },
      { state: 'suppressed', reason: 'acknowledged' },
    ]);
    expect(await row()).toMatchObject({ step: 2, at: null, escalated_to: 'bob' });
    await change({ kind: 'reopened' });
    const again = await row();
    expect(again).toMatchObject({ step: 0, escalated_to: null });
    expect(Number(again!.at)).toBeGreaterThan(Date.now() - 60_000);
  });
});

test('whoever takes a digest stops the steps of the events in it', async () => {
  const page = await storePage(db(), { events: [draft(2, { severity: 4 })], routes });
  const member = page!.events[0]!.id;
  const step = { step: 1, from: 0, nextAtMs: Date.now() + 60_000, to: 'late', values: {} };
  const deliveries = [{ sink: 'late', priority: 1, route: null }];
  await changeIncident(db(), {
    ...{ eventId: member, actor: 'tocsin', via: 'time' },
    wanted: { kind: 'escalated', step: { ...step, deliveries } },
  });
  await db().$client`
    update deliveries set digest_id = ${root}, priority = priority % 10 + 10
    where event_id = ${member}`;
  const steps = () => db().$client`
    select d.state, d.reason, i.step_at is null as is_over
    from incidents i join deliveries d on d.to_event = i.event_id and d.kind = 'step'
    where i.event_id = ${member}`;
  await change({ kind: 'noted' }, 'ana', 'x');
  expect(await steps()).toEqual([{ state: 'pending', reason: null, is_over: false }]);
  await change(acknowledge);
  expect(await steps()).toEqual([{ state: 'suppressed', reason: 'acknowledged', is_over: true }]);
});

test('each change is kept: what, from what to what, who, through which door and why', async () => {
  await change(acknowledge, 'ana', 'mine');
  await change(vendor({ seenAgain: 2, fields: [{ name: 'recurrence', from: '1', to: '3' }] }), 'a');
  await change({ kind: 'resolved' }, 'bob');
  const { view } = (await readIncident(db(), root))!;
  expect(view).toMatchObject({
    ...{ state: 'resolved', by: 'bob', occurrences: 3, lastSeenAt: '2026-02-03T10:00:00.000Z' },
    note: null,
  });
  const changes = await readChanges(db(), view.id, 10);
  expect(changes).toMatchObject([
    { kind: 'acknowledged', from: 'open', to: 'acknowledged', actor: 'ana', note: 'mine' },
    { kind: 'seen_again', from: 'acknowledged', to: 'open', actor: 'a', values: { by: 'ana' } },
    { kind: 'resolved', from: 'open', to: 'resolved', actor: 'bob', via: 'chat' },
  ]);
  expect(await readChanges(db(), view.id, 1)).toEqual(changes.slice(2));
  const [times] = await db().$client`
    select acknowledged_at is not null as acked, resolved_at is not null as resolved,
      (select body->'news'->'fields'->0->>'to' from events
        where body->'news'->>'kind' = 'seen_again') as field
    from incidents`;
  expect(times).toMatchObject({ acked: true, resolved: true, field: '3' });
});
