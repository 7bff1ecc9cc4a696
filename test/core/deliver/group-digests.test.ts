// Groups of one sink on a real Postgres: what goes out together, when, and that nothing is left
// over.
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Route } from '../../../src/core/routing/index.ts';
import { compileGlob } from '../../../src/core/rules/glob.ts';
import { plainText } from '../../../src/kit/card.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import { redriveDead } from '../../store/deliveries/attempts.ts';
import { draft, drafts, storePage } from '../../store/stored.ts';
import { all, expectSoon, grouped, pause, useDigests } from './digests-setup.ts';

const { database, begin, states, isSettled } = useDigests();

describe('a group', () => {
  test('goes out as one digest after its wait, with each event counted, and all of them are delivered by it', async () => {
    const { store, cards, digests } = await begin({ routes: [grouped({ waitMs: 2000 })] });
    await store(drafts(1, 3));
    await store(drafts(4, 4));
    await expectSoon(isSettled);
    const [made] = await database().$client`
      select extract(epoch from max(received_at) - min(received_at))::float8 as apart from events`;
    expect(made!.apart).toBeGreaterThan(1.8);
    expect(digests()).toMatchObject([{ kind: 'group', count: 7, before: 0, route: 'all' }]);
    expect(cards()).toEqual([]);
    // Seven and the digest's own.
    expect(await states()).toEqual({ delivered: 8 });
  });

  test('says in its next digest, after its interval, what was sent before', async () => {
    const { store, digests } = await begin({ routes: [grouped({})] });
    await store(drafts(1, 2));
    await expectSoon(() => digests().length === 1);
    await store(drafts(3, 2));
    await store(drafts(5, 1));
    await expectSoon(() => digests().length === 2);
    const [made] = await database().$client`
      select extract(epoch from max(received_at) - min(received_at))::float8 as apart
      from events where body->'digest' is not null`;
    expect(made!.apart).toBeGreaterThan(0.5);
    expect(digests()[1]).toMatchObject({ count: 3, before: 2 });
  });

  test('is parted by what the route groups by, and an event without any of it goes out alone', async () => {
    const file = (hash: string) => ({ body: { file: { hash } } });
    const { store, cards, digests } = await begin({
      routes: [grouped({ by: ['hash'], waitMs: 200 })],
    });
    await store([
      draft(1, file('aa')),
      draft(2, file('bb')),
      draft(3, file('aa')),
      draft(4),
      draft(5, file('bb')),
    ]);
    await expectSoon(isSettled);
    expect(cards()).toEqual(['4']);
    const by = digests().map((digest) => digest.by);
    expect(by.map(([one]) => one)).toEqual([
      { field: 'hash', value: 'aa' },
      { field: 'hash', value: 'bb' },
    ]);
  });

  test('is sent whatever the names by which it is parted, and holds up nothing that comes after it', async () => {
    const long = (seed: number) =>
      Array.from({ length: 200 }, (_, n) =>
        String.fromCodePoint(0x4e00 + ((seed * 7919 + n * n * 104_729) % 20_000)),
      ).join('');
    const body = {
      device: { name: long(1), group: long(2) },
      user: long(3),
      tenant: { name: long(4) },
      file: { hash: long(5) },
    };
    const by = ['device', 'device_group', 'user', 'tenant', 'hash'] as const;
    const { store, cards, digests } = await begin({ routes: [grouped({ by, waitMs: 100 })] });
    await store([
      draft(1, { body }),
      draft(2, { body }),
      draft(3, { body: { ...body, user: `${long(3).slice(0, -1)}x` } }),
    ]);
    await store([draft(4)]);
    await expectSoon(isSettled);
    expect(cards().sort()).toEqual(['3', '4']);
    expect(digests()).toMatchObject([{ count: 2 }]);
  });

  test('is one of very many: they go out by and by, and what is due meanwhile does not wait for the last of them', async () => {
    const held: number[] = [];
    const { store, cards } = await begin({
      routes: [grouped({ by: ['device'], waitMs: 300, intervalMs: 60_000 })],
      async send() {
        if (held.length > 0) return;
        held.push(0);
        const [row] = await database()
          .$client`select count(*)::int as n from deliveries where priority >= 10`;
        held[0] = row!.n;
      },
    });
    await store(
      Array.from({ length: 600 }, (_, n) =>
        draft(n + 1, { body: { device: { name: `PC-${n}` } } }),
      ),
    );
    await expectSoon(isSettled);
    expect(held[0]).toBeGreaterThan(0);
    expect(new Set(cards()).size).toBe(600);
    expect(cards()).toHaveLength(600);
  });

  test('that the database cannot hold waits, and holds up neither the others nor what goes out singly', async () => {
    const sql = database().$client;
    await sql.unsafe(`create or replace function refuse() returns trigger language plpgsql as $$ begin
      if new.body::text like '%"value":"bad"%' then raise exception using errcode = '22000', message = 'refused'; end if;
      return new; end $$;
      create trigger refuse before insert on events for each row execute function refuse()`);
    onTestFinished(async () => {
      await sql.unsafe('drop trigger if exists refuse on events');
    });
    const of = (n: number, name: string) => draft(n, { body: { device: { name } } });
    const low: Route = { ...all, name: 'low', types: [compileGlob('PUA')] };
    const { store, cards, digests } = await begin({
      routes: [low, grouped({ by: ['device'], waitMs: 100 })],
    });
    await store([
      of(1, 'bad'),
      of(2, 'bad'),
      of(3, 'good'),
      of(4, 'good'),
      draft(5, { type: 'PUA' }),
    ]);
    await expectSoon(() => digests().length === 1);
    for (let n = 10; n < 20; n += 1) await store([draft(n, { type: 'PUA' })]);
    await expectSoon(() => cards().length === 11);
    // The other one waits all the while.
    expect(digests()).toMatchObject([{ count: 2, by: [{ value: 'good' }] }]);
    await sql.unsafe('drop trigger refuse on events');
    await expectSoon(() => digests().length === 2);
    await expectSoon(isSettled);
  });

  test('without a wait shows its first event at once as a card, and then counts: the same file on many devices', async () => {
    const on = (n: number) =>
      draft(n, { body: { file: { hash: 'aa' }, device: { name: `PC-${n}` } } });
    const { store, cards, digests } = await begin({ routes: [grouped({ by: ['hash'] })] });
    await store([on(1)]);
    await expectSoon(() => cards().length === 1);
    await store([on(2), on(3)]);
    await store([on(4)]);
    await expectSoon(isSettled);
    expect(cards()).toEqual(['1']);
    expect(digests()).toMatchObject([
      { count: 3, before: 1, deviceCount: 3, files: [{ hash: 'aa', devices: 3 }] },
    ]);
  });

  test('of one event goes out as its card, which says what it waited for, and the group goes on counting', async () => {
    const { store, sent, cards, digests } = await begin({
      routes: [grouped({ waitMs: 200 })],
      policy: { heldMs: 0 },
    });
    await store(drafts(1, 1));
    await expectSoon(() => cards().length === 1);
    const remarks = sent[0]!.card.remarks.map(plainText);
    expect(remarks).toEqual(['Held for 1 min by route all, to come together with others.']);
    expect(sent[0]!.card.kind).toBe('event');
    await store(drafts(2, 2));
    await expectSoon(isSettled);
    expect(digests()).toMatchObject([{ count: 2, before: 1 }]);
  });

  test('of which one event is left when its digest is made goes out as a card', async () => {
    await storePage(database(), { routes: [grouped({ waitMs: 0 })], events: drafts(1, 2) });
    // No digest speaks of what Tocsin itself says.
    await database().$client`update events set source = 'tocsin' where external_id = '2'`;
    const { cards, digests } = await begin({ routes: [grouped({ waitMs: 0 })] });
    await expectSoon(isSettled);
    expect(cards()).toContain('1');
    expect(digests()).toEqual([]);
  });

  test('survives the process that was to send it, and is sent once', async () => {
    const routes = [grouped({ waitMs: 300 })];
    const first = await begin({ routes });
    await first.store(drafts(1, 4));
    await first.worker.stop();
    const second = await begin({ routes });
    await expectSoon(isSettled);
    expect([...first.digests(), ...second.digests()]).toMatchObject([{ count: 4 }]);
  });

  test('of a route that is gone goes out', async () => {
    const routes = [grouped({ waitMs: 60_000 })];
    const first = await begin({ routes });
    await first.store(drafts(1, 4));
    await first.worker.stop();
    const { digests } = await begin();
    await expectSoon(isSettled);
    expect(digests()).toMatchObject([{ count: 4, by: [] }]);
  });

  test('is the same message under the same id when it has to be sent again', async () => {
    const tried: string[] = [];
    const { store, digests } = await begin({
      routes: [grouped({ waitMs: 100 })],
      send({ event }) {
        tried.push(JSON.stringify(event));
        if (tried.length < 3) throw new AdapterError('retry', 'connection', 'failed');
      },
    });
    await store(drafts(1, 3));
    await pause(200);
    await store(drafts(4, 3));
    await expectSoon(isSettled);
    expect(new Set(tried.slice(0, 3)).size).toBe(1);
    expect(digests().map(({ count }) => count)).toEqual([3, 3]);
  });

  test('that failed for too long is dead with its digest, and comes back with it', async () => {
    let isRefused = true;
    const { store, digests } = await begin({
      routes: [grouped({ waitMs: 100 })],
      // It is too old at its first failure.
      policy: { maxAgeMs: 0 },
      send() {
        if (isRefused) throw new AdapterError('retry', 'connection', 'failed');
      },
    });
    await store(drafts(1, 3));
    await expectSoon(async () => (await states()).dead === 4);
    isRefused = false;
    expect(await redriveDead(database(), 'soc', null)).toBe(4);
    await expectSoon(isSettled);
    expect(digests()).toMatchObject([{ count: 3 }]);
    expect(await states()).toEqual({ delivered: 4 });
  });

  test('member that is put back alone is a card', async () => {
    let isRefused = true;
    const { store, cards } = await begin({
      routes: [grouped({ waitMs: 100 })],
      // It is too old at its first failure.
      policy: { maxAgeMs: 0 },
      send() {
        if (isRefused) throw new AdapterError('retry', 'connection', 'failed');
      },
    });
    await store(drafts(1, 3));
    await expectSoon(async () => (await states()).dead === 4);
    isRefused = false;
    const [row] = await database().$client`select id from events where external_id = '2'`;
    expect(await redriveDead(database(), 'soc', [Number(row!.id)])).toBe(1);
    await expectSoon(isSettled);
    expect(cards()).toEqual(['2']);
  });
});
