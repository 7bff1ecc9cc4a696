// A backlog belongs to a place: what waits follows a sink to its new id, whole, and what belongs
// nowhere is told.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  backlogRemarks,
  type Move,
  planMoves,
  Settling,
} from '../../../src/core/identity/backlog.ts';
import { type PlaceOf, placeOf } from '../../../src/kit/place.ts';
import { dropBacklog, reassignBacklog } from '../../../src/store/backlog.ts';
import { countDeliveries, recordDelivered, takeDue } from '../../../src/store/deliveries/index.ts';
import { joinReplicas } from '../../../src/store/leases.ts';
import { listPlaces, writePlaces, writeSinkState } from '../../../src/store/sinks.ts';
import { drafts, hold, quiet, storePage, useDatabase } from '../../store/stored.ts';

const at = (id: string, place: string | null): PlaceOf => ({ id, place });

test('a place names the address and hides the rest, and is the same for the same rest alone', () => {
  const place = placeOf('https://chat.example:443', 'https://chat.example/hooks/secret', 'soc');
  expect(place).toMatch(/^https:\/\/chat\.example:443 [0-9a-f]{10}$/);
  expect(placeOf('https://chat.example:443', 'https://chat.example/hooks/secret', 'soc')).toBe(
    place,
  );
  expect(placeOf('https://chat.example:443', 'https://chat.example/hooks/secret', 'ops')).not.toBe(
    place,
  );
});

describe('what moves', () => {
  test.each<[string, PlaceOf[], PlaceOf[], Move[]]>([
    ['nothing at first', [], [at('soc', 'P')], []],
    ['nothing while all is as it was', [at('soc', 'P')], [at('soc', 'P')], []],
    ['a renamed sink', [at('soc', 'P')], [at('soc-2', 'P')], [{ from: 'soc', to: 'soc-2' }]],
    ['nothing when the address was changed', [at('soc', 'P')], [at('soc', 'Q')], []],
    ['nothing of a place that is gone', [at('soc', 'P')], [at('new', 'Q')], []],
    ['nothing of a place that is not known', [at('soc', null)], [at('new', 'P')], []],
    [
      'two that change places',
      [at('a', 'P'), at('b', 'Q')],
      [at('a', 'Q'), at('b', 'P')],
      [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'a' },
      ],
    ],
    [
      'a rename beside a new one',
      [at('a', 'P')],
      [at('b', 'P'), at('a', 'Q')],
      [{ from: 'a', to: 'b' }],
    ],
    [
      'nothing to one of two new ids of the place',
      [at('a', 'P')],
      [at('b', 'P'), at('c', 'P')],
      [],
    ],
    ['nothing of two old ids of the place', [at('a', 'P'), at('b', 'P')], [at('c', 'P')], []],
    [
      'nothing to an id that had the place beside it',
      [at('a', 'P'), at('b', 'P')],
      [at('b', 'P')],
      [],
    ],
  ])('%s', (_title, stored, configured, moves) => {
    expect(planMoves(stored, configured)).toEqual(moves);
  });
});

