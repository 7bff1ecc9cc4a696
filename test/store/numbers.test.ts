// Which events count, and what is known of each.
import { beforeEach, describe, expect, test } from 'vitest';
import { changeIncident } from '../../src/core/incidents/change.ts';
import type { Wanted } from '../../src/core/incidents/decide.ts';
import type { Database } from '../../src/store/database.ts';
import { recordDelivered } from '../../src/store/deliveries/index.ts';
import { readHandled } from '../../src/store/numbers.ts';
import { fillMany } from './search/many.ts';
import { draft, storePage, useDatabase } from './stored.ts';

const database = useDatabase();
const week = () => ({ sinceMs: Date.now() - 7 * 86_400_000, untilMs: Date.now() + 60_000 });

test('what somebody was to hear of, the newest first, with what became of it', async () => {
  const db = database();
  const events = [draft(1, { severity: 4 }), draft(2, { severity: 5 }), draft(3, { severity: 0 })];
  const stored = await storePage(db, { events: [...events, draft(4, { severity: 2 })] });
  const [first, second, third] = stored!.events.map(({ id }) => id);
  const deliver = (eventId: number) =>
    recordDelivered(db, 'soc', [{ eventId, afterFailure: false, durationMs: 1 }]);
  for (const id of [first!, second!, third!]) await deliver(id);
  const by = { actor: 'ana', via: 'page' };
  const acknowledged = { kind: 'acknowledged', forMs: null } as const;
  await changeIncident(db, { eventId: first!, wanted: acknowledged, ...by });
  await changeIncident(db, { eventId: first!, wanted: { kind: 'resolved' }, ...by });
  const change = { source: 'a', externalId: '2', fields: [], closing: 'closed' } as const;
  const closed = { kind: 'vendor', change, severity: 5, seenAt: null } as const;
  await changeIncident(db, { eventId: second!, wanted: closed, actor: 'a', via: 'vendor' });
  const known = expect.any(Number);
  const open = { acknowledgedAtMs: null, resolvedAtMs: null, isClosedByVendor: false };
  expect(await readHandled(db, { ...week(), rowsMax: 10 })).toEqual([
    { severity: 2, receivedAtMs: known, deliveredAtMs: null, ...open },
    { severity: 0, receivedAtMs: known, deliveredAtMs: known, ...open },
    {
      ...{ severity: 5, receivedAtMs: known, deliveredAtMs: known },
      ...{ acknowledgedAtMs: null, resolvedAtMs: known, isClosedByVendor: true },
    },
    {
      ...{ severity: 4, receivedAtMs: known, deliveredAtMs: known },
      ...{ acknowledgedAtMs: known, resolvedAtMs: known, isClosedByVendor: false },
    },
  ]);
  expect(await readHandled(db, { ...week(), rowsMax: 1 })).toHaveLength(1);
});

test('what nobody was to hear of, news, changes and other times do not count', async () => {
  const db = database();
  const routes = [{ name: 'grave', minSeverity: 5 as const, to: ['soc'] }];
  await storePage(db, { events: [draft(1)], routes });
  await storePage(db, { events: [draft(2, { stream: 'change' })] });
  await storePage(db, { events: [draft(3)], source: 'tocsin' });
  await storePage(db, { events: [draft(4)] });
  await db.$client`
    update events set received_at = now() - interval '8 days' where external_id = '4'`;
  expect(await readHandled(db, { ...week(), rowsMax: 10 })).toEqual([]);
});

