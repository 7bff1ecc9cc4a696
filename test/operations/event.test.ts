// Events are found, shown with all that became of them, and tried on the routes of now.
import { beforeEach, describe, expect, test } from 'vitest';
import type { EventDraft } from '../../src/kit/event.ts';
import type { Decision } from '../../src/kit/records/decision.ts';
import { event as events, InputError, NotFoundError, perform } from '../../src/operations/index.ts';
import { insertPage } from '../../src/store/events.ts';
import { draft, useDatabase } from '../store/stored.ts';
import { configOf, contextOn } from './acting.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();
const raw = '{"id":  17, "b": 1e400,\n"__proto__": {"ก": "\\u0041"}}';
const body = {
  itemId: '17',
  device: { id: '5', name: 'PC-1', ip: '10.0.0.1' },
  user: 'SHOP\\ann',
  file: { name: '=cmd|calc', hash: 'ABC' },
  recurrence: 2,
};
const decisions: Decision[] = [
  { sink: 'mail', state: 'suppressed', reason: 'silenced', priority: 1, silenceId: 1 },
  { sink: 'soc', state: 'pending', reason: null, priority: 1, route: 'all' },
];

beforeEach(async () => {
  await db().$client`
    insert into silences (id, matcher, owner, reason, ends_at) overriding system value
    values (1, '{"types":["NONE"]}', 'ann', 'patch night', now() + interval '1 hour')
    on conflict do nothing`;
});

async function store(drafts: readonly EventDraft[], source = 'a') {
  const page = drafts.map((one) => ({ draft: one, routes: ['all', 'urgent'], decisions }));
  const inserted = await insertPage(db(), { fence: null, source, events: page, cursor: null });
  return inserted!.map(({ id }) => String(id));
}

describe('event-search', () => {
  test('finds an event by a value, with all that a row of a list needs', async () => {
    const [id] = await store([draft(17, { body, raw, severity: 4 }), draft(18)]);
    const found = await overTheWire(db(), events.search, { device: 'pc-1', severity: ['HIGH'] });
    expect(found).toEqual({
      items: [
        {
          ...{ id, source: 'a', externalId: '17', itemId: '17', subject: 'event/17' },
          ...{ stream: 'event', type: 'STATIC_ANALYSIS', severity: 'HIGH', status: 'OPEN' },
          ...{ action: 'PREVENTED', occurredAt: '2026-02-03T01:19:32.505Z' },
          ...{ receivedAt: expect.stringMatching(/^20.*Z$/), device: 'PC-1', user: 'SHOP\\ann' },
          ...{ ip: '10.0.0.1', tenant: null, file: '=cmd|calc', hash: 'ABC', threat: null },
          ...{ recurrence: 2, link: null },
          deliveries: [
            { sink: 'mail', state: 'suppressed' },
            { sink: 'soc', state: 'pending' },
          ],
        },
      ],
      ...{ next: null, searchedTo: null },
    });
  });

  test('goes on where the page before ended, with the same filters alone', async () => {
    await store(Array.from({ length: 5 }, (_, n) => draft(n)));
    const ids: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 3; page += 1) {
      const found = await overTheWire(db(), events.search, {
        type: ['STATIC_ANALYSIS'],
        limit: 2,
        cursor,
      });
      ids.push(...found.items.map(({ externalId }) => externalId));
      expect(found.searchedTo === null).toBe(found.next === null);
      cursor = found.next ?? cursor;
    }
    expect(ids).toEqual(['4', '3', '2', '1', '0']);
    const other = perform(events.search, contextOn(db()), { type: ['OTHER'], cursor });
    await expect(other).rejects.toThrow(InputError);
  });

  test('finds by delivery state and sink, severity, status and time', async () => {
    await store([draft(1, { severity: 5, status: 'CLOSED' }), draft(2, { severity: 2 })]);
    const found = async (filters: Parameters<typeof events.search.run>[1]) =>
      (await overTheWire(db(), events.search, filters)).items.map(({ externalId }) => externalId);
    expect(await found({ state: ['pending'], sink: 'soc' })).toEqual(['2', '1']);
    expect(await found({ state: ['pending', 'dead'], sink: 'mail' })).toEqual([]);
    expect(await found({ minSeverity: 'HIGH' })).toEqual(['1']);
    expect(await found({ status: ['CLOSED'] })).toEqual(['1']);
    expect(await found({ since: '2030-01-01T00:00:00Z' })).toEqual([]);
    expect(await found({ until: '2020-01-01T00:00:00Z' })).toEqual([]);
    expect(await found({ text: 'prevented' })).toEqual([]);
    expect(await found({ id: '2' })).toEqual(['2']);
  });
});

