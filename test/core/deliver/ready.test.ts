// What one sink may send next, in memory, against a database that answers when the test says so.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ready } from '../../../src/core/deliver/ready.ts';
import type { DueDelivery } from '../../../src/kit/records/delivery.ts';
import { storedEvent } from '../../support/events.ts';

const due = (id: number, priority = 2): DueDelivery => ({
  event: storedEvent({ id }),
  priority,
  attempts: 0,
  form: 'full',
});
const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);

/**
 * Due rows, deliveries that are excluded, and readings that show the rows as they were when they
 * began.
 */
function setUp(batchMax = 20) {
  const rows = new Map<number, DueDelivery>();
  const excluded = new Set<number>();
  const answers: (() => void)[] = [];
  const state = { isSlow: false, readings: 0 };
  const ready = new Ready({
    async read(limit, except) {
      state.readings += 1;
      const without = new Set(except);
      const shown = [...rows.values()]
        .filter(({ event }) => !without.has(event.id))
        .sort((a, b) => a.priority - b.priority || a.event.id - b.event.id)
        .slice(0, limit);
      if (state.isSlow) await new Promise<void>((resolve) => answers.push(resolve));
      return shown;
    },
    excluded: () => excluded,
    batchMax,
    rereadMs: 1000,
  });
  const store = (...deliveries: DueDelivery[]) => {
    for (const delivery of deliveries) rows.set(delivery.event.id, delivery);
    return deliveries;
  };
  /** Takes the next one, as the lane does. */
  const take = () => {
    const delivery = ready.shift();
    if (delivery) excluded.add(delivery.event.id);
    return delivery?.event.id;
  };
  const settle = (id: number) => {
    rows.delete(id);
    excluded.delete(id);
    ready.written(id);
  };
  const takeAll = async (nowMs: number) => {
    const taken: number[] = [];
    for (;;) {
      await ready.fill(nowMs);
      const id = take();
      if (id === undefined) return taken;
      taken.push(id);
    }
  };
  const answer = async () => {
    for (const resolve of answers.splice(0)) resolve();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ready, state, rows, excluded, store, take, settle, takeAll, answer };
}

describe('what may go next', () => {
  test('is everything that is due, most urgent first and then oldest first, in as many readings as it needs', async () => {
    const { store, takeAll } = setUp(20);
    const all = store(...range(1, 100).map((id) => due(id, id % 5)));
    const inOrder = all
      .sort((a, b) => a.priority - b.priority || a.event.id - b.event.id)
      .map(({ event }) => event.id);
    expect(await takeAll(0)).toEqual(inOrder);
  });

  test('is read again after a second and not before, unless something asks for it', async () => {
    const { ready, store, takeAll } = setUp();
    expect(await takeAll(0)).toEqual([]);
    store(due(1));
    expect(await takeAll(999)).toEqual([]);
    expect(await takeAll(1000)).toEqual([1]);
    store(due(2));
    ready.expire();
    expect(await takeAll(1001)).toEqual([2]);
  });

  test('is read when what failed is due again, together with what is due within moments, and then no more', async () => {
    const { ready, store, state, takeAll } = setUp();
    expect(await takeAll(0)).toEqual([]);
    ready.dueAgain(251, 0);
    ready.dueAgain(260, 0);
    ready.dueAgain(60_000, 0);
    expect(ready.dueInMs(0)).toBe(300);
    store(due(1));
    expect(await takeAll(299)).toEqual([]);
    expect(await takeAll(300)).toEqual([1]);
    const { readings } = state;
    expect(await takeAll(900)).toEqual([]);
    expect(state.readings).toBe(readings);
    expect(ready.dueInMs(900)).toBe(Number.POSITIVE_INFINITY);
  });

  test('is read ahead before the memory is empty', async () => {
    const { ready, state, store, take } = setUp(20);
    store(...range(1, 40).map((id) => due(id)));
    await ready.fill(0);
    for (let n = 0; n < 15; n += 1) take();
    await ready.fill(0);
    expect(state.readings).toBe(1);
    take();
    await ready.fill(0);
    expect(state.readings).toBe(2);
  });

  test('is nothing any more after it was told to forget, until it has read again', async () => {
    const { ready, state, store } = setUp();
    store(due(1));
    await ready.fill(0);
    ready.clear();
    expect(ready.peek()).toBeUndefined();
    await ready.fill(0);
    expect([ready.peek()?.event.id, state.readings]).toEqual([1, 2]);
  });

  test('a database that does not answer is said by the reading that is waited for', async () => {
    const ready = new Ready({
      read: () => Promise.reject(new Error('away')),
      excluded: () => [],
      batchMax: 20,
      rereadMs: 1000,
    });
    await expect(ready.fill(0)).rejects.toThrow('away');
  });
});

