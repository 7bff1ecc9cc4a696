// What became of an event, read with the event.
import { expect, it } from 'vitest';
import { takeDue } from '../../src/store/deliveries/index.ts';
import { incidentOf, readCurrent, readCurrents, toIncident } from '../../src/store/incident-of.ts';
import { readIncidents } from '../../src/store/incidents.ts';
import { change, posted, storeStep } from '../support/changed.ts';
import { drafts, storePage, useDatabase } from './stored.ts';

const db = useDatabase();

it('is the incident as any other statement reads it, and nothing for an untouched event', async () => {
  const [touched, untouched] = (await posted(db(), 2)) as [number, number];
  await change(db(), touched);
  const rows = await db().$client`
    select ${incidentOf(db())} as incident from events e
    where e.id in (${touched}, ${untouched}) order by e.id`;
  const known = await readIncidents(db(), [touched]);
  expect(rows.map(toIncident)).toEqual([known.get(touched), undefined]);
  expect(known.get(touched)?.until).toMatch(/^\d{4}-.*Z$/);
});

it('comes with a step that is due, but not with a reply', async () => {
  const [root] = (await posted(db(), 1)) as [number];
  await change(db(), root);
  const step = await storeStep(db(), root);
  const due = await takeDue(db(), { sink: 'soc', limit: 10 });
  expect(
    due.map(({ kind, event, incident }) => [kind, event.id === step, incident?.state]),
  ).toEqual([
    ['step', true, 'acknowledged'],
    ['reply', false, undefined],
  ]);
});

it('comes with a delivery that is due', async () => {
  const page = await storePage(db(), { events: drafts(1, 2) });
  await change(db(), page!.events[0]!.id);
  const due = await takeDue(db(), { sink: 'soc', limit: 10 });
  expect(due.map(({ incident }) => incident?.state)).toEqual(['acknowledged', undefined]);
});

it('of several events is read at once, and asked for only where there is any', async () => {
  const [touched, untouched] = (await posted(db(), 2)) as [number, number];
  expect(await readCurrents(db(), [touched, untouched])).toEqual(new Map());
  await change(db(), touched);
  const currents = await readCurrents(db(), [untouched, touched]);
  expect([...currents.keys()]).toEqual([touched]);
  expect(currents.get(touched)).toEqual(await readCurrent(db(), touched));
});
