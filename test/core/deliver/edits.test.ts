// Posted messages that are made true again by the lane of their sink, on a real Postgres: what is
// edited when, never ahead of a card, and what becomes of an edit that fails.
import { describe, expect, it, onTestFinished, test } from 'vitest';
import type { LaneDependencies } from '../../../src/core/deliver/lane.ts';
import { Limiter } from '../../../src/core/deliver/limiter.ts';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import type { Lease } from '../../../src/core/loops/lease.ts';
import { plainText } from '../../../src/kit/card.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { Quota } from '../../../src/kit/quota.ts';
import type { Message, SendContext, Sink } from '../../../src/kit/sink.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { drafts, hold, quiet, storePage, useDatabase } from '../../store/stored.ts';
import { change, posted, resolve } from '../../support/changed.ts';
import { startLaneOf } from './lane-setup.ts';
import { expectSoon, gate, turns } from './origin-setup.ts';

const db = useDatabase();

interface Edited {
  readonly remoteId: string;
  readonly state: string;
  readonly remarks: readonly string[];
  readonly form: Message['form'];
  readonly context: SendContext;
}

interface Begin {
  /** Called for each edit, after it was noted. */
  edit?(edited: Edited): Promise<void> | undefined;
  /** Called for each reply; absent: the sink has no threads. */
  reply?(): Promise<void>;
  send?(): ReturnType<Sink['send']>;
  /** What each edit returns. */
  readonly quota?: Quota;
  readonly check?: Sink['check'];
  readonly lease?: Lease;
  readonly more?: Partial<LaneDependencies>;
}

const briskPolicy = {
  ...defaultPolicy,
  backoff: { firstMs: 10, maxMs: 20 },
  sinkBackoff: { firstMs: 10, maxMs: 20 },
  pausedBackoff: { firstMs: 30, maxMs: 30 },
  rereadMs: 30,
  sendTimeoutMs: 5000,
};

async function begin({ edit, reply, send, quota, check, lease, more = {} }: Begin = {}) {
  const edited: Edited[] = [];
  const sent: number[] = [];
  const logged: Record<string, unknown>[] = [];
  const metrics = createMetrics({ version: 't', sources: [], sinks: [{ id: 'soc' }], roles: [] });
  const held = lease ?? (await hold(db(), 'sink:x'));
  const sink: Omit<Sink, 'origin'> = {
    async send({ event }) {
      sent.push(event.id);
      return send?.();
    },
    async edit(remoteId, { card, form }, context) {
      const state = card.state ? plainText(card.state.text) : '';
      const remarks = card.remarks.map(plainText);
      edited.push({ remoteId, state, remarks, form, context });
      await edit?.(edited.at(-1)!);
      return { quota };
    },
    ...(check && { check }),
    ...(reply && { reply }),
  };
  const lane = startLaneOf(sink, held, {
    db: db(),
    metrics,
    log: { ...quiet, warn: (fields: object) => logged.push({ ...fields }) } as never,
    policy: briskPolicy,
    ...more,
  });
  onTestFinished(() => lane.stop());
  return { lane, edited, sent, logged, metrics, lease: held };
}

const count = async (outcome: string, metrics: ReturnType<typeof createMetrics>) => {
  const { values } = await metrics.edits.get();
  return values.find(({ labels }) => labels.outcome === outcome)?.value;
};
const edits = () => db().$client`
  select event_id, wanted, done, state, reason, attempts from message_edits order by event_id`;
/** As if ten seconds had passed. */
const later = () => db().$client`update message_edits set scheduled_at = now()`;

