// Somebody escalates an incident before its time: once, and not what another has.
import { expect, test, vi } from 'vitest';
import { ConflictError, incident, perform } from '../../src/operations/index.ts';
import { draft, storePage, useDatabase } from '../store/stored.ts';
import { ann, configOf, contextOn } from './acting.ts';

const db = useDatabase();
const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks: { soc: { type: stdout } }
routes: [{ name: r, to: [soc], escalate: [{ after: 15m, to: [soc] }] }]
`);
const soon = { timeout: 20_000, interval: 20 };
const context = () => contextOn(db(), { config, actor: ann });

test('its next step is stored at once, until somebody has it', async () => {
  const stored = await storePage(db(), { events: [draft(1)], routes: config.routes });
  const event = String(stored!.events[0]!.id);
  expect(await perform(incident.escalate, context(), { event })).toMatchObject({
    outcome: 'changed',
    incident: { escalatedTo: 'soc', state: 'open' },
  });
  const steps = await db().$client`select sink, state from deliveries where kind = 'step'`;
  expect(steps.map((row) => ({ ...row }))).toEqual([{ sink: 'soc', state: 'pending' }]);
  await perform(incident.acknowledge, context(), { event });
  expect(await perform(incident.escalate, context(), { event })).toMatchObject({
    outcome: 'taken',
  });
});

test('an event that no route escalates has no step', async () => {
  const stored = await storePage(db(), { events: [draft(1)] });
  const event = String(stored!.events[0]!.id);
  await expect(perform(incident.escalate, context(), { event })).rejects.toThrow(ConflictError);
});

async function escalatedOnce(): Promise<string> {
  const stored = await storePage(db(), { events: [draft(1)], routes: config.routes });
  const event = String(stored!.events[0]!.id);
  await perform(incident.escalate, context(), { event });
  return event;
}

const stepCount = async () =>
  (await db().$client`select 1 from deliveries where kind = 'step'`).length;

test('of two who make the last step again at once one does, and the other learns it', async () => {
  const event = await escalatedOnce();
  const { $client: client } = db();
  let release = () => {};
  const held = client.begin(async (tx) => {
    await tx`select 1 from incidents for update`;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  const both = [1, 2].map(() => perform(incident.escalate, context(), { event }));
  await vi.waitFor(async () => {
    const waiting = await client`
      select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    expect(waiting).toHaveLength(2);
  }, soon);
  release();
  await held;
  const outcomes = (await Promise.all(both)).map(({ outcome }) => outcome);
  expect(outcomes.sort()).toEqual(['changed', 'same']);
  expect(await stepCount()).toBe(2);
});

test('whoever saw it before it was escalated makes no further step', async () => {
  const event = await escalatedOnce();
  const { incident: seen } = await perform(incident.show, context(), { event });
  const { version } = seen;
  const again = () => perform(incident.escalate, context(), { event, version });
  expect(await again()).toMatchObject({ outcome: 'changed', incident: { version: version + 1 } });
  expect(await again()).toMatchObject({ outcome: 'same', incident: { version: version + 1 } });
  expect(await stepCount()).toBe(2);
});

test('what else happened since hinders nobody', async () => {
  const event = await escalatedOnce();
  const { incident: seen } = await perform(incident.show, context(), { event });
  await perform(incident.remark, context(), { event, note: 'it spreads' });
  const again = { event, version: seen.version };
  expect(await perform(incident.escalate, context(), again)).toMatchObject({ outcome: 'changed' });
});
