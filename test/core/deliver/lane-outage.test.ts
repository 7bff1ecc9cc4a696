// A lane on a real Postgres while its far end is down, refuses everything, or refuses single events.
import { describe, expect, test, vi } from 'vitest';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { Message, Sink } from '../../../src/kit/sink.ts';
import { listDead } from '../../store/deliveries/attempts.ts';
import { draft, drafts, hold, storePage, useDatabase } from '../../store/stored.ts';
import { startLaneOf } from './lane-setup.ts';

const database = useDatabase();

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
    const lease = await hold(database(), 'sink:x');
    await storePage(database(), { events, cursor: 'c' });
    const notices: string[] = [];
    const lane = startLaneOf(sink, lease, {
      db: database(),
      policy,
      announce: async ({ notice, to }) => void notices.push(`${notice.kind} to ${to}`),
    });
    const startedAt = performance.now();
    while (!until() && performance.now() - startedAt < 60_000)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await lane.stop();
    return {
      notices,
      states: await database()
        .$client`select state, form, count(*)::int as count from deliveries group by 1, 2 order by 1, 2`,
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
    const [row] = await database()
      .$client`select count(*)::int as count from deliveries where state = 'delivered'`;
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
    const [row] = await database().$client`select max(attempts) as most from deliveries`;
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
      await storePage(database(), { events: drafts(1 + others, 1), cursor: `c${others}` });
      dead = (await listDead(database(), null, 10)).length;
    }, 100);
    const { notices, states } = await run(
      1,
      { send, check: async () => {} },
      () => dead > 0 && passed > 0,
    );
    clearInterval(timer);
    expect(forms.slice(0, 4)).toEqual(['full', 'full', 'short', 'bare']);
    const [lost, ...rest] = await listDead(database(), null, 10);
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
