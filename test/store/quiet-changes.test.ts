// What happened between two versions of an incident, exactly, on a real Postgres.
import { expect, it } from 'vitest';
import { changeIncident } from '../../src/core/incidents/change.ts';
import type { Wanted } from '../../src/core/incidents/decide.ts';
import type { Change, IncidentView } from '../../src/kit/incident.ts';
import { readQuietChanges } from '../../src/store/quiet-changes.ts';
import { posted } from '../support/changed.ts';
import { useDatabase } from './stored.ts';

const db = useDatabase();

async function changed(eventId: number, wanted: Wanted, note?: string): Promise<IncidentView> {
  const via = wanted.kind === 'vendor' ? 'vendor' : 'chat';
  const actor = via === 'vendor' ? 'a' : 'ana';
  return (await changeIncident(db(), { eventId, wanted, actor, via, note }))!.incident;
}

const again: Wanted = vendor({ fields: [], seenAgain: 1 });

function vendor(change: Partial<Change>): Wanted {
  const whole = { source: 'a', externalId: 'x', fields: [], ...change };
  return { kind: 'vendor', change: whole, severity: 4, seenAt: null };
}

const moved = (from: string, to: string) => vendor({ fields: [{ name: 'lastAction', from, to }] });

it('is each note, each word of the vendor, and the last of many recurrences', async () => {
  const [root] = (await posted(db())) as [number];
  await changed(root, { kind: 'noted' }, 'one');
  for (let n = 0; n < 20; n += 1) await changed(root, again);
  await changed(root, moved('A', 'B'));
  const incident = await changed(root, { kind: 'noted' }, 'two');
  const quiet = await readQuietChanges(db(), { incident, done: 0 });
  expect(quiet?.lines.map(({ kind, note }) => [kind, note])).toEqual([
    ['noted', 'one'],
    ['seen_again', undefined],
    ['vendor_changed', undefined],
    ['noted', 'two'],
  ]);
  expect(quiet?.lines[2]?.values).toEqual({ 'from.lastAction': 'A', 'to.lastAction': 'B' });
  expect(quiet?.about).toMatchObject({ device: 'DC01', itemId: '0', severity: 4 });
});

it('is what came after the version that was shown, and not what came since', async () => {
  const [root] = (await posted(db())) as [number];
  const first = await changed(root, { kind: 'noted' }, 'one');
  const second = await changed(root, { kind: 'noted' }, 'two');
  await changed(root, { kind: 'noted' }, 'three');
  const notes = async (incident: IncidentView, done: number) =>
    (await readQuietChanges(db(), { incident, done }))?.lines.map(({ note }) => note);
  expect(await notes(second, first.version)).toEqual(['two']);
  expect(await notes(second, 0)).toEqual(['one', 'two']);
  expect(await notes(second, second.version)).toBeUndefined();
});

it('is not what is a message of its own', async () => {
  const [root] = (await posted(db())) as [number];
  await changed(root, { kind: 'acknowledged', forMs: 60_000 });
  const told = await changed(root, { kind: 'resolved' });
  expect(await readQuietChanges(db(), { incident: told, done: 0 })).toBeNull();
});

it('counts the notes that one reply does not hold', async () => {
  const [root] = (await posted(db())) as [number];
  let incident: IncidentView | undefined;
  for (let n = 0; n < 13; n += 1) incident = await changed(root, { kind: 'noted' }, `${n}`);
  const quiet = await readQuietChanges(db(), { incident: incident!, done: 0 });
  expect([quiet?.lines.length, quiet?.more, quiet?.lines.at(-1)?.note]).toEqual([10, 3, '12']);
});
