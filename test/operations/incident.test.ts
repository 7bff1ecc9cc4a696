// Incidents through their operations: what people do, what they are told, and what is noted.
import { expect, test } from 'vitest';
import { changeIncident } from '../../src/core/incidents/change.ts';
import {
  type Actor,
  InputError,
  incident,
  NotFoundError,
  type Operation,
  perform,
} from '../../src/operations/index.ts';
import { listAudit } from '../../src/store/audit.ts';
import { draft, storePage, useDatabase } from '../store/stored.ts';
import { ann, configOf, contextOn } from './acting.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();
const bob: Actor = { ...ann, name: 'bob', role: 'operate' };

async function stored(count = 1, severity: 3 | 4 = 4): Promise<string[]> {
  const events = Array.from({ length: count }, (_, n) =>
    draft(n + 1, { severity, body: { itemId: `i${n + 1}`, device: { name: 'PC-1' } } }),
  );
  const page = await storePage(db(), { events });
  return page!.events.map(({ id }) => String(id));
}

/** As somebody who may; the act is noted. */
const doAs = <In, Out>(actor: Actor, operation: Operation<In, Out>, input: In) =>
  perform(operation, contextOn(db(), { actor }), input);

test('of two who take it one has it, and the other learns who', async () => {
  const [event] = await stored();
  const first = await doAs(bob, incident.acknowledge, { event: event!, note: 'on it' });
  expect(first).toMatchObject({
    outcome: 'changed',
    incident: {
      ...{ event, state: 'acknowledged', by: 'bob', via: 'cli', note: 'on it', version: 1 },
      ...{ severity: 'HIGH', device: 'PC-1', itemId: 'i1', type: 'STATIC_ANALYSIS' },
    },
  });
  const lasts = Date.parse(first.incident.until!) - Date.parse(first.incident.changedAt);
  expect(lasts).toBe(8 * 3_600_000);
  const second = await doAs({ ...bob, name: 'eve' }, incident.acknowledge, { event: event! });
  expect(second).toEqual({ outcome: 'taken', incident: first.incident });
  const [noted, before] = await listAudit(db(), { limit: 2 });
  expect(noted).toMatchObject({ actor: 'eve', target: `event:${event}` });
  expect(JSON.parse(noted!.after!)).toMatchObject({ outcome: 'taken', incident: { by: 'bob' } });
  expect(JSON.parse(before!.before!)).toMatchObject({ state: 'open', version: 0 });
});

test('each act, and what is shown of it', async () => {
  const [event = ''] = await stored();
  const steps = [
    await doAs(bob, incident.snooze, { event, for: '4h' }),
    await doAs(bob, incident.reopen, { event }),
    await doAs(bob, incident.remark, { event, note: 'looks odd' }),
    await doAs(bob, incident.resolve, { event, note: 'done' }),
    await doAs(bob, incident.resolve, { event }),
    await doAs(bob, incident.snooze, { event, for: '4h' }),
  ];
  expect(steps.map(({ outcome, incident: { state } }) => `${outcome} ${state}`)).toEqual([
    ...['changed snoozed', 'changed open', 'changed open', 'changed resolved'],
    ...['same resolved', 'resolved resolved'],
  ]);
  const shown = await overTheWire(db(), incident.show, { event });
  expect(shown.incident).toMatchObject({ state: 'resolved', by: 'bob', note: 'done', version: 4 });
  expect(shown.changes).toMatchObject([
    { kind: 'snoozed', from: 'open', to: 'snoozed', actor: 'bob', via: 'cli', note: null },
    { kind: 'reopened', from: 'snoozed', to: 'open', values: { by: 'bob', from: 'snoozed' } },
    { kind: 'noted', from: 'open', to: 'open', note: 'looks odd' },
    { kind: 'resolved', from: 'open', to: 'resolved', note: 'done' },
  ]);
  expect(shown.messages).toEqual([
    { sink: 'soc', wanted: 4, shown: 0, editedAt: null, state: 'current', reason: null },
  ]);
});

test('one event to which nothing happened is shown as open', async () => {
  const [event = ''] = await stored();
  expect(await overTheWire(db(), incident.show, { event })).toMatchObject({
    incident: { event, state: 'open', version: 0, by: null },
    ...{ changes: [], messages: [] },
  });
});

