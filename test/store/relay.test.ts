// The store's statements and the loops over them, on a real Postgres: stored once, fenced,
// delivered, taken over.

import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { defaultPolicy } from '../../src/core/deliver/policy.ts';
import { type Role, startRoles } from '../../src/core/roles/index.ts';
import { AdapterError } from '../../src/kit/errors.ts';
import type { Fence } from '../../src/kit/records/role.ts';
import type { Message, Sink } from '../../src/kit/sink.ts';
import { createMetrics } from '../../src/observe/metrics/index.ts';
import { readCursor, resetSource } from '../../src/store/cursors.ts';
import type { Database } from '../../src/store/database.ts';
import {
  countDeliveries,
  listDead,
  recordFailed,
  redriveDead,
  takeDue,
} from '../../src/store/deliveries/index.ts';
import {
  acquireLeases,
  createLeases,
  joinReplicas,
  releaseLeases,
  renewHeartbeat,
} from '../../src/store/leases.ts';
import { startLaneOf } from '../core/deliver/lane-setup.ts';
import { handoverTriggers, looksMax } from '../faults/handover-watch.ts';
import { draft, drafts, hold, quiet, storePage, useDatabase } from './stored.ts';

const database = useDatabase();
let db: Database;
beforeEach(() => {
  db = database();
});

describe('a page', () => {
  test('its events, deliveries and cursor are stored once, and the raw object byte for byte', async () => {
    const lease = await hold(db, 'source:a');
    const raw = '{"id": 1,  "n": 1.0}';
    const page = [draft(1, { raw }), ...drafts(2, 49)];
    const first = await storePage(db, { fence: lease, events: page, cursor: 'c50' });
    const again = await storePage(db, { fence: lease, events: drafts(1, 60), cursor: 'c60' });
    expect([first?.events.length, again?.events.length, again?.duplicates]).toEqual([50, 10, 50]);
    expect(await readCursor(db, 'a')).toEqual({ cursor: 'c60', generation: 1 });
    expect(await countDeliveries(db)).toMatchObject([{ sink: 'soc', pending: 60 }]);
    const [row] = await db.$client`select raw::text as raw from events where external_id = '1'`;
    expect(row?.raw).toBe(raw);
  });

  test('without the role nothing is written, not even the cursor', async () => {
    const lease = await hold(db, 'source:a');
    await hold(db, 'source:b');
    const stale: Fence = { ...lease, epoch: lease.epoch - 1 };
    for (const fence of [stale, { ...lease, holder: randomUUID() }]) {
      expect(await storePage(db, { fence, events: drafts(1, 3), cursor: 'c' })).toBeNull();
    }
    expect(await readCursor(db, 'a')).toEqual({ cursor: null, generation: 1 });
    expect(await countDeliveries(db)).toEqual([]);
  });

  test('an item that the database cannot hold is stored as UNRECOGNISED with its bytes, and the others as they are', async () => {
    const lease = await hold(db, 'source:a');
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const bad = draft(3, { raw: deep });
    const nul = draft(5, { type: 'A\u0000B' });
    const stored = await storePage(db, {
      fence: lease,
      events: [draft(1), draft(2), bad, draft(4), nul],
      cursor: 'c5',
    });
    expect(stored?.events).toHaveLength(5);
    const rows =
      await db.$client`select external_id, type, raw::text as raw from events order by external_id`;
    expect(rows.map((row) => row.type)).toEqual([
      'STATIC_ANALYSIS',
      'STATIC_ANALYSIS',
      'UNRECOGNISED',
      'STATIC_ANALYSIS',
      'UNRECOGNISED',
    ]);
    expect(Buffer.from(JSON.parse(rows[2]?.raw).base64, 'base64').toString()).toBe(deep);
    expect((await readCursor(db, 'a')).cursor).toBe('c5');
  });

  test('escapes of NUL and of lone surrogates stay in the raw object', async () => {
    const lease = await hold(db, 'source:a');
    const raw = '{"id": 1, "path": "a\\u0000b\\ud800"}';
    await storePage(db, { fence: lease, events: [draft(1, { raw })], cursor: 'c' });
    const [row] = await db.$client`select type, raw::text as raw from events`;
    expect([row?.type, row?.raw]).toEqual(['STATIC_ANALYSIS', raw]);
  });

  test('after a reset old numbers are new again', async () => {
    const lease = await hold(db, 'source:a');
    await storePage(db, { fence: lease, events: drafts(1, 3), cursor: 'c' });
    expect(await resetSource(db, 'a')).toBe(2);
    expect(await readCursor(db, 'a')).toEqual({ cursor: null, generation: 2 });
    expect(
      (await storePage(db, { fence: lease, generation: 2, events: drafts(1, 3), cursor: 'c' }))
        ?.events,
    ).toHaveLength(3);
  });
});

