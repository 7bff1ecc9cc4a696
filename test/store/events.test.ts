// The one statement that stores a page, on a real Postgres: all or nothing, once, fenced.

import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { keyOf, keysOf } from '../../src/kit/event-keys.ts';
import type { DecidedEvent } from '../../src/kit/records/decision.ts';
import type { Fence } from '../../src/kit/records/role.ts';
import { readCursor, resetSource } from '../../src/store/cursors.ts';
import { countDeliveries } from '../../src/store/deliveries/index.ts';
import { insertPage } from '../../src/store/events.ts';
import { acquireLeases, joinReplicas } from '../../src/store/leases.ts';
import { until } from '../support/world.ts';
import {
  draft,
  drafts,
  hold,
  inTransaction,
  replicaWith,
  storePage,
  useDatabase,
} from './stored.ts';

const database = useDatabase();
const pending = (sink: string) => ({ sink, state: 'pending' as const, reason: null, priority: 2 });
const event = (id: number, more: Partial<DecidedEvent> = {}): DecidedEvent => ({
  draft: draft(id),
  routes: ['default'],
  decisions: [pending('soc')],
  ...more,
});
const cursorOf = async (source: string) =>
  (await database().$client`select cursor from cursors where source = ${source}`).map(
    (row) => row.cursor,
  );

describe('the cursor', () => {
  test('moves with its page, stays without a new one, and is made by the first', async () => {
    const db = database();
    await insertPage(db, { fence: null, source: 'a', events: [event(1)], cursor: null });
    expect(await cursorOf('a')).toEqual([]);
    await insertPage(db, { fence: null, source: 'a', events: [event(2)], cursor: 'c2' });
    await insertPage(db, { fence: null, source: 'a', events: [event(3)], cursor: null });
    expect(await cursorOf('a')).toEqual(['c2']);
    await insertPage(db, { fence: null, source: 'a', events: [], cursor: 'c3' });
    expect(await cursorOf('a')).toEqual(['c3']);
  });

  test('stays where it was if anything about the page cannot be written', async () => {
    const db = database();
    await insertPage(db, { fence: null, source: 'a', events: [event(1)], cursor: 'c1' });
    const impossible = event(3, { decisions: [{ ...pending('soc'), state: 'suppressed' }] });
    await expect(
      insertPage(db, { fence: null, source: 'a', events: [event(2), impossible], cursor: 'c3' }),
    ).rejects.toThrow('deliveries_reason_check');
    expect(await cursorOf('a')).toEqual(['c1']);
    expect(await db.$client`select external_id from events`).toEqual([{ external_id: '1' }]);
  });
});