test('a later event about the item means the same incident', async () => {
  const [event = ''] = await stored();
  const change = { source: 'a', externalId: '1', fields: [] };
  const page = await storePage(db(), {
    source: 'changes',
    events: [draft('c', { subject: 'event/1', stream: 'change', body: { change } })],
  });
  const later = String(page!.events[0]!.id);
  expect(await doAs(bob, incident.resolve, { event: later })).toMatchObject({
    ...{ outcome: 'changed', incident: { event } },
  });
});

test('the list has what is open, the newest first, page by page', async () => {
  const events = (await stored(5)).reverse();
  await doAs(bob, incident.acknowledge, { event: events[0]! });
  await doAs(bob, incident.resolve, { event: events[1]! });
  const all = await overTheWire(db(), incident.list, {});
  expect(all.items).toMatchObject([
    { event: events[0], state: 'acknowledged', by: 'bob', source: 'a' },
    ...events.slice(2).map((event) => ({ event, state: 'open', by: null })),
  ]);
  const first = await overTheWire(db(), incident.list, { limit: 2 });
  const second = await overTheWire(db(), incident.list, { limit: 2, cursor: first.next! });
  expect([...first.items, ...second.items]).toEqual(all.items);
  expect(second.next).toBeNull();
  const listed = async (input: object) =>
    (await overTheWire(db(), incident.list, input)).items.map((one) => one.event);
  expect(await listed({ state: ['resolved'] })).toEqual([events[1]]);
  expect(await listed({ by: 'bob' })).toEqual([events[0]]);
  expect(await listed({ minSeverity: 'CRITICAL' })).toEqual([]);
  const grave = await overTheWire(db(), incident.counted, { minSeverity: 'CRITICAL' });
  expect(grave.counts).toEqual([]);
  expect((await overTheWire(db(), incident.counted, {})).counts).toMatchObject([
    { state: 'acknowledged', severity: 'HIGH', count: 1, oldest: { event: events[0] } },
    { state: 'open', severity: 'HIGH', count: 3, oldest: { event: events[4] } },
  ]);
});

test.each([
  ['acknowledge', { for: '31d' }, '"for" is no time from 1m to 30d. Write it as "30m", "4h" or'],
  ['snooze', { for: '8d' }, '"for" is no time from 1m to 7d.'],
  ['snooze', { for: 'noon' }, '"for" is no time from 1m to 7d.'],
  ['remark', { note: ' ' }, 'note is not right'],
  ['resolve', { note: 'a\0' }, 'has characters that no text may have'],
] as const)('%s refuses %j', async (name, more, words) => {
  const [event = ''] = await stored();
  const refused = doAs(bob, incident[name] as never, { event, ...more } as never);
  await expect(refused).rejects.toThrow(InputError);
  await expect(refused).rejects.toThrow(words);
});

test('of an event that is not stored there is none', async () => {
  for (const operation of [incident.show, incident.resolve])
    await expect(perform(operation as never, contextOn(db()), { event: '999999' })).rejects.toThrow(
      NotFoundError,
    );
});

test('how long an acknowledgement lasts is configured', async () => {
  const [event = ''] = await stored();
  const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
incidents: { ack_expires: off, snooze_max: 1h }
`);
  const context = contextOn(db(), { config });
  const taken = await perform(incident.acknowledge, context, { event });
  expect(taken.incident.until).toBeNull();
  await expect(perform(incident.snooze, context, { event, for: '2h' })).rejects.toThrow('to 1h');
  const limited = await perform(incident.acknowledge, context, { event, for: '30m' });
  expect(limited.incident.until).not.toBeNull();
});

test('the acts of the vendor stand in the same history', async () => {
  const [event = ''] = await stored();
  await changeIncident(db(), {
    ...{ eventId: Number(event), actor: 'a', via: 'vendor' },
    wanted: {
      ...{ kind: 'vendor', severity: 4, seenAt: null },
      change: { source: 'a', externalId: '1', fields: [], closing: 'closed' },
    },
  });
  expect(await overTheWire(db(), incident.show, { event })).toMatchObject({
    incident: { state: 'resolved', by: 'a', via: 'vendor' },
    changes: [{ kind: 'resolved', actor: 'a', via: 'vendor' }],
  });
});
