// The two lines that programs read: that of a poll and that of an attempt which failed. One each,
// always with the same fields in the same order.
import { expect, test } from 'vitest';
import { AdapterError } from '../../src/kit/errors.ts';
import { type LoggedLine, startPipeline } from '../core/deliver/pipeline.ts';
import { drafts, useDatabase } from '../store/stored.ts';
import { until } from '../support/world.ts';

const database = useDatabase();

const ofPoll = [
  ...[
    'source',
    'outcome',
    'events',
    'duplicates',
    'more',
    'position',
    'read_ms',
    'store_ms',
    'reason',
    'status',
  ],
  ...['error', 'answer', 'failures', 'next_try_s', 'trace_id'],
];
const ofAttempt = [
  ...[
    'sink',
    'event_id',
    'attempt',
    'outcome',
    'reason',
    'status',
    'duration_ms',
    'next',
    'next_try_s',
    'judgement',
    'contradicted_by',
    'error',
    'answer',
    'trace_id',
  ],
];
const fieldsOf = (line: LoggedLine) =>
  Object.keys(line).filter((name) => !['level', 'time', 'msg'].includes(name));

test('each poll has one line with the same fields, whether it brought something, nothing, or failed', async () => {
  const refused = new AdapterError('retry', 'rate_limited', 'host.example answered 429', {
    status: 429,
    answer: 'slow',
  });
  const facts = { position: 7 };
  const pages = [
    { events: drafts(1, 2), cursor: 'c2', more: true, facts },
    { events: drafts(2, 1) },
    refused,
    {},
  ];
  const { lines, stopPolling } = await startPipeline(database(), { pages });
  const isOfPoll = ({ msg }: LoggedLine) =>
    ['page stored', 'nothing new', 'poll failed'].includes(String(msg));
  expect(await until(() => lines.filter(isOfPoll).length >= 4, 10_000)).toBe(true);
  await stopPolling();
  const [first, second, third, fourth] = lines.filter(isOfPoll) as [
    LoggedLine,
    LoggedLine,
    LoggedLine,
    LoggedLine,
  ];
  for (const line of [first, second, third, fourth]) expect(fieldsOf(line)).toEqual(ofPoll);
  const none = {
    reason: null,
    status: null,
    error: null,
    answer: null,
    failures: 0,
    next_try_s: null,
  };
  const page = {
    level: 'info',
    msg: 'page stored',
    outcome: 'ok',
    events: 2,
    duplicates: 0,
    more: true,
    position: 7,
  };
  expect(first).toMatchObject({ ...none, ...page, source: 'a' });
  expect(first.read_ms).toBeTypeOf('number');
  expect(first.store_ms).toBeTypeOf('number');
  const known = {
    level: 'debug',
    msg: 'nothing new',
    outcome: 'ok',
    events: 0,
    duplicates: 1,
    position: null,
  };
  expect(second).toMatchObject({ ...none, ...known });
  const failed = {
    level: 'error',
    msg: 'poll failed',
    outcome: 'failed',
    reason: 'rate_limited',
    status: 429,
  };
  const said = {
    error: 'host.example answered 429',
    answer: 'slow',
    failures: 1,
    next_try_s: 0.25,
  };
  expect(third).toMatchObject({ ...failed, ...said, read_ms: null, store_ms: null });
  expect(fourth).toMatchObject({ ...none, level: 'debug', outcome: 'empty' });
});

test('a poll that finds the feature switched off says so in its line, and only the first also at info', async () => {
  const facts = { disabled: true };
  const { lines, linesOf } = await startPipeline(database(), {
    pages: [{ facts }, { facts }, { facts }],
  });
  expect(await until(() => linesOf('nothing new').length >= 3, 10_000)).toBe(true);
  const firstThree = lines
    .filter(({ outcome }) => outcome === 'disabled')
    .map(({ level }) => level);
  expect(firstThree).toEqual(['debug', 'debug', 'debug']);
  expect(lines.filter(({ level }) => level === 'info')).toHaveLength(1);
});

test('each attempt that failed has one line with the same fields, with or without an answer', async () => {
  const failures: Error[] = [
    new AdapterError('retry', 'server_error', 'host.example answered 500', {
      status: 500,
      answer: 'oops',
    }),
    new TypeError('x is undefined'),
  ];
  const send = async () => {
    const failure = failures.shift();
    if (failure) throw failure;
  };
  const { linesOf } = await startPipeline(database(), { pages: [{ events: drafts(1, 1) }], send });
  const isDelivered = async () =>
    (await database().$client`select 1 from deliveries where state = 'delivered'`).length === 1;
  expect(await until(isDelivered, 10_000)).toBe(true);
  const found = linesOf('attempt failed');
  expect(found.map(fieldsOf)).toEqual([ofAttempt, ofAttempt]);
  const answered = {
    status: 500,
    error: 'host.example answered 500',
    answer: 'oops',
    reason: 'server_error',
  };
  expect(found[0]).toMatchObject({
    level: 'warn',
    sink: 'soc',
    attempt: 1,
    outcome: 'retry',
    next: 'pending',
    ...answered,
  });
  const silent = {
    status: null,
    error: 'TypeError: x is undefined',
    answer: null,
    reason: 'unknown',
  };
  expect(found[1]).toMatchObject({ level: 'warn', attempt: 2, ...silent });
  expect(found[1]!.event_id).toBeTypeOf('number');
  for (const { next_try_s } of found) expect(next_try_s).toBeGreaterThan(0);
});

test('an attempt after which the delivery is dead says that there is no next one', async () => {
  let passed = 0;
  const send = async ({ event }: { readonly event: { readonly externalId: string } }) => {
    if (event.externalId === '1')
      throw new AdapterError('reject_event', 'rejected', 'host.example answered 400', {
        status: 400,
      });
    passed += 1;
  };
  const { linesOf } = await startPipeline(database(), {
    pages: [
      { events: drafts(1, 1) },
      ...Array.from({ length: 30 }, (_, n) => ({ events: drafts(n + 2, 1) })),
    ],
    send,
  });
  const isDead = () => linesOf('attempt failed').some(({ next }) => next === 'dead');
  expect(await until(isDead, 20_000)).toBe(true);
  expect(passed).toBeGreaterThan(0);
  for (const { next, next_try_s } of linesOf('attempt failed'))
    expect([next, typeof next_try_s]).toEqual(
      next === 'dead' ? ['dead', 'object'] : ['pending', 'number'],
    );
});
