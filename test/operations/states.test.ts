// How sources and sinks stand, read from the database alone.
import { describe, expect, test } from 'vitest';
import { perform, sink, source, states } from '../../src/operations/index.ts';
import { joinReplicas } from '../../src/store/leases.ts';
import { drafts, replicaWith, storePage, useDatabase } from '../store/stored.ts';
import { contextOn } from './acting.ts';

const db = useDatabase();
const context = () => contextOn(db());
const at = '2026-03-01T00:00:00.000Z';

describe('a sink', () => {
  const socNow = async () => {
    const { items } = await perform(states.sinks, context(), {});
    return items.find((one) => one.sink === 'soc')!;
  };

  test('of which nothing was ever written is ok, with an empty backlog', async () => {
    expect(await socNow()).toEqual({
      ...{ sink: 'soc', type: 'mattermost', place: null, state: 'ok', reason: null, since: null },
      ...{ pause: null, pending: 0, grouped: 0, dead: 0, oldestPendingSeconds: 0 },
      ...{ nextProbeAt: null, delivered: { lastHour: 0, lastDay: 0, isCut: false } },
      ...{ storm: null, holder: null },
    });
  });

  test('that is down shows why, what waits, when it is tried again, and who works it', async () => {
    await storePage(db(), { events: drafts(1, 3) });
    await db().$client`
      update deliveries set state = 'dead', reason = 'x', finalized_at = now()
      where event_id = (select min(id) from events)`;
    await db().$client`
      insert into sinks (sink, state, reason, since, place, storm)
      values ('soc', 'paused', 'rejected', ${at}, 'https://chat.example 0a1b',
        '{"sinceMs": 1, "due": 9, "digests": 1, "events": 8}')`;
    const id = await replicaWith(db(), ['sink:x']);
    const works = {
      roles: [],
      consoles: {},
      places: {},
      facts: { sinks: { soc: { nextProbeAt: at } } },
    };
    await joinReplicas(db(), { id, ttlMs: 20_000, predecessor: null, works });
    expect(await socNow()).toMatchObject({
      ...{ state: 'paused', reason: 'rejected', since: at, place: 'https://chat.example 0a1b' },
      ...{ pending: 2, dead: 1, nextProbeAt: at, holder: id },
      storm: { since: '1970-01-01T00:00:00.001Z', due: 9, digests: 1, events: 8 },
    });
  });

  test('that an operator paused says so, whatever else it is', async () => {
    await db().$client`insert into sinks (sink, state, since) values ('soc', 'backing_off', ${at})`;
    const { pause } = await perform(sink.pause, context(), { sink: 'soc', reason: 'r', for: '1h' });
    expect(await socNow()).toMatchObject({
      state: 'paused_by_operator',
      since: pause.since,
      pause,
    });
    await perform(sink.resume, context(), { sink: 'soc' });
    expect(await socNow()).toMatchObject({ state: 'backing_off', since: at, pause: null });
  });

  test('that is no longer configured is shown while something is left of it', async () => {
    await storePage(db(), {
      events: drafts(1, 1),
      routes: [{ name: 'r', minSeverity: 0, to: ['old'] }],
    });
    await db().$client`insert into sinks (sink, state) values ('gone', 'ok')`;
    const { items } = await perform(states.sinks, context(), {});
    expect(items.map(({ sink: id, type, pending }) => [id, type, pending])).toEqual([
      ['soc', 'mattermost', 0],
      ['old', null, 1],
    ]);
  });
});

describe('a source', () => {
  const aNow = async () => {
    const { items } = await perform(states.sources, context(), {});
    return items.find((one) => one.source === 'a')!;
  };

  test('that was never read says so', async () => {
    expect(await aNow()).toMatchObject({
      ...{ source: 'a', type: 'deepinstinct_events', state: 'unread', cursor: null },
      ...{ lastSuccessAt: null, lastError: null, newestEvent: null, holder: null },
    });
  });

  test('that is read shows how far, its newest event, and what its process knows', async () => {
    await storePage(db(), { events: drafts(1, 2), cursor: 'c2' });
    const id = await replicaWith(db(), ['source:a']);
    const known = {
      lastSuccessAt: at,
      lastError: { at, reason: 'timeout', message: 'no answer to 0123456789abcdef' },
      nextPollAt: at,
    };
    const works = { roles: [], consoles: {}, places: {}, facts: { sources: { a: known } } };
    await joinReplicas(db(), { id, ttlMs: 20_000, predecessor: null, works });
    const shown = await aNow();
    expect(shown).toMatchObject({
      ...{ state: 'ok', cursor: 'c2', generation: 1, holder: id },
      ...{ lastSuccessAt: at, nextPollAt: at },
      newestEvent: { occurredAt: '2026-02-03T01:19:32.505Z' },
    });
    expect(shown.newestEvent!.lagSeconds).toBeGreaterThan(0);
    expect(shown.lastError).toMatchObject({ at, reason: 'timeout' });
    expect(shown.lastError!.message).not.toContain('0123456789abcdef');
  });

  test('that fails, and then is paused, says the one and then the other', async () => {
    await storePage(db(), { events: [], cursor: 'c1' });
    await db().$client`insert into conditions (name, since) values ('source:a', ${at})`;
    expect(await aNow()).toMatchObject({ state: 'failing', failingSince: at });
    await perform(source.pause, context(), { source: 'a', reason: 'r', for: '1h' });
    expect(await aNow()).toMatchObject({ state: 'paused_by_operator', failingSince: at });
  });

  test('whose position has moved to another id is not shown', async () => {
    await db().$client`insert into cursors (source, console) values ('moved', ''), ('old', 'x')`;
    const { items } = await perform(states.sources, context(), {});
    expect(items.map(({ source: id, type }) => [id, type])).toEqual([
      ['a', 'deepinstinct_events'],
      ['old', null],
    ]);
  });
});
