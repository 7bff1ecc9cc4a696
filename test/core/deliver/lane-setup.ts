// A lane of the sink `soc` on its own, without limits, routes and storms, for tests that want to
// see it do one thing.

import { type Lane, type LaneDependencies, startLane } from '../../../src/core/deliver/lane.ts';
import { Limiter } from '../../../src/core/deliver/limiter.ts';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import type { Lease } from '../../../src/core/loops/lease.ts';
import type { Sink } from '../../../src/kit/sink.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { quiet } from '../../store/stored.ts';
import { freshVoice } from '../../support/voice.ts';

export type LaneOptions = Partial<Omit<LaneDependencies, 'sink'>> & Pick<LaneDependencies, 'db'>;

/** Works until it is stopped. */
export function startLaneOf(sink: Omit<Sink, 'origin'>, lease: Lease, options: LaneOptions): Lane {
  const deps = {
    id: 'soc',
    sink: { origin: 'x:', ...sink },
    voice: freshVoice(),
    log: quiet,
    metrics: createMetrics({ version: 't', sources: [], sinks: [{ id: 'soc' }], roles: [] }),
    policy: defaultPolicy,
    limiter: new Limiter(Number.POSITIVE_INFINITY, 1, 0),
    perSecond: Number.POSITIVE_INFINITY,
    now: Date.now,
    random: () => 0.5,
    routes: [],
    showTenant: () => false,
    async announce() {},
  };
  return startLane({ ...deps, ...options }, lease);
}