describe('in the database', () => {
  const database = useDatabase();
  const store = async (to: string[], from = 1, count = 3) => {
    const routes = [{ name: 'all', minSeverity: 0 as const, to }];
    return (await storePage(database(), {
      source: 'x',
      routes,
      events: drafts(from, count),
    }))!.events.map(({ id }) => id);
  };
  const settle = async (places: PlaceOf[]) => {
    const lease = await hold(database(), 'sink:x');
    const settling = new Settling(
      { db: database(), log: quiet, places, own: places.map(({ id }) => id) },
      lease,
    );
    await settling.done();
    return lease;
  };
  const due = async (sink: string) =>
    (await takeDue(database(), { sink, limit: 10 })).map(({ event }) => event.id);

  test('what waits and what is dead follows a rename, with its attempts and the state of the place', async () => {
    const lease = await settle([at('soc', 'P')]);
    const ids = await store(['soc']);
    await recordDelivered(database(), 'soc', [
      { eventId: ids[0]!, afterFailure: true, durationMs: 1 },
    ]);
    await writeSinkState(database(), lease, { sink: 'soc', state: 'paused', reason: 'auth' });
    await database().$client`
      update deliveries set state = 'dead', reason = 'rejected', finalized_at = now() where event_id = ${ids[1]!}`;
    await database().$client`
      insert into delivery_attempts (event_id, sink, outcome, duration_ms) values (${ids[1]!}, 'soc', 'reject_event', 1)`;
    await settle([at('soc-2', 'P')]);
    expect(await due('soc-2')).toEqual([ids[2]]);
    expect(await countDeliveries(database())).toMatchObject([
      { sink: 'soc-2', pending: 1, dead: 1 },
    ]);
    const [attempt] = await database()
      .$client`select sink from delivery_attempts where event_id = ${ids[1]!}`;
    expect(attempt).toEqual({ sink: 'soc-2' });
    expect(await database().$client`select sink, state from sinks`).toEqual([
      { sink: 'soc-2', state: 'paused' },
    ]);
  });

  test('two sinks that change places exchange what they have, though both have the same events', async () => {
    await settle([at('a', 'P'), at('b', 'Q')]);
    const ids = await store(['a', 'b']);
    await recordDelivered(database(), 'a', [
      { eventId: ids[0]!, afterFailure: false, durationMs: 1 },
    ]);
    await recordDelivered(database(), 'b', [
      { eventId: ids[2]!, afterFailure: false, durationMs: 1 },
    ]);
    await settle([at('a', 'Q'), at('b', 'P')]);
    expect([await due('b'), await due('a')]).toEqual([ids.slice(1), ids.slice(0, 2)]);
    expect(await listPlaces(database())).toEqual([at('a', 'Q'), at('b', 'P')]);
  });

  test('nothing moves for who lost the role', async () => {
    await settle([at('soc', 'P')]);
    const ids = await store(['soc']);
    const lease = await hold(database(), 'sink:x');
    const stale = { ...lease, epoch: lease.epoch - 1 };
    const settling = new Settling(
      { db: database(), log: quiet, places: [at('soc-2', 'P')], own: ['soc-2'] },
      stale,
    );
    expect(await settling.done()).toBe(false);
    expect(await due('soc')).toEqual(ids);
    expect(await listPlaces(database())).toEqual([at('soc', 'P')]);
  });

  describe('while a live process serves the sink elsewhere', () => {
    const serving = (place: string) => {
      const works = { roles: ['sink:y'], consoles: {}, places: { soc: place } };
      const id = randomUUID();
      const end = () => database().$client`delete from replicas where id = ${id}::uuid`;
      return joinReplicas(database(), { id, ttlMs: 600_000, predecessor: null, works }).then(
        () => end,
      );
    };
    const settlingAt = async (place: string) =>
      new Settling(
        { db: database(), log: quiet, places: [at('soc', place)], own: ['soc'] },
        await hold(database(), 'sink:x'),
      );

    test('nothing is sent and its place stays, until that process has ended', async () => {
      await settle([at('soc', 'P')]);
      const end = await serving('P');
      const settling = await settlingAt('Q');
      expect([await settling.done(), await settling.done()]).toEqual([false, false]);
      expect(await listPlaces(database())).toEqual([at('soc', 'P')]);
      await end();
      expect([await settling.done(), await settling.done()]).toEqual([true, true]);
      expect(await listPlaces(database())).toEqual([at('soc', 'Q')]);
    });

    test('who serves it where it was goes on', async () => {
      await settle([at('soc', 'P')]);
      await serving('Q');
      expect(await (await settlingAt('P')).done()).toBe(true);
      expect(await listPlaces(database())).toEqual([at('soc', 'P')]);
    });

    test('of two that note a place at once, the first one stays', async () => {
      const [one, two] = [await hold(database(), 'sink:x'), await hold(database(), 'sink:y')];
      const note = (lease: typeof one, place: string) =>
        writePlaces(database(), lease, [{ id: 'soc', place, before: null }]);
      expect(await note(one, 'P')).toBe(true);
      expect(await note(two, 'Q')).toBe(false);
      expect(await listPlaces(database())).toEqual([at('soc', 'P')]);
    });
  });

  test('an operator gives it to another sink once, or gives it up, and no row goes', async () => {
    const ids = await store(['soc', 'ops'], 1, 1);
    const [alone] = await store(['soc'], 2, 1);
    expect(await reassignBacklog(database(), 'soc', 'ops')).toBe(2);
    expect(await due('ops')).toEqual([...ids, alone]);
    const left = await database()
      .$client`select event_id::int as id, state, reason from deliveries where sink = 'soc'`;
    expect(left).toEqual([{ id: ids[0], state: 'suppressed', reason: 'moved' }]);
    expect(await dropBacklog(database(), 'ops')).toBe(2);
    expect(await countDeliveries(database())).toEqual([]);
    const dropped = await database()
      .$client`select 1 from deliveries where sink = 'ops' and reason = 'dropped'`;
    expect(dropped).toHaveLength(2);
  });
});

test('what belongs to no sink is told with what to do, and what will follow a rename as well', () => {
  const counts = [
    { sink: 'soc', pending: 3, dead: 1 },
    { sink: 'old', pending: 1, dead: 0 },
    { sink: 'here', pending: 5, dead: 0 },
    { sink: 'past', pending: 0, dead: 2 },
  ];
  const remarks = backlogRemarks(counts, [at('old', 'P')], [at('new', 'P'), at('here', 'Q')]);
  expect(remarks.map(({ sink, isFault }) => [sink, isFault])).toEqual([
    ['soc', true],
    ['old', false],
    ['past', false],
  ]);
  expect(remarks[0]!.text).toContain('3 deliveries wait and 1 is dead');
  expect(remarks[0]!.text).toContain('tocsin dead move --from soc --to <sink>');
  expect(remarks[1]!.text).toContain('they go to "new"');
});