describe('leases', () => {
  test('ten at once share out one role to one of them', async () => {
    await createLeases(db, ['sink:x']);
    const taken = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const id = randomUUID();
        await joinReplicas(db, { id, ttlMs: 20_000, predecessor: null });
        return acquireLeases(db, id, ['sink:x']);
      }),
    );
    expect(taken.flat()).toHaveLength(1);
  });

  test('a role of an expired heartbeat is taken with a higher epoch, and its old holder learns that it lost', async () => {
    const old = randomUUID();
    const next = randomUUID();
    await createLeases(db, ['sink:x']);
    await joinReplicas(db, { id: old, ttlMs: 20_000, predecessor: null });
    const [first] = await acquireLeases(db, old, ['sink:x']);
    await joinReplicas(db, { id: next, ttlMs: 20_000, predecessor: null });
    expect(await acquireLeases(db, next, ['sink:x'])).toEqual([]);
    await db.$client`update replicas set expires_at = clock_timestamp() where id = ${old}`;
    expect(await acquireLeases(db, next, ['sink:x'])).toEqual([
      { name: 'sink:x', epoch: first!.epoch + 1 },
    ]);
    expect(await renewHeartbeat(db, old, { ttlMs: 20_000 })).toBeNull();
  });

  test('a predecessor that is known to be dead does not have to be waited for', async () => {
    const old = randomUUID();
    const next = randomUUID();
    await createLeases(db, ['sink:x']);
    await joinReplicas(db, { id: old, ttlMs: 20_000, predecessor: null });
    await acquireLeases(db, old, ['sink:x']);
    await joinReplicas(db, { id: next, ttlMs: 20_000, predecessor: old });
    expect(await acquireLeases(db, next, ['sink:x'])).toHaveLength(1);
  });

  test('what is given back is free at once', async () => {
    const old = randomUUID();
    const next = randomUUID();
    await createLeases(db, ['sink:x', 'sink:y']);
    await joinReplicas(db, { id: old, ttlMs: 20_000, predecessor: null });
    await acquireLeases(db, old, ['sink:x', 'sink:y']);
    await releaseLeases(db, old, null);
    await joinReplicas(db, { id: next, ttlMs: 20_000, predecessor: null });
    expect(await acquireLeases(db, next, ['sink:x', 'sink:y'])).toHaveLength(2);
  });

  test('a killed holder’s roles go to the other replica when its heartbeat has run out, and not before', async () => {
    const metrics = createMetrics({ version: 't', sources: [], sinks: [], roles: ['job:x'] });
    const times = { ttlMs: 1500, renewMs: 300 };
    const worked: string[] = [];
    const role = (who: string): Role => ({
      name: 'job:x',
      group: 'g',
      start() {
        worked.push(who);
        return { stop: async () => {} };
      },
    });
    const dead = randomUUID();
    await createLeases(db, ['job:x']);
    await joinReplicas(db, { id: dead, ttlMs: times.ttlMs, predecessor: null });
    await acquireLeases(db, dead, ['job:x']);
    await db.$client.unsafe(handoverTriggers);
    const startedAt = performance.now();
    const roles = startRoles({
      db,
      roles: [role('heir')],
      replicaId: randomUUID(),
      predecessor: null,
      metrics,
      log: quiet,
      times,
    });
    await vi.waitFor(() => expect(worked).toEqual(['heir']), { timeout: 60_000, interval: 20 });
    const tookMs = performance.now() - startedAt;
    await roles.stop();
    expect(worked).toEqual(['heir']);
    expect(tookMs).toBeGreaterThan(1000);
    const [handover] = await db.$client`select given_back, looks from handovers`;
    expect(handover).toMatchObject({ given_back: false });
    expect(Number(handover?.looks)).toBeLessThanOrEqual(looksMax);
    await db.$client`drop function note_heartbeat, note_handover cascade`;
    await db.$client`drop table heartbeats, roles_freed, handovers`;
  });
});