describe('a posted message', () => {
  it('is edited once its incident changed, and says what it is then', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const { edited, metrics, sent } = await begin();
    await expectSoon(() => edited.length === 1);
    expect(edited[0]).toMatchObject({
      remoteId: `post-${root}`,
      state: expect.stringMatching(/^Acknowledged by ana, /),
      form: 'full',
      context: { deliveryId: `soc-${root}`, attempt: 1 },
    });
    await expectSoon(async () => Number((await edits())[0]!.done) === 1);
    await turns();
    expect([edited.length, sent, await count('edited', metrics)]).toEqual([1, [], 1]);
  });

  it('is edited once for many changes, and once more for those of the meantime', async () => {
    const [root] = (await posted(db())) as [number];
    for (let n = 0; n < 5; n += 1) await change(db(), root, { kind: 'noted' });
    await change(db(), root);
    const { pass, open } = gate();
    const { edited } = await begin({ edit: () => pass() });
    await expectSoon(() => edited.length === 1);
    await change(db(), root, { kind: 'noted' });
    await change(db(), root, resolve);
    open();
    await turns();
    expect(edited).toHaveLength(1);
    expect(await edits()).toMatchObject([{ wanted: 8, done: 6 }]);
    await later();
    await expectSoon(() => edited.length === 2);
    expect(edited[1]?.state).toMatch(/^Resolved by ana/);
    await expectSoon(async () => Number((await edits())[0]!.done) === 8);
  });

  it('that was still to be sent shows what became of it, and needs no edit', async () => {
    const page = await storePage(db(), { events: drafts(1, 1) });
    await change(db(), page!.events[0]!.id);
    const { sent, edited } = await begin({ send: async () => ({ remoteId: 'm1' }) });
    await expectSoon(async () => Number((await edits())[0]!.done) === 1);
    await turns();
    expect([sent.length, edited]).toEqual([1, []]);
  });

  it('that changed while it was being sent is edited right after', async () => {
    const page = await storePage(db(), { events: drafts(1, 1) });
    const { pass, open } = gate();
    const send = async () => {
      await pass();
      return { remoteId: 'm1' };
    };
    const { sent, edited } = await begin({ send });
    await expectSoon(() => sent.length === 1);
    await change(db(), page!.events[0]!.id);
    await turns();
    expect(edited).toEqual([]);
    open();
    await expectSoon(() => edited.length === 1);
    expect(edited[0]?.remoteId).toBe('m1');
  });
});

describe('what the first card said of its delivery', () => {
  it('stays in an edit: held, late, possibly a repetition', async () => {
    const [root] = (await posted(db())) as [number];
    await db().$client`update events set received_at = now() - interval '3 hours'`;
    await db().$client`
      update deliveries set held_by = 'group', held_until = now() - interval '2 hours',
        route = 'night'`;
    await db().$client`
      insert into delivery_attempts (event_id, sink, outcome, reason, duration_ms)
      values (${root}, 'soc', 'retry', 'timeout', 1)`;
    await change(db(), root);
    const { edited } = await begin();
    await expectSoon(() => edited.length === 1);
    expect(edited[0]?.remarks).toEqual([
      'Held for 1 h by route night, to come together with others. Posted 2 h late. Possibly a repetition: an earlier attempt got no answer.',
    ]);
  });

  it('is nothing where there was nothing to say', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const { edited } = await begin();
    await expectSoon(() => edited.length === 1);
    expect(edited[0]?.remarks).toEqual([]);
  });
});

describe('cards', () => {
  it('come first: nothing is edited while one is ready to be sent', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    await storePage(db(), { events: drafts(100, 40) });
    const order: string[] = [];
    const send = async () => {
      order.push('card');
      await new Promise((done) => setTimeout(done, 5));
    };
    const edit = async () => void order.push('edit');
    await begin({ send, edit });
    await expectSoon(() => order.length === 41);
    expect(order.indexOf('edit')).toBeGreaterThanOrEqual(40);
  });

  it('wait for no edit that is under way', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const { pass, open } = gate();
    const { edited, sent, lane } = await begin({ edit: () => pass() });
    await expectSoon(() => edited.length === 1);
    const { fresh } = (await storePage(db(), { events: drafts(100, 20) }))!;
    lane.offer(fresh.get('soc')!);
    await expectSoon(() => sent.length === 20);
    expect(edited).toHaveLength(1);
    open();
  });

  it('keep a part of the rate limit to themselves', async () => {
    const ids = await posted(db(), 30);
    for (const id of ids) await change(db(), id);
    const limiter = new Limiter(0.001, 20, performance.now());
    const { edited, sent, lane } = await begin({ more: { limiter, perSecond: 10 } });
    await expectSoon(() => edited.length === 10);
    await turns();
    expect(edited).toHaveLength(10);
    const { fresh } = (await storePage(db(), { events: drafts(100, 10) }))!;
    lane.offer(fresh.get('soc')!);
    await expectSoon(() => sent.length === 10);
  });
});

