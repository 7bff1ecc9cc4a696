// One process of the service as a schedule sees it: the real roles, poller and lanes over held-back
// statements and calls.

import { type Lanes, offerFresh, startOrigin } from '../../src/core/deliver/origin.ts';
import { type DeliveryPolicy, defaultPolicy } from '../../src/core/deliver/policy.ts';
import type { FreshDeliveries } from '../../src/core/intake/intake.ts';
import { startPolling } from '../../src/core/intake/poll.ts';
import type { Lease } from '../../src/core/loops/lease.ts';
import { noticeEvent } from '../../src/core/notices/notice.ts';
import type { SinkNotice } from '../../src/core/notices/sink-notices.ts';
import { type Role, type Roles, startRoles } from '../../src/core/roles/index.ts';
import type { Route } from '../../src/core/routing/index.ts';
import { SilenceReader } from '../../src/core/silences/reader.ts';
import type { Sink } from '../../src/kit/sink.ts';
import type { PollSource } from '../../src/kit/source.ts';
import type { Metrics } from '../../src/observe/metrics/index.ts';
import type { Database } from '../../src/store/database.ts';
import { insertPage } from '../../src/store/events.ts';
import { quiet } from '../store/stored.ts';
import { voiceOf } from '../support/voice.ts';
import { type Context, type Process, running } from './clock.ts';

export const source = 'tenant';
export const sourceRole = `source:${source}`;
/**
 * `all` gets everything, in storms as digests; `urgent` what is HIGH or worse, in groups.
 * Each is on an origin of its own.
 */
export const sinkIds = ['all', 'urgent'] as const;
export const sinkRole = (sink: string) => `sink:${sink}:`;
export const routes: readonly Route[] = [
  { name: 'everything', minSeverity: 1 as const, to: ['all'] },
  {
    name: 'urgent',
    minSeverity: 4 as const,
    to: ['urgent'],
    group: { by: ['severity'], waitMs: 400, intervalMs: 3000, max: 4, cards: 0 },
  },
];
export const times = { ttlMs: 8000, renewMs: 2000 };
export const policy: DeliveryPolicy = {
  ...defaultPolicy,
  sendTimeoutMs: 2000,
  concurrency: 4,
  backoff: { firstMs: 100, maxMs: 2000 },
  sinkBackoff: { firstMs: 100, maxMs: 2000 },
  maxAgeMs: 20_000,
  outageFailures: 3,
  poisonFailures: 2,
  pausedBackoff: { firstMs: 3000, maxMs: 3000 },
  retryAfterMaxMs: 5000,
  delayedMs: 30_000,
  rereadMs: 500,
  storm: { over: 3, passes: 0, firstMs: 300, betweenMs: 1000, betweenMaxMs: 3000 },
};

export interface Replica extends Process {
  /** Its own wall clock, off by so much. */
  clockOffMs: number;
  /** Its end was asked for; resolves when it has ended. */
  ending: Promise<void> | undefined;
  readonly roles: Roles;
}

/** What a replica calls, and whom it tells. */
export interface Surroundings {
  readonly db: Database;
  readonly metrics: Metrics;
  wallMs(): number;
  random(): number;
  source(context: Context): PollSource;
  sink(context: Context, id: string): Sink;
  /** Before fresh deliveries are handed to the lanes. */
  offered(lease: Lease, sink: string, eventIds: readonly number[]): void;
}

export function startReplica(
  around: Surroundings,
  id: string,
  predecessor: string | null,
): Replica {
  const replica = { id, isDead: false, isFrozen: false, clockOffMs: 0, ending: undefined };
  const { db, metrics } = around;
  const lanes: Lanes = new Map();
  const laneLeases = new Map<string, Lease>();
  const now = () => around.wallMs() + replica.clockOffMs;
  const shared = { db, metrics, log: quiet, now, random: around.random };

  const silences = new SilenceReader(db, quiet);

  function offer(fresh: FreshDeliveries): void {
    for (const [sink, deliveries] of fresh) {
      if (lanes.has(sink)) {
        const ids = deliveries.map(({ event }) => event.id);
        around.offered(laneLeases.get(sink)!, sink, ids);
      }
    }
    offerFresh(lanes, fresh);
  }

  async function announce({ sink, notice, key, to }: SinkNotice): Promise<void> {
    const ids = sinkIds.filter((other) => (other === sink) === (to === 'this'));
    await insertPage(db, {
      fence: null,
      source: 'tocsin',
      events: [noticeEvent({ notice, key: `${notice.kind} ${key}`, to: ids, nowMs: now() })],
      cursor: null,
    }).catch(() => undefined);
  }

  /** Whatever the worker does is known to be done under this lease. */
  function role(
    name: string,
    group: string,
    start: (context: Context) => ReturnType<Role['start']>,
  ): Role {
    return {
      name,
      group,
      start(lease) {
        const context = { process: replica, lease };
        return running.run(context, () => start(context));
      },
    };
  }

  const roles = [
    role(sourceRole, 'first', (context) =>
      startPolling(
        {
          ...shared,
          silences,
          id: source,
          source: around.source(context),
          routes,
          intervalMs: 1000,
          lanes: { offer },
        },
        context.lease!,
      ),
    ),
    ...sinkIds.map((sink, index) =>
      role(sinkRole(sink), index === 0 ? 'first' : 'second', (context) => {
        laneLeases.set(sink, context.lease!);
        const sinks = [{ id: sink, sink: around.sink(context, sink), voice: voiceOf() }];
        const origin = {
          ...shared,
          sinks,
          routes,
          perSecond: 10,
          policy,
          showTenant: () => false,
          announce,
        };
        return startOrigin(origin, lanes, context.lease!);
      }),
    ),
  ];
  const started = running.run({ process: replica, lease: undefined }, () =>
    startRoles({ db, roles, replicaId: id, predecessor, metrics, log: quiet, times }),
  );
  return Object.assign(replica, { roles: started });
}