describe('what travelled in a digest', () => {
  const by = { actor: 'ana', via: 'chat' };
  const change = (eventId: number, wanted: Wanted) =>
    changeIncident(database(), { eventId, wanted, ...by });
  const acknowledged: Wanted = { kind: 'acknowledged', forMs: null };
  /** @returns the ids of the digest and of the events in it */
  async function digested(): Promise<readonly [number, number, number]> {
    const own = [draft('d', { stream: 'digest', severity: 5 })];
    const [digest] = (await storePage(database(), { source: 'tocsin', events: own }))!.events;
    const events = [draft(1), draft(2)];
    const [first, second] = (await storePage(database(), { events }))!.events;
    await database().$client`
      update deliveries set digest_id = ${digest!.id}, priority = 11
      where event_id in (${first!.id}, ${second!.id})`;
    return [digest!.id, first!.id, second!.id];
  }
  /** Of the first event and the second: which times there are. */
  async function taken() {
    const found = await readHandled(database(), { ...week(), rowsMax: 10 });
    return found
      .toReversed()
      .map(({ acknowledgedAtMs, resolvedAtMs }) =>
        [acknowledgedAtMs !== null && 'taken', resolvedAtMs !== null && 'done'].filter(Boolean),
      );
  }

  test('is acknowledged and resolved with it, and open again with it', async () => {
    const [digest] = await digested();
    expect(await taken()).toEqual([[], []]);
    await change(digest, acknowledged);
    expect(await taken()).toEqual([['taken'], ['taken']]);
    await change(digest, { kind: 'resolved' });
    expect(await taken()).toEqual([
      ['taken', 'done'],
      ['taken', 'done'],
    ]);
    await change(digest, { kind: 'reopened' });
    expect(await taken()).toEqual([['taken'], ['taken']]);
  });

  test('is what somebody made of it alone, or what happened to it later', async () => {
    const [digest, first, second] = await digested();
    await change(first, { kind: 'resolved' });
    await change(first, { kind: 'reopened' });
    await change(digest, { kind: 'resolved' });
    expect(await taken()).toEqual([[], ['done']]);
    await change(second, { kind: 'noted' });
    expect(await taken()).toEqual([[], []]);
  });
});

describe('with many events stored', () => {
  const hourMs = 3_600_000;

  beforeEach(async () => {
    const db = database();
    // One event each minute, the last one now.
    await fillMany(db, { count: 30_000 });
    await db.$client`
      update events set received_at = now() - (30000 - external_id::integer) * interval '1 minute'`;
    await db.$client`
      insert into deliveries (event_id, sink, state, priority, finalized_at)
      select id, 'soc', 'delivered', 3, received_at from events`;
    await db.$client`
      insert into incidents (source, subject, event_id, severity, state)
      select source, subject, id, 3, 'acknowledged' from events`;
    await db.$client`analyze`;
  });

  test.each([
    ['of a day', 24, 24 * 60],
    ['of a year, of which the newest are read', 366 * 24, 2000],
  ])(
    'those %s are found by their ids, and what became of each by its index',
    async (_, hours, count) => {
      const untilMs = Date.now() + 60_000;
      const search = { sinceMs: untilMs - hours * hourMs, untilMs, rowsMax: 2000 };
      const { db, plans } = explaining(database());
      const found = await readHandled(db, search);
      expect(Math.abs(found.length - count)).toBeLessThan(3);
      const read = plans.find((plan) => plan.includes('deliveries'))!;
      expect(read).toMatch(
        /Index Scan.* using events_pkey on events.*\n *Index Cond: \(\(id > \S+ AND \(id <= /,
      );
      for (const plan of plans) expect(plan).not.toMatch(/Seq Scan on (events|deliveries)\b/);
    },
  );
});

/** The same database, and how each statement that is sent there is carried out. */
function explaining(db: Database): { readonly db: Database; readonly plans: string[] } {
  const plans: string[] = [];
  const client = async (strings: TemplateStringsArray, ...values: never[]) => {
    const first = `explain ${strings[0]}`;
    const texts = Object.assign([first, ...strings.slice(1)], { raw: [first, ...strings.raw] });
    const lines = await db.$client(texts as unknown as TemplateStringsArray, ...values);
    plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'));
    return db.$client(strings, ...values);
  };
  return { db: { ...db, $client: client } as unknown as Database, plans };
}
