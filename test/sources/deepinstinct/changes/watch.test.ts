// The items that are followed: learnt from what is stored, and looked at the sooner the newer and
// the more severe they are.
import { describe, expect, test } from 'vitest';
import type { KnownEvent, KnownItems } from '../../../../src/kit/source.ts';
import { Watch } from '../../../../src/sources/deepinstinct/changes/watch.ts';

const nowMs = Date.parse('2026-03-05T00:00:00Z');
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const nobody = () => false;

function event(eventId: number, more: Partial<KnownEvent> = {}): KnownEvent {
  const facts = { eventId, source: 'soc', externalId: String(eventId), stream: 'event' };
  const rest = { severity: 2, status: 'OPEN', receivedAtMs: nowMs } as const;
  return { ...facts, subject: `event/${eventId}`, ...rest, ...more };
}

function watchOf(events: KnownEvent[], streams: ('event' | 'suspicious')[] = ['event']) {
  const asked: number[] = [];
  const known: KnownItems = {
    olderThan: async () => 0,
    after: async (eventId, limit) => {
      asked.push(eventId);
      const first = events.findIndex((one) => one.eventId > eventId);
      return first < 0 ? [] : events.slice(first, first + limit);
    },
    raws: async () => new Map(),
  };
  const watch = new Watch({ known, streams, watchForMs: 24 * hourMs, graceMs: 4 * minuteMs });
  return { watch, asked, events };
}

const numberOf = (task: ReturnType<Watch['next']>['task']) =>
  task?.kind === 'page' ? task.from : task?.item.number;

describe('what is followed', () => {
  test('is every item with a number, of the chosen streams', async () => {
    const { watch } = watchOf([
      event(1),
      event(2, { status: 'CLOSED' }),
      event(3, { subject: 'suspicious/3', stream: 'suspicious' }),
      event(4, { subject: 'event/sha256:abc' }),
      event(5, { subject: 'event/1@2026-03-04T00:00:00.000Z' }),
      event(6, { subject: 'notice/x', stream: 'notice' }),
    ]);
    await watch.refresh(nowMs);
    expect(watch.open).toBe(1);
    // Another item came under the number.
    expect(watch.find('event', 1)).toMatchObject({ eventId: 5 });
    expect(watch.find('event', 2)).toMatchObject({ eventId: 2, isOpen: false });
    expect(watch.find('suspicious', 3)).toBeUndefined();
    expect(watch.find('event', undefined)).toBeUndefined();
  });

  test('has the newest event that says what is known of it', async () => {
    const { watch, events } = watchOf([event(1), event(2)]);
    await watch.refresh(nowMs);
    events.push(
      event(3, { subject: 'event/1', stream: 'change', source: 'changes', status: 'CLOSED' }),
    );
    events.push(event(4, { subject: 'event/9', stream: 'change', source: 'changes' }));
    await watch.refresh(nowMs);
    expect(watch.open).toBe(1);
    expect(watch.find('event', 1)).toMatchObject({ eventId: 3, source: 'soc', externalId: '1' });
    expect(watch.find('event', 9)).toBeUndefined();
    events.push(
      event(5, { subject: 'event/1', stream: 'change', source: 'changes', status: 'REOPEN' }),
    );
    await watch.refresh(nowMs);
    expect(watch.open).toBe(2);
  });

  test('is read on from what surely is complete, since events are not committed in their order', async () => {
    const { watch, asked, events } = watchOf([
      event(1, { receivedAtMs: nowMs - 5 * minuteMs }),
      event(3, { receivedAtMs: nowMs - 1000 }),
    ]);
    await watch.refresh(nowMs);
    events.splice(1, 0, event(2, { receivedAtMs: nowMs - 2000 }));
    await watch.refresh(nowMs);
    expect(asked).toEqual([0, 1]);
    expect(watch.open).toBe(3);
  });

  test('is forgotten when it is old, and beyond 50,000', async () => {
    const { watch } = watchOf([event(1, { receivedAtMs: nowMs - 25 * hourMs }), event(2)]);
    await watch.refresh(nowMs);
    expect([watch.open, watch.find('event', 1)]).toEqual([1, undefined]);
    const many = watchOf(Array.from({ length: 50_010 }, (_, index) => event(index + 1)));
    await many.watch.refresh(nowMs);
    expect([many.watch.open, many.watch.find('event', 10)]).toEqual([50_000, undefined]);
    expect(many.watch.find('event', 11)).toBeDefined();
  });

  test('is left alone while a change of it is being stored, and for a minute at most', async () => {
    const { watch, events } = watchOf([event(1), event(2)]);
    await watch.refresh(nowMs);
    for (const number of [1, 2]) watch.hand(watch.find('event', number)!, nowMs);
    expect(watch.find('event', 1)).toBeUndefined();
    events.push(event(3, { subject: 'event/1', stream: 'change', source: 'changes' }));
    await watch.refresh(nowMs + 1000);
    expect(watch.find('event', 1)).toMatchObject({ eventId: 3 });
    expect(watch.find('event', 2)).toBeUndefined();
    await watch.refresh(nowMs + 2 * minuteMs);
    expect(watch.find('event', 2)).toBeDefined();
    watch.hand(watch.find('event', 1)!, nowMs);
    watch.notStored();
    expect(watch.find('event', 1)).toBeDefined();
  });
});

