// That the database takes no writes is announced once, past the database, and its end once.

import { expect, onTestFinished, test } from 'vitest';
import type { WriteProblem } from '../../../src/core/loops/writes.ts';
import {
  type OutageTimes,
  outageSinks,
  startOutageNotices,
} from '../../../src/core/notices/outage.ts';
import { plainText } from '../../../src/kit/card.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { Notice } from '../../../src/kit/event.ts';
import type { Message, SendContext } from '../../../src/kit/sink.ts';
import { createLogger } from '../../../src/observe/log.ts';
import { voiceOf } from '../../support/voice.ts';
import { until } from '../../support/world.ts';

const full: WriteProblem = { reason: 'disk_full', text: 'its disk is full (53100)' };
const soon: OutageTimes = { everyMs: 5, afterMs: 20, settledMs: 20, sendMs: 1000 };

interface Post {
  readonly sink: string;
  readonly message: Message;
  readonly deliveryId: string;
}

interface Stored {
  readonly notice: Notice;
  readonly key: string;
  readonly to: readonly string[];
}

function start(times: OutageTimes = soon) {
  const posts: Post[] = [];
  const stored: Stored[] = [];
  const lines: string[] = [];
  const state = {
    problem: undefined as WriteProblem | undefined,
    isAway: false,
    ids: ['soc', 'boss'],
    looks: 0,
    aheadMs: 0,
    failures: [] as Error[],
    storeFailures: [] as Error[],
  };
  const send = async (sink: string, message: Message, { deliveryId }: SendContext) => {
    posts.push({ sink, message, deliveryId });
    const failure = state.failures.shift();
    if (failure) throw failure;
  };
  const notices = startOutageNotices({
    async problem() {
      state.looks += 1;
      if (state.isAway) throw new Error('away');
      return state.problem;
    },
    sinks: () =>
      state.ids.map((id) => ({
        id,
        sink: {
          origin: id,
          send: (message: Message, context: SendContext) => send(id, message, context),
        },
        voice: voiceOf(),
      })),
    async storeNotice({ notice, key, to }) {
      const failure = state.storeFailures.shift();
      if (failure) throw failure;
      stored.push({ notice, key, to });
    },
    log: createLogger({
      level: 'info',
      secrets: [],
      destination: { write: (line: string) => void lines.push(line) },
    }),
    now: Date.now,
    monotonic: () => performance.now() + state.aheadMs,
    random: () => 0,
    times,
  });
  onTestFinished(() => notices.stop());
  const looked = async (more: number) => {
    const { looks } = state;
    expect(await until(() => state.looks >= looks + more, 10_000)).toBe(true);
  };
  return { state, posts, stored, looked, notices, lines };
}

test('a sink hears it from the process that holds its role, if it hears what must be mended', () => {
  const one = (id: string, origin: string) => ({
    id,
    sink: { origin, send: async () => {} },
    voice: voiceOf(),
  });
  const sinks = [
    one('soc', 'https://a.example'),
    one('boss', 'https://a.example'),
    one('ops', 'https://b.example'),
  ];
  const idsOf = (listeners: string[], held: string[]) =>
    outageSinks(sinks, listeners, held).map(({ id }) => id);
  const all = ['soc', 'boss', 'ops'];
  expect(idsOf(all, ['sink:https://a.example', 'source:di'])).toEqual(['soc', 'boss']);
  expect(idsOf(['ops'], ['sink:https://a.example', 'source:di'])).toEqual([]);
  expect(idsOf(['ops'], ['sink:https://b.example'])).toEqual(['ops']);
  expect(idsOf(all, ['source:di'])).toEqual([]);
  expect(idsOf(all, [])).toEqual([]);
});

test('each sink hears once that it began, and once, stored, that it is over', async () => {
  const { state, posts, stored, looked } = start();
  state.problem = full;
  expect(await until(() => posts.length >= 2, 10_000)).toBe(true);
  await looked(10);
  expect(posts.map(({ sink }) => sink).sort()).toEqual(['boss', 'soc']);
  expect(new Set(posts.map(({ deliveryId }) => deliveryId)).size).toBe(2);
  const { event, form, mayBeRepeated, card } = posts[0]!.message;
  expect([form, mayBeRepeated ?? false, card.kind]).toEqual(['full', false, 'notice']);
  expect(event).toMatchObject({ source: 'tocsin', stream: 'notice', severity: 4 });
  const { since } = event.body.notice!.values as { since: string };
  expect(event.body.notice).toEqual({
    kind: 'database_failing',
    values: { since, reason: full.text },
  });
  expect(stored).toEqual([]);

  state.problem = undefined;
  expect(await until(() => stored.length > 0, 10_000)).toBe(true);
  await looked(10);
  const { notice, to } = stored[0]!;
  expect([stored.length, notice.kind, [...to].sort()]).toEqual([
    1,
    'database_back',
    ['boss', 'soc'],
  ]);
  expect(notice.values.since).toBe(since);
  expect(Date.parse(notice.values.until!)).toBeGreaterThanOrEqual(Date.parse(since));

  state.problem = full;
  expect(await until(() => posts.length === 4, 10_000)).toBe(true);
});

