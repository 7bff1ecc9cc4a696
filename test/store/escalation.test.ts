// Which incidents are looked at, and that a plan changes none that has changed since.
import { expect, test } from 'vitest';
import { dueEscalations, planEscalation, readEscalation } from '../../src/store/escalation.ts';
import { draft, storePage, useDatabase } from './stored.ts';

const database = useDatabase();
const hourMs = 3_600_000;

/** @param minutes from now until it is due; null: never */
async function incidentDue(number: number, minutes: number | null): Promise<number> {
  const stored = await storePage(database(), { events: [draft(number)] });
  const [row] = await database().$client`
    insert into incidents (source, subject, event_id, state, severity, route, step_at)
    values ('a', ${String(number)}, ${stored!.events[0]!.id}, 'open', 4, 'grave',
      now() + ${minutes}::float8 * interval '1 minute')
    returning id`;
  return Number(row?.id);
}

test('those whose time has come, the first first, and those of a clock that went back', async () => {
  await incidentDue(1, null);
  const late = await incidentDue(2, -1);
  const later = await incidentDue(3, -2);
  await incidentDue(4, 30);
  const beyond = await incidentDue(5, 90);
  const ids = (limit: number) => dueEscalations(database(), { limit, aheadMaxMs: hourMs });
  expect(await ids(10)).toEqual([later, late, beyond]);
  expect(await ids(1)).toEqual([later]);
});

test('what is known of one: nothing was delivered, nothing happened again', async () => {
  const id = await incidentDue(1, -1);
  expect(await readEscalation(database(), id)).toMatchObject({
    ...{ id, state: 'open', severity: 4, route: 'grave', step: 0, version: 1 },
    ...{ deliveredAtMs: null, reopenedAtMs: null, undelivered: ['soc'], isHeld: false },
    event: { subject: 'event/1' },
  });
  await database().$client`update incidents set route = null`;
  expect(await readEscalation(database(), id)).toBeNull();
});

test('a plan holds for the incident as it was read, and for no other', async () => {
  const id = await incidentDue(1, -1);
  const stepOf = async () => (await database().$client`select step, step_at from incidents`)[0];
  const plan = { step: 1, atMs: null };
  await planEscalation(database(), { id, version: 2, step: 0 }, plan);
  await planEscalation(database(), { id, version: 1, step: 1 }, plan);
  expect((await stepOf())?.step).toBe(0);
  await planEscalation(database(), { id, version: 1, step: 0 }, plan);
  expect({ ...(await stepOf()) }).toEqual({ step: 1, step_at: null });
});