it('edits no faster than the far end allows, and cards do not wait for that', async () => {
  const ids = await posted(db(), 2);
  for (const id of ids) await change(db(), id);
  const quota = { limit: 1, remaining: 0, resetMs: 3_600_000 };
  const { edited, sent, lane } = await begin({ quota });
  await expectSoon(() => edited.length === 1);
  const { fresh } = (await storePage(db(), { events: drafts(100, 10) }))!;
  lane.offer(fresh.get('soc')!);
  await expectSoon(() => sent.length === 10);
  await expectSoon(async () => (await edits()).filter(({ done }) => Number(done) > 0).length === 1);
  await turns();
  expect(edited).toHaveLength(1);
});

it('edits one message at a time', async () => {
  const ids = await posted(db(), 5);
  for (const id of ids) await change(db(), id);
  let [running, most] = [0, 0];
  const edit = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((done) => setTimeout(done, 20));
    running -= 1;
  };
  const { edited } = await begin({ edit });
  await expectSoon(() => edited.length === 5);
  expect(most).toBe(1);
});

describe('nothing is edited', () => {
  it('while an operator pauses the sink', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const controls = { of: () => ({ pausedMs: () => pausedMs, watch: () => () => {} }) };
    let pausedMs = 60_000;
    const { edited } = await begin({ more: { controls: controls as never } });
    await turns();
    expect(edited).toEqual([]);
    pausedMs = 0;
    await expectSoon(() => edited.length === 1);
  });

  it('while the lease is too short', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    let isLong = false;
    const lease = { ...(await hold(db(), 'sink:x')), outlasts: () => isLong };
    const { edited } = await begin({ lease });
    await turns();
    expect(edited).toEqual([]);
    isLong = true;
    await expectSoon(() => edited.length === 1);
  });

  it('at a sink that cannot edit', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const lane = startLaneOf({ send: async () => {} }, await hold(db(), 'sink:x'), { db: db() });
    onTestFinished(() => lane.stop());
    await turns();
    expect(await edits()).toMatchObject([{ done: 0 }]);
    await expectSoon(() => lane.isIdle());
  });
});

describe('an edit', () => {
  it('that gets no answer is made again, and counts against nobody', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    let failures = 2;
    const { edited, logged, metrics, lane } = await begin({
      async edit() {
        failures -= 1;
        if (failures >= 0) throw new AdapterError('retry', 'connection', 'broke');
      },
    });
    await expectSoon(async () => Number((await edits())[0]!.done) === 1);
    expect(edited.map(({ context }) => context.attempt)).toEqual([1, 2, 3]);
    expect(await edits()).toMatchObject([{ attempts: 0, reason: null }]);
    expect(await count('failed', metrics)).toBe(2);
    expect(logged[0]).toMatchObject({ event_id: root, version: 1, next: 'later', error: 'broke' });
    expect(lane.sinkFacts().nextProbeAt).toBeNull();
  });

  it('of a message that somebody removed is never made again', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const { edited, metrics } = await begin({
      edit: async () => Promise.reject(new AdapterError('reject_event', 'gone', 'deleted')),
    });
    await expectSoon(async () => (await edits())[0]!.state === 'gone');
    await change(db(), root, resolve);
    await later();
    await turns();
    expect([edited.length, await count('gone', metrics)]).toEqual([1, 1]);
  });

  it('that is refused carries less and less, and then is given up', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const { edited, sent } = await begin({
      edit: async () => Promise.reject(new AdapterError('reject_event', 'rejected', 'no')),
    });
    await expectSoon(async () => (await edits())[0]!.state === 'dead');
    expect(edited.map(({ form }) => form)).toEqual(['full', 'short', 'bare']);
    expect(sent).toEqual([]);
  });

  it('that is asked to wait makes all edits wait, and no card', async () => {
    const ids = await posted(db(), 2);
    for (const id of ids) await change(db(), id);
    const { edited, sent, lane } = await begin({
      edit: async () =>
        Promise.reject(new AdapterError('retry', 'rate_limited', 'no', { retryAfterMs: 60_000 })),
    });
    await expectSoon(() => edited.length === 1);
    const { fresh } = (await storePage(db(), { events: drafts(100, 3) }))!;
    lane.offer(fresh.get('soc')!);
    await expectSoon(() => sent.length === 3);
    expect(edited).toHaveLength(1);
    expect(await edits()).toMatchObject([{ attempts: 0 }, { attempts: 0 }]);
  });

  test.each([
    ['passes', false],
    ['fails', true],
  ])('that the sink refuses while its check %s pauses it: %s', async (_, isPaused) => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    let isBroken = true;
    const { edited, metrics } = await begin({
      async edit() {
        if (isBroken) throw new AdapterError('reject_sink', 'auth', 'who are you');
      },
      async check() {
        if (isPaused && isBroken) throw new AdapterError('reject_sink', 'auth', 'who are you');
      },
      // Refused often enough, it would be given up.
      more: { policy: { ...briskPolicy, backoff: { firstMs: 3_600_000, maxMs: 3_600_000 } } },
    });
    await expectSoon(() => edited.length > 0);
    await turns();
    const { values } = await metrics.sinkState.get();
    const paused = values.find(({ labels }) => labels.state === 'paused');
    expect(paused?.value).toBe(isPaused ? 1 : 0);
    isBroken = false;
    await later();
    // With nothing to send, the edit itself shows that the sink works again.
    await expectSoon(async () => Number((await edits())[0]!.done) === 1);
    await expectSoon(async () => {
      const states = (await metrics.sinkState.get()).values;
      return states.find(({ labels }) => labels.state === 'ok')?.value === 1;
    });
  });
});