describe('a fresh delivery', () => {
  test('goes from memory, without a reading, if nothing waits unread', async () => {
    const { ready, state, store, takeAll } = setUp();
    await ready.fill(0);
    ready.offer(store(due(1), due(2, 0)));
    expect([await takeAll(1), state.readings]).toEqual([[2, 1], 1]);
  });

  test('does not go before an older one of its priority that is still unread, but a more urgent one does', async () => {
    const { ready, store, takeAll } = setUp(20);
    store(...range(1, 30).map((id) => due(id)));
    await ready.fill(0);
    ready.offer(store(due(31), due(32, 1)));
    expect(await takeAll(1)).toEqual([32, ...range(1, 31)]);
  });

  test('that a reading showed before its offer came goes out once', async () => {
    const { ready, store, take, settle, takeAll } = setUp();
    const [late] = store(due(1), due(2));
    await ready.fill(0);
    settle(take()!);
    ready.offer([late!, due(2)]);
    expect(await takeAll(1)).toEqual([2]);
  });

  test('takes only so much memory, and the rest is read later', async () => {
    const { ready, store, take, takeAll } = setUp(20);
    await ready.fill(0);
    ready.offer(store(...range(1, 500).map((id) => due(id))));
    const fromMemory: (number | undefined)[] = [];
    while (ready.peek()) fromMemory.push(take());
    expect(fromMemory).toEqual(range(1, 40));
    expect(await takeAll(1)).toEqual(range(41, 460));
  });

  test('that comes during a reading goes out once, whether or not the reading saw it', async () => {
    for (const isSeen of [true, false]) {
      const { ready, state, store, takeAll, answer } = setUp();
      state.isSlow = true;
      if (isSeen) store(due(1));
      const filled = ready.fill(0);
      ready.offer(store(due(1)));
      await answer();
      await filled;
      state.isSlow = false;
      expect(await takeAll(1)).toEqual([1]);
    }
  });
});

test('one that went out and was settled while a reading ran does not come back with it', async () => {
  const { ready, state, store, take, settle, answer } = setUp();
  store(due(1), due(2));
  await ready.fill(0);
  state.isSlow = true;
  // Old, but not empty: this reading is not waited for.
  await ready.fill(1000);
  settle(take()!);
  await answer();
  expect([take(), take()]).toEqual([2, undefined]);
});

test('a long queue goes out in order and whole', async () => {
  const { store, takeAll } = setUp(5000);
  store(...range(1, 2500).map((id) => due(id)));
  expect(await takeAll(0)).toEqual(range(1, 2500));
});

const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('store' as const),
      priorities: fc.array(fc.nat(4), { minLength: 1, maxLength: 12 }),
      isOffered: fc.boolean(),
    }),
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('send' as const, 'settle' as const, 'answer' as const),
      }),
    },
    fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(1500) }),
  ),
  { maxLength: 120, size: 'max' },
);

test('however readings, offers, sends and writes fall together, each goes out once, and none before a more urgent one that was offered', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const { ready, state, rows, excluded, store, take, settle, answer } = setUp(4);
      const sent: number[] = [];
      const offered = new Map<number, number>();
      let lastId = 0;
      let nowMs = 0;
      const overtaken: number[] = [];
      let isFilling = false;
      state.isSlow = true;

      /** As the lane: fills, and takes one as soon as that is done. */
      async function send(): Promise<void> {
        if (!isFilling) {
          isFilling = true;
          void Promise.resolve(ready.fill(nowMs)).then(() => {
            isFilling = false;
            const next = ready.peek();
            if (!next) return;
            if (next.priority > Math.min(...offered.values())) overtaken.push(next.event.id);
            offered.delete(next.event.id);
            sent.push(take()!);
          });
        }
        await new Promise((resolve) => setImmediate(resolve));
      }

      for (const step of script) {
        if (step.kind === 'pass') nowMs += step.ms;
        if (step.kind === 'answer') await answer();
        if (step.kind === 'send') await send();
        if (step.kind === 'settle') for (const id of [...excluded].slice(0, 1)) settle(id);
        if (step.kind === 'store') {
          const fresh = store(...step.priorities.map((priority) => due(++lastId, priority)));
          if (step.isOffered) {
            ready.offer(fresh);
            for (const { event, priority } of fresh) offered.set(event.id, priority);
          }
        }
      }
      for (let turn = 0; turn < 20 + 4 * lastId && rows.size > 0; turn += 1) {
        nowMs += 1000;
        await send();
        await answer();
        for (const id of [...excluded]) settle(id);
      }
      expect(overtaken).toEqual([]);
      expect(sent.sort((a, b) => a - b)).toEqual(range(1, lastId));
    }),
    { numRuns: 150 },
  );
});

test('replies come last, and are not counted as cards', async () => {
  const { ready, rows } = setUp();
  for (const id of [1, 2]) rows.set(id, { ...due(id, 5), kind: 'reply' });
  rows.set(3, due(3, 4));
  rows.set(4, { ...due(4, 1), kind: 'step' });
  await ready.fill(0);
  expect([ready.size(), ready.countBelow(0), ready.countBelow(4)]).toEqual([4, 1, 0]);
  const order = range(0, 4).map(() => ready.shift()?.event.id);
  expect(order).toEqual([4, 3, 1, 2]);
  expect([ready.size(), ready.countBelow(-1)]).toEqual([0, 0]);
});
