// The sinks of one origin at work on a real Postgres, for tests of what is sent when, how often,
// and what is left alone.

import { expect, onTestFinished } from 'vitest';
import {
  type Lanes,
  type OriginDependencies,
  startOrigin,
} from '../../../src/core/deliver/origin.ts';
import { type DeliveryPolicy, defaultPolicy } from '../../../src/core/deliver/policy.ts';
import type { Lease } from '../../../src/core/loops/lease.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { EventDraft } from '../../../src/kit/event.ts';
import type { Message, SendContext, Sink } from '../../../src/kit/sink.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { hold, quiet, storePage, useDatabase } from '../../store/stored.ts';
import { voiceOf } from '../../support/voice.ts';
import { until } from '../../support/world.ts';

export interface Sent {
  readonly id: string;
  readonly atMs: number;
  readonly message: Message;
  readonly context: SendContext;
}

export interface SetUp {
  /** Called for each send, after it was noted. */
  send?(sent: Sent): ReturnType<Sink['send']> | undefined;
  readonly check?: Sink['check'];
  readonly sinks?: readonly string[];
  /** Of each sink's own. */
  readonly timeoutMs?: number;
  readonly policy?: Partial<DeliveryPolicy>;
  readonly perSecond?: number;
  readonly lease?: Partial<Lease>;
  readonly routes?: OriginDependencies['routes'];
}

export const expectSoon = async (isTrue: () => boolean | Promise<boolean>) =>
  expect(await until(isTrue, 10_000)).toBe(true);

/** Some turns of the loop, in which nothing should happen. */
export const turns = () => new Promise((resolve) => setTimeout(resolve, 200));

/** Sends that hang until they are let go. */
export function gate() {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  return {
    pass: () => (isOpen ? undefined : new Promise<void>((resolve) => waiting.push(resolve))),
    open() {
      isOpen = true;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

export const retry = (reason: 'connection' | 'server_error' = 'connection') =>
  new AdapterError('retry', reason, 'failed');

/** A database for the tests of a file, and sinks of one origin that work on it. */
export function useOrigin() {
  const database = useDatabase();

  const store = (page: readonly EventDraft[], sinks: readonly string[] = ['soc']) =>
    storePage(database(), { routes: [{ name: 'all', minSeverity: 0, to: sinks }], events: page });

  /** Starts the sinks of an origin. They end with the test, at the latest. */
  async function begin({
    send,
    check,
    sinks = ['soc'],
    policy = {},
    lease = {},
    routes = [],
    ...own
  }: SetUp) {
    const { perSecond, timeoutMs } = own;
    const db = database();
    const sent: Sent[] = [];
    const notices: string[] = [];
    const changes: string[] = [];
    const sink = (id: string): Sink => ({
      origin: 'x:',
      async send(message, context) {
        const one = { id: message.event.externalId, atMs: performance.now(), message, context };
        sent.push(one);
        return send?.(one);
      },
      ...(check && { check }),
      ...{ name: id },
    });
    const note = (fields: { to?: string }) => void (fields.to && changes.push(fields.to));
    const deps: OriginDependencies = {
      sinks: sinks.map((id) => ({ id, sink: sink(id), voice: voiceOf(), timeoutMs })),
      db,
      perSecond: perSecond ?? Number.POSITIVE_INFINITY,
      policy: {
        ...defaultPolicy,
        backoff: { firstMs: 10, maxMs: 20 },
        sinkBackoff: { firstMs: 10, maxMs: 20 },
        pausedBackoff: { firstMs: 30, maxMs: 30 },
        rereadMs: 30,
        sendTimeoutMs: 5000,
        ...policy,
      },
      metrics: createMetrics({
        version: 't',
        sources: [],
        sinks: sinks.map((id) => ({ id })),
        roles: [],
      }),
      log: { ...quiet, info: note, warn: note } as unknown as typeof quiet,
      now: Date.now,
      random: () => 0.5,
      routes,
      showTenant: () => false,
      announce: async ({ sink, notice, to }) =>
        void notices.push(`${sink} ${notice.kind} to ${to}`),
    };
    const lanes: Lanes = new Map();
    const held = { ...(await hold(db, 'sink:x')), ...lease };
    const worker = startOrigin(deps, lanes, held);
    onTestFinished(() => worker.stop());
    return { worker, lanes, sent, notices, changes, lease: held, metrics: deps.metrics };
  }

  const count = async (where: string) =>
    Number(
      (
        await database().$client.unsafe(`select count(*) as count from deliveries where ${where}`)
      )[0]?.count,
    );

  const isSettled = async () => (await count("state = 'pending'")) === 0;

  return { database, store, begin, count, isSettled };
}