describe('deliveries', () => {
  test('the most urgent goes first, then the oldest', async () => {
    const lease = await hold(db, 'source:a');
    const severities = [2, 5, 3, 5, 4] as const;
    await storePage(db, {
      fence: lease,
      events: severities.map((severity, n) => draft(n, { severity })),
      cursor: 'c',
    });
    expect(
      (await takeDue(db, { sink: 'soc', limit: 10 })).map(({ event }) => event.externalId),
    ).toEqual(['1', '3', '4', '2', '0']);
  });

  test('a reschedule by a holder that lost its role changes nothing', async () => {
    const lease = await hold(db, 'sink:x');
    await storePage(db, { events: drafts(1, 1), cursor: 'c' });
    const [due] = await takeDue(db, { sink: 'soc', limit: 1 });
    const failed = {
      eventId: due!.event.id,
      attempts: 1,
      state: 'dead' as const,
      delayMs: 0,
      form: 'bare' as const,
      outcome: 'reject_event',
      reason: 'rejected',
      status: 400,
      durationMs: 1,
      answer: null,
    };
    expect(
      await recordFailed(
        db,
        { ...lease, epoch: lease.epoch - 1 },
        { sink: 'soc', failed: [failed] },
      ),
    ).toBeNull();
    expect(await takeDue(db, { sink: 'soc', limit: 1 })).toHaveLength(1);
    expect(await recordFailed(db, lease, { sink: 'soc', failed: [failed] })).toEqual([
      due!.event.id,
    ]);
    expect(await listDead(db, null, 10)).toMatchObject([
      { reason: 'rejected', lastStatus: 400, attempts: 1 },
    ]);
    expect(await redriveDead(db, 'soc', null)).toBe(1);
    expect(await takeDue(db, { sink: 'soc', limit: 1 })).toMatchObject([
      { attempts: 0, form: 'full' },
    ]);
  });
});

describe('what is dead', () => {
  test('shows the last answer that there was, also the one to the digest that held it', async () => {
    const lease = await hold(db, 'sink:x');
    await storePage(db, { events: drafts(1, 3), cursor: 'c' });
    const [digest = 0, member = 0, silent = 0] = (await takeDue(db, { sink: 'soc', limit: 3 })).map(
      ({ event }) => event.id,
    );
    await db.$client`update deliveries set digest_id = ${digest}, group_key = 'g', priority = priority + 10 where event_id = ${member}`;
    const attempt = (eventId: number, status: number | null, answer: string | null) => ({
      ...{ eventId, attempts: 1, state: 'pending' as const, delayMs: 0, form: 'full' as const },
      ...{ outcome: 'retry', reason: 'unknown', status, durationMs: 1, answer },
    });
    for (const [status, answer] of [
      [500, 'first'],
      [413, 'too long'],
      [null, null],
    ] as const)
      expect(
        await recordFailed(db, lease, { sink: 'soc', failed: [attempt(digest, status, answer)] }),
      ).toEqual([]);
    const last = [attempt(digest, null, null), attempt(silent, null, null)];
    await recordFailed(db, lease, {
      sink: 'soc',
      failed: last.map((one) => ({ ...one, state: 'dead' as const })),
    });
    const none = { lastStatus: null, lastAnswer: null };
    const given = { lastStatus: 413, lastAnswer: 'too long' };
    expect(await listDead(db, null, 10)).toMatchObject([
      { eventId: silent, ...none },
      { eventId: member, ...given },
      { eventId: digest, ...given },
    ]);
  });
});