describe('a process that ends', () => {
  it('while it edits leaves the edit to the next one', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const lease = await hold(db(), 'sink:x');
    const first = await begin({ lease, edit: () => new Promise(() => {}) });
    await expectSoon(() => first.edited.length === 1);
    lease.lose();
    const second = await begin();
    await expectSoon(() => second.edited.length === 1);
    await expectSoon(async () => Number((await edits())[0]!.done) === 1);
  });

  it('and has lost its role writes nothing of what it edited', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const { pass, open } = gate();
    const { edited } = await begin({ edit: () => pass() });
    await expectSoon(() => edited.length === 1);
    await hold(db(), 'sink:x');
    open();
    await turns();
    expect(await edits()).toMatchObject([{ done: 0 }]);
  });

  it('lets the edit that is under way end when it stops', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const { pass, open } = gate();
    const { edited, lane } = await begin({ edit: () => pass() });
    await expectSoon(() => edited.length === 1);
    const stopping = lane.stop();
    open();
    await stopping;
    expect(await edits()).toMatchObject([{ done: 1 }]);
  });
});

it('makes 200 messages true, of which each changes five times', async () => {
  const ids = await posted(db(), 200);
  const { edited } = await begin();
  for (let round = 0; round < 4; round += 1)
    await Promise.all(ids.map((id) => change(db(), id, { kind: 'noted' })));
  await Promise.all(ids.map((id) => change(db(), id, resolve)));
  await later();
  await expectSoon(async () => (await edits()).every(({ wanted, done }) => wanted === done));
  const last = new Map(edited.map(({ remoteId, state }) => [remoteId, state]));
  expect(last.size).toBe(200);
  for (const state of last.values()) expect(state).toMatch(/^Resolved by ana/);
}, 60_000);

describe('the thread of a card', () => {
  const noted = { kind: 'noted' } as const;

  it('is told once of many changes, and once more of those of the meantime', async () => {
    const [root] = (await posted(db())) as [number];
    for (let n = 0; n < 50; n += 1) await change(db(), root, noted);
    let replies = 0;
    const { edited } = await begin({
      reply: async () => {
        replies += 1;
      },
    });
    await expectSoon(async () => Number((await edits())[0]!.done) === 50);
    await change(db(), root, noted);
    await turns();
    expect([edited.length, replies]).toEqual([1, 1]);
    await later();
    await expectSoon(async () => Number((await edits())[0]!.done) === 51);
    expect([edited.length, replies]).toEqual([2, 2]);
  });

  it('is told again when the reply got no answer', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root, noted);
    let replies = 0;
    await begin({
      reply: async () => {
        replies += 1;
        if (replies < 3) throw new AdapterError('retry', 'timeout', 'no answer');
      },
    });
    await expectSoon(async () => Number((await edits())[0]!.done) === 1);
    expect(replies).toBe(3);
    expect(await edits()).toMatchObject([{ state: 'current', attempts: 0 }]);
  });

  it('is given up where it is refused, and the card stays true', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root, noted);
    const { logged } = await begin({
      reply: () => Promise.reject(new AdapterError('reject_event', 'rejected', 'no')),
    });
    await expectSoon(async () => Number((await edits())[0]!.done) === 1);
    expect(logged).toMatchObject([{ reason: 'rejected', event_id: root }]);
  });
});
