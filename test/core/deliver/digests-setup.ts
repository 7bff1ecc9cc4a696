// The lane of one sink at work on a real Postgres, for tests of groups, storms and their digests.

import { expect, onTestFinished } from 'vitest';
import { type Lanes, offerFresh, startOrigin } from '../../../src/core/deliver/origin.ts';
import { type DeliveryPolicy, defaultPolicy } from '../../../src/core/deliver/policy.ts';
import { noticeEvent } from '../../../src/core/notices/notice.ts';
import type { SinkNotice } from '../../../src/core/notices/sink-notices.ts';
import type { Route } from '../../../src/core/routing/index.ts';
import type { GroupPolicy } from '../../../src/core/rules/group.ts';
import type { EventDraft } from '../../../src/kit/event.ts';
import type { Message, Sink } from '../../../src/kit/sink.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { insertPage } from '../../../src/store/events.ts';
import { hold, quiet, storePage, useDatabase } from '../../store/stored.ts';
import { voiceOf } from '../../support/voice.ts';
import { until } from '../../support/world.ts';

export const all: Route = { name: 'all', minSeverity: 0, to: ['soc'] };

export const storm = { over: 5, passes: 0, firstMs: 100, betweenMs: 400, betweenMaxMs: 400 };

export const grouped = (more: Partial<GroupPolicy>, route: Partial<Route> = {}): Route => ({
  ...all,
  ...route,
  group: { by: [], waitMs: 0, intervalMs: 600, max: 1000, cards: 0, ...more },
});

export interface SetUp {
  readonly routes?: readonly Route[];
  readonly policy?: Partial<DeliveryPolicy>;
  send?(message: Message): Promise<void> | void;
  readonly check?: Sink['check'];
}

export const expectSoon = async (isTrue: () => boolean | Promise<boolean>) =>
  expect(await until(isTrue, 10_000)).toBe(true);

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A database for the tests of a file, and a sink that works on it. */
export function useDigests() {
  const database = useDatabase();

  /** Starts the lane of `soc`. */
  async function begin({ routes = [all], policy = {}, send, check }: SetUp = {}) {
    const db = database();
    const sent: Message[] = [];
    const sink: Sink = {
      origin: 'x:',
      async send(message) {
        await send?.(message);
        sent.push(message);
      },
      ...(check && { check }),
    };
    const metrics = createMetrics({ version: 't', sources: [], sinks: [{ id: 'soc' }], roles: [] });
    const announce = async ({ sink: id, notice, key }: SinkNotice) => {
      await insertPage(db, {
        fence: null,
        source: 'tocsin',
        events: [noticeEvent({ notice, key, to: [id], nowMs: Date.now() })],
        cursor: null,
      });
    };
    const lanes: Lanes = new Map();
    const worker = startOrigin(
      {
        sinks: [{ id: 'soc', sink, voice: voiceOf() }],
        db,
        perSecond: Number.POSITIVE_INFINITY,
        policy: {
          ...defaultPolicy,
          backoff: { firstMs: 10, maxMs: 20 },
          sinkBackoff: { firstMs: 10, maxMs: 20 },
          rereadMs: 30,
          ...policy,
        },
        metrics,
        log: quiet,
        now: Date.now,
        random: () => 0.5,
        routes,
        showTenant: () => false,
        announce,
      },
      lanes,
      await hold(db, 'sink:x'),
    );
    onTestFinished(() => worker.stop());
    const store = async (page: readonly EventDraft[]) => {
      const stored = await storePage(db, { routes, events: page });
      offerFresh(lanes, stored!.fresh);
    };
    const cards = () =>
      sent.filter(({ event }) => event.source === 'a').map(({ event }) => event.externalId);
    const digests = () => sent.flatMap(({ event }) => event.body.digest ?? []);
    const notices = () => sent.flatMap(({ event }) => event.body.notice?.kind ?? []);
    return { worker, store, sent, cards, digests, notices, metrics };
  }

  const states = async () => {
    const rows = await database()
      .$client`select state, count(*)::int as n from deliveries group by state`;
    return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
  };

  const isSettled = async () => (await states()).pending === undefined;

  return { database, begin, states, isSettled };
}
