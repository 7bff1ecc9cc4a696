// Changes of incidents in a database: with their events, by many at once, in somebody's transaction.
import { expect, test } from 'vitest';
import { changeIncident, type WantedChange } from '../../../src/core/incidents/change.ts';
import { readChanges } from '../../../src/store/incident-changes.ts';
import { readIncident } from '../../../src/store/incidents.ts';
import { inTransaction } from '../../../src/store/transaction.ts';
import { drafts, storePage, useDatabase } from '../../store/stored.ts';

const db = useDatabase();
const acknowledged = { kind: 'acknowledged', forMs: 3_600_000 } as const;
const by = (actor: string, more: Partial<WantedChange> = {}) => ({
  ...{ wanted: acknowledged, actor, via: 'page' },
  ...more,
});

async function storedEvent(): Promise<number> {
  const page = await storePage(db(), { events: drafts(1, 1) });
  return page!.events[0]!.id;
}

test.each([
  ['to which nothing happened yet', 0],
  ['with a history', 1],
])(
  'of a hundred who acknowledge one %s at once one has it, and the others learn who',
  async (_, notes) => {
    const eventId = await storedEvent();
    if (notes > 0)
      await changeIncident(db(), { eventId, ...by('x', { wanted: { kind: 'noted' } }) });
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, n) => changeIncident(db(), { eventId, ...by(`p${n}`) })),
    );
    const winners = all.filter((one) => one!.outcome === 'changed');
    expect(winners).toHaveLength(1);
    const owner = winners[0]!.incident.by;
    for (const one of all) expect(one!.incident).toMatchObject({ by: owner, version: notes + 1 });
    expect(all.filter((one) => one!.outcome === 'taken')).toHaveLength(99);
    expect(await readChanges(db(), winners[0]!.incident.id, 10)).toHaveLength(notes + 1);
  },
);

test('none of many changes at once is lost', async () => {
  const eventId = await storedEvent();
  const noted = { wanted: { kind: 'noted' as const }, via: 'page' };
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      changeIncident(db(), { eventId, actor: 'ana', note: `n${n}`, ...noted }),
    ),
  );
  const { view } = (await readIncident(db(), eventId))!;
  expect(view.version).toBe(20);
  const notes = (await readChanges(db(), view.id, 100)).map(({ note }) => note);
  expect(notes.sort()).toEqual(Array.from({ length: 20 }, (_, n) => `n${n}`).sort());
});

test('is part of the transaction in which it is made', async () => {
  const eventId = await storedEvent();
  const failing = inTransaction(db(), async (tx) => {
    await changeIncident(tx, { eventId, ...by('ana') });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect((await readIncident(db(), eventId))!.view).toMatchObject({ version: 0, state: 'open' });
});

test('one that waited for another’s transaction decides on what that left', async () => {
  const eventId = await storedEvent();
  const [first, second] = await Promise.all([
    inTransaction(db(), async (tx) => {
      const outcome = await changeIncident(tx, { eventId, ...by('ana') });
      await tx.$client`select pg_sleep(0.2)`;
      return outcome;
    }),
    new Promise((resolve) => setTimeout(resolve, 100)).then(() =>
      inTransaction(db(), (tx) => changeIncident(tx, { eventId, ...by('bob') })),
    ),
  ]);
  expect([first!.outcome, second!.outcome]).toEqual(['changed', 'taken']);
  expect(second!.incident.by).toBe('ana');
});

test('of an event that is not there nothing can be changed', async () => {
  expect(await changeIncident(db(), { eventId: 4711, ...by('ana') })).toBeNull();
});
