// What somebody did in another product is done here once, by that person, through that product, and is
// in the audit log.
import { beforeEach, expect, test } from 'vitest';
import type { PushedAct } from '../../src/kit/source.ts';
import { incident, perform } from '../../src/operations/index.ts';
import { pushedActs } from '../../src/service/pushed-acts.ts';
import { configOf, contextOn } from '../operations/acting.ts';
import { draft, storePage, useDatabase } from '../store/stored.ts';

const database = useDatabase();
const config = configOf(`
sources:
  duty: { type: webhook, proof: path, secret: "a-secret-of-32-random-characters" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
`);
let event = 0;
const act = (more: Partial<PushedAct> = {}) =>
  pushedActs(() => contextOn(database(), { config }))('duty', {
    ...{ kind: 'acknowledged', id: 'e1', event, person: 'Ana' },
    ...more,
  });
const shown = async () => {
  const context = contextOn(database());
  return (await perform(incident.show, context, { event: String(event) })).incident;
};
const audited = async () =>
  (await database().$client`select actor, via, operation from audit_log order by id`).map((row) => [
    row.actor,
    row.via,
    row.operation,
  ]);

beforeEach(async () => {
  event = (await storePage(database(), { events: [draft(1)] }))!.events[0]!.id;
});

test('acknowledged there is acknowledged here, by whoever did it', async () => {
  await act();
  expect(await shown()).toMatchObject({ state: 'acknowledged', by: 'Ana', via: 'webhook' });
  await act({ kind: 'resolved', id: 'e2', person: 'Ben', note: 'false alarm' });
  expect(await shown()).toMatchObject({ state: 'resolved', by: 'Ben', note: 'false alarm' });
  expect(await audited()).toEqual([
    ['Ana', 'webhook', 'incident-acknowledge'],
    ['Ben', 'webhook', 'incident-resolve'],
  ]);
});

test('a repeated request does nothing again', async () => {
  await act();
  await act();
  await act({ kind: 'resolved', id: 'e2' });
  await act();
  expect(await shown()).toMatchObject({ state: 'resolved' });
  expect(await audited()).toHaveLength(2);
});

test('of an event that is not here nothing is done, and nothing fails', async () => {
  await act({ event: event + 1000 });
  expect(await audited()).toEqual([]);
});

test('whoever has no name is called as the source', async () => {
  await act({ person: '' });
  expect(await shown()).toMatchObject({ by: 'duty' });
});
