// Somebody escalates an incident before its time: once, and not what another has.
import { expect, test } from 'vitest';
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
