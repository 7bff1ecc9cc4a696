// A backlog that moves to another sink, or is given up: each delivery once, and no row is lost.
import { describe, expect, test } from 'vitest';
import { dropBacklog, moveBacklogs, reassignBacklog } from '../../src/store/backlog.ts';
import { takeDue } from '../../src/store/deliveries/index.ts';
import { writeSinkState } from '../../src/store/sinks.ts';
import { drafts, hold, storePage, useDatabase } from './stored.ts';

const database = useDatabase();

/** Stores events for these sinks. @returns their ids, in order */
async function store(to: string[], from = 1, count = 3): Promise<number[]> {
  const routes = [{ name: 'all', minSeverity: 0 as const, to }];
  const page = await storePage(database(), { source: 'x', routes, events: drafts(from, count) });
  return page!.events.map(({ id }) => id);
}
const end = (state: 'dead' | 'delivered', sink: string, id: number) =>
  database().$client`
    update deliveries set state = ${state}, reason = 'r', finalized_at = now()
    where sink = ${sink} and event_id = ${id}`;
const rowsOf = async (sink: string) =>
  (
    await database().$client`
      select event_id, state from deliveries where sink = ${sink} order by event_id`
  ).map((row) => [row.event_id, row.state]);
const due = async (sink: string) =>
  (await takeDue(database(), { sink, limit: 10 })).map(({ event }) => event.id);

describe('a move', () => {
  test('says how many wait or are dead, and leaves behind what was delivered', async () => {
    const lease = await hold(database(), 'sink:x');
    const ids = await store(['soc']);
    await end('dead', 'soc', ids[0]!);
    await end('delivered', 'soc', ids[1]!);
    const moves = [
      { from: 'soc', to: 'ops' },
      { from: 'none', to: 'night' },
    ];
    expect(await moveBacklogs(database(), lease, moves)).toEqual([
      { from: 'soc', to: 'ops', deliveries: 2 },
      { from: 'none', to: 'night', deliveries: 0 },
    ]);
    expect(await rowsOf('ops')).toEqual([
      [ids[0], 'dead'],
      [ids[2], 'pending'],
    ]);
    expect(await rowsOf('soc')).toEqual([[ids[1], 'delivered']]);
  });

  test('leaves a delivery where it is, if the other sink has the event', async () => {
    const lease = await hold(database(), 'sink:x');
    const [both] = await store(['soc', 'ops'], 1, 1);
    const [alone] = await store(['soc'], 2, 1);
    const moved = await moveBacklogs(database(), lease, [{ from: 'soc', to: 'ops' }]);
    expect(moved).toEqual([{ from: 'soc', to: 'ops', deliveries: 1 }]);
    expect([await due('soc'), await due('ops')]).toEqual([[both], [both, alone]]);
  });

  test('of two sinks that change places takes attempts, states and groups with it', async () => {
    const lease = await hold(database(), 'sink:x');
    const [first, second] = await store(['a', 'b'], 1, 2);
    await end('delivered', 'a', first!);
    await end('delivered', 'b', second!);
    const sql = database().$client;
    await sql`
      insert into delivery_attempts (event_id, sink, outcome, duration_ms)
      values (${first!}, 'b', 'retry', 1)`;
    await writeSinkState(database(), lease, { sink: 'a', state: 'paused', reason: 'auth' });
    await sql`insert into groups (sink, key, cards) values ('a', 'g', 1), ('b', 'g', 2)`;
    const moves = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ];
    expect(await moveBacklogs(database(), lease, moves)).toMatchObject([
      { from: 'a', deliveries: 1 },
      { from: 'b', deliveries: 1 },
    ]);
    expect([await due('a'), await due('b')]).toEqual([[first], [second]]);
    expect(await sql`select sink from delivery_attempts`).toEqual([{ sink: 'a' }]);
    expect(await sql`select sink, state from sinks`).toEqual([{ sink: 'b', state: 'paused' }]);
    expect(await sql`select sink, cards from groups order by sink`).toEqual([
      { sink: 'a', cards: 2 },
      { sink: 'b', cards: 1 },
    ]);
  });

  test('changes nothing once the role was lost', async () => {
    const lease = await hold(database(), 'sink:x');
    const ids = await store(['soc']);
    const stale = { ...lease, epoch: lease.epoch - 1 };
    expect(await moveBacklogs(database(), stale, [{ from: 'soc', to: 'ops' }])).toBeNull();
    expect([await due('soc'), await due('ops')]).toEqual([ids, []]);
  });
});

describe('an operator', () => {
  test('moves what is open with its attempts; what the other sink has too ends as moved', async () => {
    const [both] = await store(['soc', 'ops'], 1, 1);
    const [alone, done] = await store(['soc'], 2, 2);
    await end('delivered', 'soc', done!);
    const sql = database().$client;
    for (const id of [alone!, done!])
      await sql`
        insert into delivery_attempts (event_id, sink, outcome, duration_ms)
        values (${id}, 'soc', 'retry', 1)`;
    expect(await reassignBacklog(database(), 'soc', 'ops')).toBe(2);
    expect(await rowsOf('soc')).toEqual([
      [both, 'suppressed'],
      [done, 'delivered'],
    ]);
    expect(await due('ops')).toEqual([both, alone]);
    const attempts = await sql`select event_id, sink from delivery_attempts order by event_id`;
    expect(attempts.map((row) => [row.event_id, row.sink])).toEqual([
      [alone, 'ops'],
      [done, 'soc'],
    ]);
    expect(await reassignBacklog(database(), 'soc', 'ops')).toBe(0);
  });

  test('gives up what is open, also what is held, and the rows stay with the reason', async () => {
    const [waiting, dead, done] = await store(['soc']);
    await end('dead', 'soc', dead!);
    await end('delivered', 'soc', done!);
    const sql = database().$client;
    await sql`
      update deliveries set priority = 12, group_key = 'g', digest_id = 7
      where event_id = ${waiting!}`;
    expect(await dropBacklog(database(), 'ops')).toBe(0);
    expect(await dropBacklog(database(), 'soc')).toBe(2);
    const rows = await sql`
      select event_id, state, reason, priority, group_key, digest_id,
        finalized_at is not null as is_final
      from deliveries where reason = 'dropped' order by event_id`;
    expect(rows).toMatchObject([
      { event_id: waiting, priority: 2, group_key: null, digest_id: null, is_final: true },
      { event_id: dead, state: 'suppressed', is_final: true },
    ]);
    expect((await rowsOf('soc')).at(-1)).toEqual([done, 'delivered']);
  });
});