test('what is over soon is not said, however often it comes and goes', async () => {
  const { state, posts, stored, looked } = start({ ...soon, afterMs: 60_000 });
  for (let times = 0; times < 5; times += 1) {
    state.problem = full;
    await looked(3);
    state.problem = undefined;
    await looked(3);
  }
  await looked(20);
  expect([posts, stored]).toEqual([[], []]);
});

test('the time in which writes pass, or nothing is known, is no part of the outage', async () => {
  const { state, posts, looked } = start({ ...soon, afterMs: 600_000, settledMs: 3_600_000 });
  for (const isAway of [false, true]) {
    state.problem = full;
    await looked(3);
    state.problem = undefined;
    state.isAway = isAway;
    await looked(3);
    state.aheadMs += 1_200_000;
    await looked(3);
    state.isAway = false;
  }
  state.problem = full;
  await looked(3);
  expect(posts).toEqual([]);
  state.aheadMs += 1_200_000;
  expect(await until(() => posts.length === 2, 10_000)).toBe(true);
});

test('an end that nobody could see counts from when it is seen', async () => {
  const { state, posts, stored, looked } = start({ ...soon, settledMs: 600_000 });
  state.problem = full;
  expect(await until(() => posts.length === 2, 10_000)).toBe(true);
  state.problem = undefined;
  await looked(3);
  state.isAway = true;
  await looked(3);
  state.aheadMs += 1_200_000;
  await looked(3);
  state.isAway = false;
  await looked(3);
  expect(stored).toEqual([]);
  state.aheadMs += 1_200_000;
  expect(await until(() => stored.length === 1, 10_000)).toBe(true);
});

test('room for a moment ends nothing', async () => {
  const { state, posts, stored, looked } = start({ ...soon, settledMs: 600_000 });
  state.problem = full;
  expect(await until(() => posts.length === 2, 10_000)).toBe(true);
  for (let times = 0; times < 5; times += 1) {
    state.problem = undefined;
    await looked(3);
    // In all far longer than an end takes.
    state.aheadMs += 400_000;
    await looked(3);
    state.problem = full;
    await looked(3);
  }
  expect([posts.length, stored]).toEqual([2, []]);
});

test('while the database does not answer nothing is known, so nothing begins and nothing ends', async () => {
  const { state, posts, stored, looked } = start();
  state.isAway = true;
  state.problem = full;
  await looked(10);
  expect(posts).toEqual([]);
  state.isAway = false;
  expect(await until(() => posts.length === 2, 10_000)).toBe(true);
  state.isAway = true;
  state.problem = undefined;
  await looked(10);
  expect(stored).toEqual([]);
});

test('a sink that fails is tried again, and says that it may be a repetition', async () => {
  const { state, posts, looked, lines } = start();
  state.ids = ['soc'];
  state.failures = [new AdapterError('retry', 'timeout', 'chat.example did not answer')];
  state.problem = full;
  expect(await until(() => posts.length === 2, 10_000)).toBe(true);
  await looked(10);
  expect(posts.map(({ message }) => message.mayBeRepeated ?? false)).toEqual([false, true]);
  const repetition = 'Possibly a repetition: an earlier attempt got no answer.';
  const remarks = posts.map(({ message }) => message.card.remarks.map(plainText));
  expect(remarks.map((lines) => lines.includes(repetition))).toEqual([false, true]);
  expect(posts[1]!.deliveryId).toBe(posts[0]!.deliveryId);
  expect(lines.join()).toContain('chat.example did not answer');
});

test('a sink that asks to be left alone for an hour is left alone', async () => {
  const { state, posts, looked } = start();
  state.ids = ['soc'];
  state.failures = [
    new AdapterError('retry', 'rate_limited', 'slow down', { retryAfterMs: 3_600_000 }),
  ];
  state.problem = full;
  expect(await until(() => posts.length === 1, 10_000)).toBe(true);
  await looked(100);
  expect(posts).toHaveLength(1);
});

test('nobody hears of an end who did not hear of the beginning; an end that is not stored is stored later', async () => {
  const { state, posts, stored, looked } = start();
  state.ids = [];
  state.problem = full;
  await looked(20);
  state.problem = undefined;
  await looked(20);
  expect(stored).toEqual([]);

  state.ids = ['boss'];
  state.problem = full;
  expect(await until(() => posts.length === 1, 10_000)).toBe(true);
  state.storeFailures = [new Error('full again')];
  state.problem = undefined;
  expect(await until(() => stored.length === 1, 10_000)).toBe(true);
  expect(stored[0]!.to).toEqual(['boss']);
});

test('after the stop nothing is looked at', async () => {
  const { state, posts, looked, notices } = start();
  await looked(2);
  notices.stop();
  state.problem = full;
  const { looks } = state;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([state.looks, posts]).toEqual([looks, []]);
});