describe('the events', () => {
  test('have their keys, and those that hold nothing to look for have none', async () => {
    const db = database();
    const body = { device: { id: '17', name: 'WS-1' }, user: 'SHOP\\ann' };
    const notice = { notice: { kind: 'sample', values: {} } } as const;
    await storePage(db, { events: [draft(1, { body }), draft(2), draft(3, { body: notice })] });
    const rows = await db.$client`select to_json(keys)::text as keys from events order by id`;
    expect(rows.map(({ keys }) => JSON.parse(keys))).toEqual([keysOf(draft(1, { body })), [], []]);
    expect(keysOf(draft(1, { body }))).toContain(keyOf('device', 'ws-1'));
  });

  test('are found by a key and the block of their id through the index', async () => {
    const [row] = await database().$client`
      select pg_get_indexdef('events_keys_idx'::regclass) as keys,
        pg_get_indexdef('events_unkeyed_idx'::regclass) as unkeyed`;
    expect(row?.keys).toContain('array_append(keys, ((id >> 13))::integer)');
    expect(row?.unkeyed).toContain('WHERE (keys IS NULL)');
  });

  test('are numbered in the order of their page, and the answer says which of them are new', async () => {
    const db = database();
    await insertPage(db, { fence: null, source: 'a', events: [event(5)], cursor: null });
    const inserted = await insertPage(db, {
      fence: null,
      source: 'a',
      events: [event(9), event(5), event(2), event(7)],
      cursor: null,
    });
    expect(inserted?.map(({ index }) => index)).toEqual([0, 2, 3]);
    const rows = await db.$client`select id, external_id from events order by id`;
    expect(rows.map((row) => row.external_id)).toEqual(['5', '9', '2', '7']);
    expect(inserted?.map(({ id }) => id)).toEqual(rows.slice(1).map((row) => row.id));
  });

  test('come back as they were, whatever their texts hold', async () => {
    const texts = [
      'DOMAIN\\host "x"\\',
      '\\N',
      'NULL',
      '',
      '{a,b}',
      'one\ntwo',
      '🔔 ไทย',
      '\\"',
      null,
    ];
    const events = texts.map((text, n) => {
      const words = {
        subject: text ?? 'none',
        status: text,
        action: texts[(n + 1) % texts.length]!,
      };
      return event(n, {
        draft: { ...draft(n), ...words },
        routes: text === null ? [] : [text, `${text}"\\`],
      });
    });
    // Together, and each alone: what needs no quoting goes another way.
    await insertPage(database(), { fence: null, source: 'together', events, cursor: null });
    for (const one of events)
      await insertPage(database(), { fence: null, source: 'alone', events: [one], cursor: null });
    const rows = await database()
      .$client`select subject, status, action, array_to_json(routes)::text as routes from events order by id`;
    const stored = rows.map(({ routes, ...row }) => ({
      ...row,
      routes: JSON.parse(String(routes)),
    }));
    const given = events.map(({ draft: { subject, status, action }, routes }) => ({
      subject,
      status,
      action,
      routes,
    }));
    expect(stored).toEqual([...given, ...given]);
  });

  test('of two sources may have the same id', async () => {
    await insertPage(database(), { fence: null, source: 'a', events: [event(1)], cursor: null });
    expect(
      await insertPage(database(), { fence: null, source: 'b', events: [event(1)], cursor: null }),
    ).toHaveLength(1);
  });

  test('carry the routes that matched, and each sink’s decision with its reason', async () => {
    const db = database();
    const suppressed = {
      sink: 'boss',
      state: 'suppressed',
      reason: 'below_min_severity',
      priority: 2,
    } as const;
    await insertPage(db, {
      fence: null,
      source: 'a',
      events: [event(1, { routes: ['x', 'y'], decisions: [pending('soc'), suppressed] })],
      cursor: null,
    });
    expect(await db.$client`select to_json(routes) as routes from events`).toEqual([
      { routes: ['x', 'y'] },
    ]);
    const rows =
      await db.$client`select sink, state, reason, finalized_at is null as open from deliveries order by sink`;
    expect(rows).toEqual([
      { sink: 'boss', state: 'suppressed', reason: 'below_min_severity', open: false },
      { sink: 'soc', state: 'pending', reason: null, open: true },
    ]);
  });

  test('that come twice keep their first decision', async () => {
    const db = database();
    await insertPage(db, { fence: null, source: 'a', events: [event(1)], cursor: null });
    await insertPage(db, {
      fence: null,
      source: 'a',
      events: [event(1, { decisions: [pending('soc'), pending('late')] })],
      cursor: null,
    });
    expect(await db.$client`select sink from deliveries`).toEqual([{ sink: 'soc' }]);
  });
});

test('a takeover waits for a page that is being stored, and the next holder finds it with its cursor', async () => {
  const db = database();
  const lease = await hold(db, 'source:a');
  const heir = await replicaWith(db, []);
  let isTaken = false;
  const taken = await inTransaction(db, async (transaction) => {
    await insertPage(transaction, { fence: lease, source: 'a', events: [event(1)], cursor: 'c1' });
    await joinReplicas(db, { id: heir, ttlMs: 20_000, predecessor: lease.holder });
    const taking = acquireLeases(db, heir, ['source:a']).finally(() => {
      isTaken = true;
    });
    const isWaiting = async () =>
      (await db.$client`select 1 from pg_locks where not granted`).length > 0;
    await until(async () => isTaken || (await isWaiting()), 5000);
    expect(isTaken).toBe(false);
    return { taking };
  });
  expect(await taken.taking).toHaveLength(1);
  expect(await cursorOf('a')).toEqual(['c1']);
  expect(
    await insertPage(db, { fence: lease, source: 'a', events: [event(2)], cursor: 'c2' }),
  ).toBeNull();
});

