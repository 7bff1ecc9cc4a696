// What one attempt sends, and what becomes of the delivery and of the sink when it fails, on a real
// Postgres.
import { describe, expect, test } from 'vitest';
import { createRateLimiter } from '../../../simulators/mattermost/rate-limiter.ts';
import { offerFresh } from '../../../src/core/deliver/origin.ts';
import { compileText } from '../../../src/core/template/engine.ts';
import { templateFields } from '../../../src/core/template/fields.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import { quotaOf } from '../../../src/kit/quota.ts';
import type { Sink } from '../../../src/kit/sink.ts';
import { draft, drafts, storePage } from '../../store/stored.ts';
import { until } from '../../support/world.ts';
import { expectSoon, retry, type Sent, useOrigin } from './origin-setup.ts';

const { database, store, begin, count, isSettled } = useOrigin();

describe('a message', () => {
  test('goes on where the other attempts ended, under the same delivery id', async () => {
    const page = await store(drafts(1, 1));
    const { sent } = await begin({
      send() {
        if (sent.length < 3) throw retry();
      },
    });
    await expectSoon(isSettled);
    const deliveryId = `soc-${page!.events[0]!.id}`;
    expect(sent.map(({ context }) => [context.deliveryId, context.attempt])).toEqual(
      [1, 2, 3].map((attempt) => [deliveryId, attempt]),
    );
  });

  test('says that it may be a repetition after an attempt that got no answer, and not after any other', async () => {
    await store(drafts(1, 1));
    const { sent } = await begin({
      send() {
        const reason = [undefined, 'connection', 'server_error', 'timeout', 'connection'][
          sent.length
        ];
        if (reason) throw new AdapterError('retry', reason as 'timeout', 'failed');
        return undefined;
      },
    });
    await expectSoon(() => sent.length === 3);
    const client = database().$client;
    await expectSoon(
      async () =>
        (await count("reason = 'timeout' and scheduled_at > now() + interval '4 s'")) === 1,
    );
    await client`update deliveries set scheduled_at = now()`;
    await expectSoon(isSettled);
    expect(sent.map(({ message }) => message.mayBeRepeated ?? false)).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  test('that the far end gave an id is delivered with it, and one that it gave no usable id all the same', async () => {
    await store(drafts(1, 3));
    const given: Record<string, unknown> = {
      1: { remoteId: 'm1' },
      2: { remoteId: 'a\0' },
      3: null,
    };
    await begin({ send: ({ id }) => given[id] as ReturnType<Sink['send']> });
    await expectSoon(isSettled);
    const rows = await database().$client`
      select state, remote_id from deliveries order by event_id`;
    expect(rows).toEqual([
      { state: 'delivered', remote_id: 'm1' },
      { state: 'delivered', remote_id: null },
      { state: 'delivered', remote_id: null },
    ]);
  });

  test('a card of long ago says how long it was held up', async () => {
    await store(drafts(1, 1));
    await database().$client`update events set received_at = now() - interval '2 hours'`;
    const { sent } = await begin({});
    await expectSoon(isSettled);
    expect(sent[0]!.message.delayed?.reason).toBe('backlog');
    expect(Math.abs(sent[0]!.message.delayed!.seconds - 7200)).toBeLessThan(60);
  });
});

test('a message carries what the template of its route says, and one whose template fails goes out without', async () => {
  const title = compileText('{{ event.type | slice: 0, event.file.size }}', templateFields);
  const templates = new Map([['soc', { name: 'short', title }]]);
  const routes = [{ name: 'all', minSeverity: 0 as const, to: ['soc'], templates }];
  const page = [3, 9_000_000].map((size) => draft(size, { body: { file: { size } } }));
  await storePage(database(), { routes, events: page });
  const { sent } = await begin({ routes });
  await expectSoon(isSettled);
  const titles = Object.fromEntries(
    sent.map(({ id, message }) => [id, message.template?.title?.[0]?.text]),
  );
  expect(titles).toEqual({ 3: 'STA', 9000000: undefined });
});

describe('a far end that asks for time', () => {
  test('gets it, and the delivery is no worse for it', async () => {
    await store(drafts(1, 3));
    const { sent } = await begin({
      policy: { concurrency: 1 },
      send() {
        if (sent.length === 1)
          throw new AdapterError('retry', 'rate_limited', 'slow down', { retryAfterMs: 600 });
      },
    });
    await expectSoon(isSettled);
    // Timers may be a millisecond early, never more.
    expect(sent[1]!.atMs - sent[0]!.atMs).toBeGreaterThan(590);
    expect(await count('attempts > 0')).toBe(0);
  });

  test('and tells of its rate is called at that rate, and the time that it asked for counts', async () => {
    const far = createRateLimiter({ perSecond: 20, burst: 4 });
    let limited = 0;
    await store(drafts(1, 40));
    const { sent } = await begin({
      policy: { sinkBackoff: { firstMs: 250, maxMs: 250 } },
      async send() {
        const { isLimited, headers } = far(performance.now());
        const lower = Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
        );
        const quota = quotaOf(lower, Date.now());
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (!isLimited) return { quota };
        limited += 1;
        throw new AdapterError('retry', 'rate_limited', 'slow down', { retryAfterMs: 1000, quota });
      },
    });
    await expectSoon(isSettled);
    expect(sent.length - limited).toBe(40);
    // Without heeding what it says each burst of five costs a 429 and more.
    expect(limited).toBeLessThanOrEqual(4);
  });

  test.each([
    ['a 503', 'server_error', 1, 1],
    ['a 429', 'rate_limited', 2, Number.POSITIVE_INFINITY],
  ] as const)(
    'with %s, and for one text alone, gets it for a while, and then the text is the reason',
    async (_, reason, least, most) => {
      let isDone = false;
      await store([draft(1, { severity: 5 })]);
      const { sent, changes } = await begin({
        send({ message }) {
          if (message.event.severity === 5 && message.form !== 'bare') {
            throw new AdapterError('retry', reason, 'later', { retryAfterMs: 50 });
          }
        },
      });
      for (let id = 1000; !isDone && id < 1500; id += 1) {
        await store(drafts(id, 1));
        await new Promise((resolve) => setTimeout(resolve, 20));
        isDone = (await count("form = 'bare' and state = 'delivered'")) === 1;
      }
      await expectSoon(isSettled);
      expect(isDone).toBe(true);
      const stops = changes.filter((to) => to === 'backing_off').length;
      expect(stops).toBeGreaterThanOrEqual(least);
      expect(stops).toBeLessThanOrEqual(most);
      expect(
        sent.filter(({ message }) => message.event.severity !== 5 && message.form !== 'full'),
      ).toEqual([]);
    },
  );

  test('never makes a card bare, however often it asks', async () => {
    await store(drafts(1, 1));
    const { sent } = await begin({
      policy: { poisonFailures: 2 },
      check: async () => {},
      send() {
        if (sent.length < 6) throw new AdapterError('retry', 'rate_limited', 'slow down');
      },
    });
    await expectSoon(isSettled);
    expect(await count("form = 'full'")).toBe(1);
  });
});

describe('a poisonous event', () => {
  test('of many, that look like an outage once, does not bring the sink down again while others pass', async () => {
    await store([
      ...drafts(1, 6).map((one) => ({ ...one, severity: 5 as const })),
      ...drafts(7, 500),
    ]);
    const { changes, sent } = await begin({
      policy: {
        concurrency: 4,
        outageFailures: 3,
        poisonFailures: 1000,
        backoff: { firstMs: 600, maxMs: 600 },
        sinkBackoff: { firstMs: 100, maxMs: 100 },
      },
      async send({ id, message }) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (message.event.severity === 5 && sent.filter((one) => one.id === id).length < 4)
          throw retry();
      },
    });
    await expectSoon(isSettled);
    expect(changes).toEqual(['backing_off', 'ok']);
  });

  test('is no probe once it has failed, as long as another waits', async () => {
    await store([
      ...drafts(1, 6).map((one) => ({ ...one, severity: 5 as const })),
      ...drafts(7, 60),
    ]);
    let isDown = true;
    const { sent } = await begin({
      policy: {
        concurrency: 1,
        outageFailures: 3,
        backoff: { firstMs: 5, maxMs: 5 },
        sinkBackoff: { firstMs: 5, maxMs: 5 },
      },
      send() {
        if (isDown) throw retry();
      },
    });
    await expectSoon(() => sent.length >= 40);
    const first = sent.slice(0, 40).map(({ id }) => id);
    isDown = false;
    expect(new Set(first).size).toBe(40);
    await expectSoon(isSettled);
  });

  test('that failed last is the probe when no other is due', async () => {
    await store(drafts(1, 1));
    const { sent } = await begin({
      policy: { outageFailures: 1, poisonFailures: 1000 },
      send() {
        if (sent.length < 4) throw retry();
      },
    });
    await expectSoon(isSettled);
    expect(sent).toHaveLength(4);
  });

  test('does not count when the sink is judged', async () => {
    await store([draft('poison', { severity: 5 }), draft('well')]);
    const { sent, changes } = await begin({
      policy: { concurrency: 1, outageFailures: 2, poisonFailures: 2 },
      send({ id }) {
        const tries = sent.filter((one) => one.id === id).length;
        if (id === 'poison' || (id === 'unlucky' && tries === 1)) throw retry();
      },
    });
    await expectSoon(() => sent.filter(({ id }) => id === 'poison').length >= 4);
    await store([draft('unlucky')]);
    await expectSoon(() => sent.filter(({ id }) => id === 'unlucky').length === 2);
    expect(changes).toEqual([]);
  });
});

