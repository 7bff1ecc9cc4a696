// The worker of a role `sink:<origin>`: one lane for each sink of that origin, one rate limit for
// all of them.

import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { Sink } from '../../kit/sink.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import type { Voice } from '../message/index.ts';
import type { Template } from '../template/template.ts';
import { type Lane, type LaneDependencies, startLane } from './lane.ts';
import { Limiter } from './limiter.ts';

/** A far end's own default: 10 a second for an address, 100 at once. */
const burst = 100;

export interface OriginDependencies
  extends Omit<LaneDependencies, 'id' | 'sink' | 'voice' | 'template' | 'limiter'> {
  readonly sinks: readonly OriginSink[];
}

interface OriginSink {
  readonly id: string;
  readonly sink: Sink;
  readonly voice: Voice;
  readonly template?: Template | undefined;
  /** How long one of its messages may take; absent: as the policy says. */
  readonly timeoutMs?: number | undefined;
}

/** The lanes that run in this process, by sink; what was just stored is offered through it. */
export type Lanes = Map<string, Lane>;

/** Starts the lanes and enters them in `lanes` until they are stopped. */
export function startOrigin(deps: OriginDependencies, lanes: Lanes, lease: Lease): RoleWorker {
  const limiter = new Limiter(deps.perSecond, burst, performance.now());
  const own = deps.sinks.map(({ id, sink, voice, template, timeoutMs }) => {
    const policy =
      timeoutMs === undefined ? deps.policy : { ...deps.policy, sendTimeoutMs: timeoutMs };
    const lane = startLane({ ...deps, id, sink, voice, template, limiter, policy }, lease);
    lanes.set(id, lane);
    return { id, lane };
  });
  return {
    stuckMs: () => Math.max(...own.map(({ lane }) => lane.stuckMs?.() ?? 0)),
    facts: () => ({ sinks: Object.fromEntries(own.map(({ id, lane }) => [id, lane.sinkFacts()])) }),
    async stop() {
      await Promise.all(own.map(({ lane }) => lane.stop()));
      for (const { id, lane } of own) if (lanes.get(id) === lane) lanes.delete(id);
    },
  };
}

/** Hands fresh deliveries to the lanes of this process; the others find theirs in the database. */
export function offerFresh(lanes: Lanes, fresh: ReadonlyMap<string, readonly DueDelivery[]>): void {
  for (const [sink, deliveries] of fresh) lanes.get(sink)?.offer(deliveries);
}