describe('what is looked at next', () => {
  const aged = (eventId: number, ageMs: number, severity: 2 | 5 = 2) =>
    event(eventId, { receivedAtMs: nowMs - ageMs, severity });

  test.each<[string, number, 2 | 5, number]>([
    ['a new one', 10 * minuteMs, 2, 5],
    ['one of today', 3 * hourMs, 2, 15],
    ['a severe one of today', 3 * hourMs, 5, 5],
  ])('%s every so often', async (_, ageMs, severity, minutes) => {
    const { watch } = watchOf([aged(1, ageMs, severity)]);
    await watch.refresh(nowMs);
    expect(numberOf(watch.next(nowMs, nobody).task)).toBe(1);
    watch.covered({ stream: 'event', from: 1, to: 1 }, new Set([1]), nowMs);
    expect(watch.next(nowMs, nobody)).toEqual({ task: undefined, inMs: minutes * minuteMs });
    expect(numberOf(watch.next(nowMs + minutes * minuteMs, nobody).task)).toBe(1);
  });

  test('is the newest and most severe at first, and then what is the most overdue', async () => {
    const { watch } = watchOf([
      aged(1, 20 * hourMs),
      aged(2, 20 * hourMs, 5),
      aged(3, 2 * minuteMs),
    ]);
    await watch.refresh(nowMs);
    expect(numberOf(watch.next(nowMs, nobody).task)).toBe(2);
    watch.covered({ stream: 'event', from: 2, to: 9 }, new Set([2, 3]), nowMs);
    expect(numberOf(watch.next(nowMs, nobody).task)).toBe(1);
    watch.covered({ stream: 'event', from: 1, to: 1 }, new Set([1]), nowMs);
    expect(watch.next(nowMs, nobody).inMs).toBe(5 * minuteMs);
    expect(numberOf(watch.next(nowMs + 16 * minuteMs, nobody).task)).toBe(2);
  });

  test('is nothing of a stream that cannot be read, and nothing that is closed', async () => {
    const { watch } = watchOf([event(1), event(2, { status: 'CLOSED' })]);
    await watch.refresh(nowMs + hourMs);
    expect(watch.next(nowMs + hourMs, () => true)).toEqual({
      ...{ task: undefined, inMs: Number.POSITIVE_INFINITY },
    });
    expect(numberOf(watch.next(nowMs + hourMs, nobody).task)).toBe(1);
  });

  test('is one alone that is missing among the open ones, once a sweep had time to say why', async () => {
    const { watch } = watchOf([event(1), event(2), event(3)]);
    await watch.refresh(nowMs);
    watch.covered({ stream: 'event', from: 1, to: 2 }, new Set([1]), nowMs);
    watch.covered({ stream: 'event', from: 3, to: 3 }, new Set([3]), nowMs);
    expect(watch.next(nowMs + 3 * minuteMs, nobody).task).toBeUndefined();
    const { task } = watch.next(nowMs + 4 * minuteMs, nobody);
    expect([task?.kind, numberOf(task)]).toEqual(['item', 2]);
    const two = watch.find('event', 2)!;
    watch.gone(two, nowMs + 4 * minuteMs);
    const later = nowMs + 5 * hourMs;
    watch.covered({ stream: 'event', from: 1, to: 9 }, new Set([1, 3]), later);
    expect(watch.next(later, nobody).task).toBeUndefined();
    expect(numberOf(watch.next(nowMs + 25 * hourMs, nobody).task)).toBeDefined();
    watch.seen(two, later);
    expect(watch.next(later, nobody).task).toBeUndefined();
  });

  test('comes soon also if the clock went back', async () => {
    const { watch } = watchOf([event(1)]);
    await watch.refresh(nowMs);
    watch.covered({ stream: 'event', from: 1, to: 1 }, new Set([1]), nowMs);
    expect(numberOf(watch.next(nowMs - 5 * hourMs, nobody).task)).toBe(1);
  });
});