describe('a rejection', () => {
  const refusals = [
    ['a 403', new AdapterError('reject_sink', 'auth', 'status 403', { status: 403 })],
    ['a page', new AdapterError('reject_sink', 'bad_config', 'status 200', { status: 200 })],
    ['a 400', new AdapterError('reject_event', 'rejected', 'status 400', { status: 400 })],
    ['a 413', new AdapterError('reject_event', 'too_large', 'status 413', { status: 413 })],
    ['a reset', retry()],
  ] as const;
  const passes = async () => {};
  const isGuilty = ({ message }: Sent) => message.event.severity === 5 && message.form !== 'bare';
  /** One of them all the time, so that a neighbour passes whenever it is needed. */
  async function feed(until: () => boolean | Promise<boolean>) {
    for (let id = 1000; !(await until()); id += 1) {
      await store(drafts(id, 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test.each(refusals)(
    'by %s that the check contradicts is of the text: short, then bare, and nobody waits',
    async (_, refusal) => {
      await store([draft(1, { severity: 5 })]);
      const { sent, changes, notices } = await begin({
        check: passes,
        send(one) {
          if (isGuilty(one)) throw refusal;
        },
      });
      await expectSoon(isSettled);
      const forms = sent.map(({ message }) => message.form);
      expect(forms.filter((form, n) => form !== forms[n - 1])).toEqual(['full', 'short', 'bare']);
      expect([changes, notices]).toEqual([[], []]);
    },
  );

  test.each(refusals)(
    'by %s of one among others without a check is of the text',
    async (_, refusal) => {
      await store([draft(1, { severity: 5 })]);
      const { sent, changes } = await begin({
        send(one) {
          if (isGuilty(one)) throw refusal;
        },
      });
      await feed(() => sent.some(({ message }) => message.form === 'bare'));
      await expectSoon(isSettled);
      expect([
        await count("form = 'bare'"),
        await count("state = 'delivered' and form <> 'full'"),
        changes,
      ]).toEqual([1, 1, []]);
    },
  );

  test.each(refusals.slice(0, 4))(
    'by %s of everything, while the check passes, pauses the sink, and all is kept whole',
    async (_, refusal) => {
      await store(drafts(1, 12));
      let isBroken = true;
      const { sent, changes, notices } = await begin({
        check: passes,
        policy: { concurrency: 4, pausedBackoff: { firstMs: 60_000, maxMs: 60_000 } },
        send() {
          if (isBroken) throw refusal;
        },
      });
      await expectSoon(() => notices.length > 0);
      await expectSoon(
        async () => (await count("state = 'pending' and attempts = 0 and form = 'full'")) === 12,
      );
      expect([changes.at(-1), notices]).toEqual(['paused', ['soc sink_paused to others']]);
      isBroken = false;
      expect(sent.length).toBeLessThan(60);
    },
  );

  test('of everything ends, and each is shown whole', async () => {
    await store(drafts(1, 12));
    let isBroken = true;
    const { sent, notices } = await begin({
      check: passes,
      policy: { concurrency: 4 },
      send() {
        if (isBroken) throw refusals[0][1];
      },
    });
    await expectSoon(() => notices.length > 0);
    isBroken = false;
    const before = sent.length;
    await expectSoon(isSettled);
    const shown = sent.slice(before).filter(({ message }) => message.form !== 'full');
    expect([shown, await count("state = 'delivered'")]).toEqual([[], 12]);
  });

  test('of the bare card as well, while others pass, is of neither: it waits as it was, and nothing is lost', async () => {
    await store([draft(1, { severity: 5 })]);
    let isBroken = true;
    const { sent, changes } = await begin({
      check: passes,
      send({ message }) {
        if (isBroken && message.event.severity === 5) throw refusals[0][1];
      },
    });
    const bare = () => sent.filter(({ message }) => message.form === 'bare').length;
    await feed(() => bare() >= 4);
    expect([await count("state = 'dead'"), changes]).toEqual([0, []]);
    isBroken = false;
    await expectSoon(isSettled);
  });

  test('of the bare card by who understands it, while others pass, ends it with the reason', async () => {
    await store([draft(1, { severity: 5 })]);
    const { changes } = await begin({
      send({ message }) {
        if (message.event.severity === 5) throw refusals[2][1];
      },
    });
    await feed(async () => (await count("state = 'dead'")) === 1);
    await expectSoon(isSettled);
    expect([await count("state = 'dead' and reason = 'rejected'"), changes]).toEqual([1, []]);
  });

  test('that paused the sink for one event does not hold up the next', async () => {
    await store([draft(1, { severity: 5 })]);
    const { lanes, notices } = await begin({
      check: passes,
      policy: { pausedBackoff: { firstMs: 60_000, maxMs: 60_000 } },
      send({ message }) {
        if (message.event.severity === 5) throw refusals[0][1];
      },
    });
    await expectSoon(() => notices.length > 0);
    const page = await store([draft(2)]);
    offerFresh(lanes, page!.fresh);
    await expectSoon(async () => (await count("state = 'delivered'")) === 1);
  });

  test('at random never makes a card bare, and the one whose text is refused is found all the same', async () => {
    let state = 7;
    const random = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    await store([draft(1, { severity: 5 }), ...drafts(2, 600)]);
    const { sent } = await begin({
      check: passes,
      policy: {
        concurrency: 8,
        backoff: { firstMs: 5, maxMs: 10 },
        sinkBackoff: { firstMs: 5, maxMs: 10 },
      },
      async send(one) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (isGuilty(one) || random() < 0.2) throw retry('server_error');
      },
    });
    expect(await until(isSettled, 60_000)).toBe(true);
    expect([
      await count("form = 'bare'"),
      await count("form = 'bare' and event_id = (select min(event_id) from deliveries)"),
    ]).toEqual([1, 1]);
    expect(
      sent.filter(({ message }) => message.form === 'bare' && message.event.severity !== 5),
    ).toEqual([]);
  });
});
