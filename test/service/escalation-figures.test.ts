// The figures of escalations: what people did not act on, and whom no step reached.
import { expect, test } from 'vitest';
import { createMetrics } from '../../src/observe/metrics/index.ts';
import { createEscalationFigures } from '../../src/service/escalation-figures.ts';
import { useDatabase } from '../store/stored.ts';
import { change, posted, storeStep } from '../support/changed.ts';

const db = useDatabase();

async function figures() {
  const metrics = createMetrics({ version: '1', sources: [], sinks: [], roles: [] });
  let nowMs = 0;
  const collect = createEscalationFigures(db(), metrics, () => nowMs);
  return async () => {
    nowMs += 60_000;
    await collect();
    const text = await metrics.expose();
    const figureOf = (name: string) => Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
    const names = ['incidents_past_last_step', 'escalations_untold', 'duty_calendar_age_seconds'];
    return names.map((name) => Math.round(figureOf(`tocsin_${name}`)));
  };
}

/** An incident with a step, made so many minutes ago. @returns the ids of root and step */
async function escalated(minutes: number, stepAt: string | null = null) {
  const [root] = (await posted(db())) as [number];
  const step = await storeStep(db(), root);
  const client = db().$client;
  await client`
    insert into incidents (source, subject, event_id, state, severity, route, step, step_at,
      escalated_to)
    select source, external_id, id, 'open', 4, 'grave', 1, ${stepAt}::timestamptz, 'soc'
    from events where id = ${root}`;
  const ago = client`now() - ${minutes}::int * interval '1 minute'`;
  await client`
    insert into incident_changes (incident_id, at, kind, from_state, to_state, actor, via)
    select id, ${ago}, 'escalated', 'open', 'open', 'tocsin', 'time' from incidents
    where event_id = ${root}`;
  await client`update events set received_at = ${ago} where id = ${step}`;
  const settle = (state: string, reason: string | null = null) => client`
    update deliveries set state = ${state}, reason = ${reason}, finalized_at = now()
    where event_id = ${step}`;
  return { root, settle };
}

test('an incident is past its last step until somebody takes it, or a day is over', async () => {
  const look = await figures();
  expect(await look()).toEqual([0, 0, 0]);
  const { root } = await escalated(1);
  expect(await look()).toEqual([1, 0, 0]);
  await change(db(), root);
  expect(await look()).toEqual([0, 0, 0]);
});

test('it is past its last step also while that one may be made again', async () => {
  const look = await figures();
  await escalated(1, '2999-01-01');
  await db().$client`update incident_changes set values = '{"last": "yes"}'`;
  expect(await look()).toEqual([1, 0, 0]);
});

test('one with a step to come is not, and one of long ago neither', async () => {
  const look = await figures();
  await escalated(1, '2999-01-01');
  expect(await look()).toEqual([0, 0, 0]);
  await db().$client`truncate events, deliveries, incidents, incident_changes`;
  await escalated(25 * 60);
  expect(await look()).toEqual([0, 0, 0]);
});

test('a step has told nobody while it waits for ten minutes, or was given up', async () => {
  const look = await figures();
  const { settle } = await escalated(9);
  expect((await look())[1]).toBe(0);
  await db().$client`update events set received_at = received_at - interval '2 minutes'`;
  expect((await look())[1]).toBe(1);
  await settle('dead', 'rejected');
  expect((await look())[1]).toBe(1);
  await settle('delivered');
  expect((await look())[1]).toBe(0);
  await settle('suppressed', 'silenced');
  expect((await look())[1]).toBe(0);
});

test('the calendar is as old as its last reading', async () => {
  const look = await figures();
  await db()
    .$client`insert into calendars (name, origin, since) values ('duty', 'x', now() - interval '7 hours')`;
  expect((await look())[2]! / 3600).toBeCloseTo(7, 1);
});