describe('the lane of a sink', () => {
  const policy = {
    ...defaultPolicy,
    backoff: { firstMs: 20, maxMs: 100 },
    sinkBackoff: { firstMs: 20, maxMs: 100 },
    pausedBackoff: { firstMs: 100, maxMs: 100 },
    rereadMs: 50,
    sendTimeoutMs: 1000,
  };

  async function run(
    count: number,
    sink: Omit<Sink, 'origin'>,
    until: () => boolean,
    events = drafts(1, count),
  ) {
    const lease = await hold(db, 'sink:x');
    await storePage(db, { events, cursor: 'c' });
    const notices: string[] = [];
    const lane = startLaneOf(sink, lease, {
      db,
      policy,
      announce: async ({ notice, to }) => void notices.push(`${notice.kind} to ${to}`),
    });
    const startedAt = performance.now();
    while (!until() && performance.now() - startedAt < 60_000)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await lane.stop();
    return {
      notices,
      states:
        await db.$client`select state, form, count(*)::int as count from deliveries group by 1, 2 order by 1, 2`,
    };
  }

  test('each delivery is sent once, and a clean stop in the middle loses and repeats none', async () => {
    const sent: number[] = [];
    const send = async (message: Message) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      sent.push(message.event.id);
    };
    await run(600, { send }, () => sent.length >= 250);
    const stopped = sent.length;
    const [row] =
      await db.$client`select count(*)::int as count from deliveries where state = 'delivered'`;
    expect(row?.count).toBe(stopped);
    await run(0, { send }, () => sent.length >= 600, []);
    expect(new Set(sent).size).toBe(600);
    expect(sent).toHaveLength(600);
  });

  test('an outage costs a request for each step, not for each event, and burns no attempts', async () => {
    let requests = 0;
    let isDown = true;
    const sent = new Set<number>();
    setTimeout(() => {
      isDown = false;
    }, 1000);
    const send = async (message: Message) => {
      if (isDown) {
        requests += 1;
        throw new AdapterError('retry', 'connection', 'refused');
      }
      sent.add(message.event.id);
    };
    await run(300, { send }, () => sent.size === 300);
    expect(sent.size).toBe(300);
    // Those that were in flight when it began (32), then one a step of at most 100 ms.
    expect(requests).toBeLessThan(32 + 20);
    const [row] = await db.$client`select max(attempts) as most from deliveries`;
    expect(row?.most).toBeLessThanOrEqual(2);
  });

  test('a sink that refuses everything is paused with nothing dead, and goes on by itself', async () => {
    let isKnown = false;
    let posts = 0;
    let checks = 0;
    const sent = new Set<number>();
    const { notices, states } = await run(
      100,
      {
        async send(message) {
          posts += 1;
          if (!isKnown) throw new AdapterError('reject_event', 'rejected', 'status 400');
          sent.add(message.event.id);
        },
        async check() {
          checks += 1;
          // Each refused post is followed by one; the others look whether the sink is well again,
          // while nothing is in flight.
          if (checks > posts + 2) isKnown = true;
          if (!isKnown) throw new AdapterError('reject_sink', 'bad_config', 'unknown hook');
        },
      },
      () => sent.size === 100,
    );
    expect(states).toMatchObject([{ state: 'delivered', form: 'full', count: 100 }]);
    expect(posts).toBeLessThanOrEqual(32 + 100 + 2);
    await vi.waitFor(() => expect(notices).toEqual(['sink_paused to others', 'sink_back to this']));
  });

  test('twenty poisonous events, the most urgent ones, do not hold up the others, and end as bare cards', async () => {
    const poison = Array.from({ length: 20 }, (_, n) => draft(n, { severity: 5 }));
    const sent = new Map<string, string>();
    const send = async ({ event, form }: Message) => {
      if (event.severity === 5 && form !== 'bare')
        throw new AdapterError('retry', 'server_error', 'status 500');
      sent.set(event.externalId, form);
    };
    const { states } = await run(0, { send, check: async () => {} }, () => sent.size === 70, [
      ...poison,
      ...drafts(100, 50),
    ]);
    expect(states).toMatchObject([
      { state: 'delivered', form: 'bare', count: 20 },
      { state: 'delivered', form: 'full', count: 50 },
    ]);
  });

  test('a lone event that is refused is sent in every form, and is kept: no other shows that the sink takes any', async () => {
    const forms: string[] = [];
    const send = async ({ form }: Message) => {
      forms.push(form);
      throw new AdapterError('reject_event', 'rejected', 'status 400');
    };
    const { states } = await run(1, { send, check: async () => {} }, () => forms.includes('bare'));
    expect(forms.slice(0, 4)).toEqual(['full', 'full', 'short', 'bare']);
    expect(states).toMatchObject([{ state: 'pending', count: 1 }]);
  });

  test('one that is refused in every form while others come now and then is dead, and nothing else is', async () => {
    const forms: string[] = [];
    let passed = 0;
    const send = async ({ event, form }: Message) => {
      if (event.externalId !== '1') {
        passed += 1;
        return;
      }
      forms.push(form);
      throw new AdapterError('reject_event', 'rejected', 'status 400');
    };
    let [others, dead] = [0, 0];
    const timer = setInterval(async () => {
      others += 1;
      await storePage(db, { events: drafts(1 + others, 1), cursor: `c${others}` });
      dead = (await listDead(db, null, 10)).length;
    }, 100);
    const { notices, states } = await run(
      1,
      { send, check: async () => {} },
      () => dead > 0 && passed > 0,
    );
    clearInterval(timer);
    expect(forms.slice(0, 4)).toEqual(['full', 'full', 'short', 'bare']);
    const [lost, ...rest] = await listDead(db, null, 10);
    expect([lost?.reason, rest]).toEqual(['rejected', []]);
    // On a slow machine the sink is paused meanwhile, and what failed before is forgiven.
    const isPaused = notices.some((notice) => notice.startsWith('sink_paused'));
    if (isPaused) expect(lost?.attempts).toBeLessThanOrEqual(forms.length);
    else expect(lost?.attempts).toBe(forms.length);
    expect(states.filter(({ state }) => state === 'dead')).toMatchObject([
      { form: 'bare', count: 1 },
    ]);
    expect(notices.filter((notice) => !/^sink_(paused|back)/.test(notice))).toEqual([]);
  });

  test('in an outage none is dead, however many forms of however many were refused', async () => {
    let isRefusing = false;
    let refused = 0;
    const sent = new Set<string>();
    const bare = new Set<number>();
    const send = async ({ event, form }: Message) => {
      if (isRefusing) {
        refused += 1;
        if (form === 'bare') bare.add(event.id);
        if (refused >= 40 && bare.size >= 1) isRefusing = false;
        throw new AdapterError('reject_event', 'rejected', 'status 400');
      }
      sent.add(event.externalId);
      if (sent.size === 20) isRefusing = true;
    };
    const { states } = await run(60, { send, check: async () => {} }, () => sent.size === 60);
    expect(states).toMatchObject([{ state: 'delivered', form: 'full', count: 60 }]);
  });
});