test('a page that was read before an operator reset the source is not stored, and its cursor does not come back', async () => {
  const db = database();
  await insertPage(db, {
    fence: null,
    source: 'a',
    events: [event(1)],
    cursor: 'c1',
    generation: 1,
  });
  await resetSource(db, 'a');
  expect(
    await insertPage(db, {
      fence: null,
      source: 'a',
      events: [event(2)],
      cursor: 'c2',
      generation: 1,
    }),
  ).toBeNull();
  expect(await readCursor(db, 'a')).toEqual({ cursor: null, generation: 2 });
  expect(
    await insertPage(db, {
      fence: null,
      source: 'a',
      events: [event(2)],
      cursor: 'c2',
      generation: 2,
    }),
  ).toHaveLength(1);
});

describe('a page from the intake', () => {
  test('its events, deliveries and cursor are stored once, and the raw object byte for byte', async () => {
    const lease = await hold(database(), 'source:a');
    const raw = '{"id": 1,  "n": 1.0}';
    const page = [draft(1, { raw }), ...drafts(2, 49)];
    const first = await storePage(database(), { fence: lease, events: page, cursor: 'c50' });
    const again = await storePage(database(), {
      fence: lease,
      events: drafts(1, 60),
      cursor: 'c60',
    });
    expect([first?.events.length, again?.events.length, again?.duplicates]).toEqual([50, 10, 50]);
    expect(await readCursor(database(), 'a')).toEqual({ cursor: 'c60', generation: 1 });
    expect(await countDeliveries(database())).toMatchObject([{ sink: 'soc', pending: 60 }]);
    const [row] = await database()
      .$client`select raw::text as raw from events where external_id = '1'`;
    expect(row?.raw).toBe(raw);
  });

  test('without the role nothing is written, not even the cursor', async () => {
    const lease = await hold(database(), 'source:a');
    await hold(database(), 'source:b');
    const stale: Fence = { ...lease, epoch: lease.epoch - 1 };
    for (const fence of [stale, { ...lease, holder: randomUUID() }]) {
      expect(await storePage(database(), { fence, events: drafts(1, 3), cursor: 'c' })).toBeNull();
    }
    expect(await readCursor(database(), 'a')).toEqual({ cursor: null, generation: 1 });
    expect(await countDeliveries(database())).toEqual([]);
  });

  test('an item that the database cannot hold is stored as UNRECOGNISED with its bytes, and the others as they are', async () => {
    const lease = await hold(database(), 'source:a');
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const bad = draft(3, { raw: deep });
    const nul = draft(5, { type: 'A\u0000B' });
    const stored = await storePage(database(), {
      fence: lease,
      events: [draft(1), draft(2), bad, draft(4), nul],
      cursor: 'c5',
    });
    expect(stored?.events).toHaveLength(5);
    const rows = await database()
      .$client`select external_id, type, raw::text as raw from events order by external_id`;
    expect(rows.map((row) => row.type)).toEqual([
      'STATIC_ANALYSIS',
      'STATIC_ANALYSIS',
      'UNRECOGNISED',
      'STATIC_ANALYSIS',
      'UNRECOGNISED',
    ]);
    expect(Buffer.from(JSON.parse(rows[2]?.raw).base64, 'base64').toString()).toBe(deep);
    expect((await readCursor(database(), 'a')).cursor).toBe('c5');
  });

  test('escapes of NUL and of lone surrogates stay in the raw object', async () => {
    const lease = await hold(database(), 'source:a');
    const raw = '{"id": 1, "path": "a\\u0000b\\ud800"}';
    await storePage(database(), { fence: lease, events: [draft(1, { raw })], cursor: 'c' });
    const [row] = await database().$client`select type, raw::text as raw from events`;
    expect([row?.type, row?.raw]).toEqual(['STATIC_ANALYSIS', raw]);
  });
});