describe('event-show', () => {
  test('has the raw object byte for byte, the decision, each attempt, changes and neighbours', async () => {
    const [id] = await store([draft(17, { body, raw })]);
    const [change, other] = await store([
      draft('17@later', { body, subject: 'event/17', status: 'CLOSED' }),
      draft(99, { body: { device: { name: 'pc-1' } } }),
    ]);
    await store([draft('17', { body: {} })], 'b');
    await db().$client`
      update deliveries set digest_id = ${other!}::bigint, priority = priority + 10
      where event_id = ${id!}::bigint and sink = 'soc'`;
    await db().$client`
      update deliveries set state = 'delivered', finalized_at = now(), remote_id = 'post1'
      where event_id = ${other!}::bigint and sink = 'soc'`;
    await db().$client`
      insert into delivery_attempts (event_id, sink, outcome, reason, status, duration_ms, answer)
      values (${id!}::bigint, 'soc', 'retry', 'unavailable', 503, 12, 'token 0123456789abcdef is busy'),
        (${other!}::bigint, 'soc', 'delivered', null, null, 9, null),
        (${id!}::bigint, 'mail', 'retry', 'refused', null, 1, null)`;
    const shown = await overTheWire(db(), events.show, { event: id! });
    expect(shown.raw).toBe(raw);
    expect(shown).toMatchObject({
      event: { id, device: 'PC-1' },
      body,
      routes: ['all', 'urgent'],
      changes: [{ id: change, status: 'CLOSED' }],
      sameDevice: { count: 2, hasMore: false, filter: { device: 'PC-1' } },
      sameHash: { count: 1, hasMore: false, filter: { hash: 'ABC' } },
    });
    expect(shown.changes).toHaveLength(1);
    const [mail, soc] = shown.deliveries;
    expect(mail).toMatchObject({
      ...{ sink: 'mail', state: 'suppressed', reason: 'silenced' },
      silence: { id: '1', owner: 'ann', reason: 'patch night' },
    });
    expect(soc).toMatchObject({
      ...{ sink: 'soc', state: 'pending', route: 'all', digestId: other, remoteId: 'post1' },
      tried: [
        {
          outcome: 'retry',
          status: 503,
          durationMs: 12,
          answer: 'token [secret] is busy',
          isOfDigest: false,
        },
        { outcome: 'delivered', isOfDigest: true },
      ],
    });
  });

  test('an event without device and hash has no neighbours, and an unknown one is said to be gone', async () => {
    const [id] = await store([draft(1, { body: {} })]);
    expect(await overTheWire(db(), events.show, { event: id! })).toMatchObject({
      ...{ changes: [], sameDevice: null, sameHash: null },
    });
    const gone = perform(events.show, contextOn(db()), { event: '999999999' });
    await expect(gone).rejects.toThrow(NotFoundError);
    await expect(gone).rejects.toThrow('No event 999999999 is stored, or no longer');
  });
});

describe('event-decide', () => {
  const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: stdout }
  mail: { type: stdout }
  unused: { type: stdout }
routes:
  - { name: urgent, match: { min_severity: CRITICAL }, to: [mail] }
  - { name: grouped, to: [soc, mail], group: { by: [device], wait: 5m, interval: 1h } }
`);

  test('says of each route why, and of each sink what it would get', async () => {
    const [id] = await store([draft(1, { body })]);
    await db().$client`
      insert into silences (id, matcher, owner, reason, ends_at) overriding system value
      values (2, '{"devices":["PC-*"],"sinks":["mail"]}', 'bob', 'new image', now() + interval '1 hour')`;
    const context = { ...contextOn(db()), config };
    const decided = await perform(events.decide, context, { event: id });
    expect(decided).toMatchObject({
      at: expect.stringMatching(/^20.*Z$/),
      event: { id },
      routes: [
        { name: 'urgent', reason: 'below_min_severity', words: 'wants a higher severity' },
        { name: 'grouped', reason: null, words: 'takes it' },
      ],
      sinks: [
        { id: 'soc', state: 'pending', route: 'grouped', heldBy: 'group', silence: null },
        {
          ...{ id: 'mail', state: 'suppressed', reason: 'silenced', heldBy: null },
          silence: { id: '2', owner: 'bob', reason: 'new image' },
        },
        { id: 'unused', state: 'none', reason: null },
      ],
    });
    const later = await perform(events.decide, context, { event: id, at: '2100-01-01T00:00:00Z' });
    expect(later.sinks[1]).toMatchObject({ state: 'pending', silence: null });
  });

  test('an unknown event, and one of Tocsin itself, are refused with the reason', async () => {
    const context = { ...contextOn(db()), config };
    await expect(perform(events.decide, context, { event: '9' })).rejects.toThrow(NotFoundError);
    const [id] = await store([draft('n')], 'tocsin');
    await expect(perform(events.decide, context, { event: id })).rejects.toThrow(
      'Tocsin’s own, and routes take none of those',
    );
  });
});
