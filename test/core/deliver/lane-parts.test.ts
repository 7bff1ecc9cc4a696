// How the parts of a lane are joined. What they do together is tested with the lane and the
// attempt.

import { expect, test, vi } from 'vitest';
import { batchMaxOf, createParts } from '../../../src/core/deliver/lane-parts.ts';
import { Limiter } from '../../../src/core/deliver/limiter.ts';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import type { Lease } from '../../../src/core/loops/lease.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import type { Database } from '../../../src/store/database.ts';
import { quiet } from '../../store/stored.ts';
import { voiceOf } from '../../support/voice.ts';

const storm = { over: 100, passes: 0, firstMs: 1, betweenMs: 1, betweenMaxMs: 1 };

test.each([
  [10, undefined, 20],
  [40, undefined, 80],
  [10, storm, 120],
  [Number.POSITIVE_INFINITY, storm, 500],
])(
  'at a rate of %d and with a storm of %o, %i deliveries are read at once',
  (perSecond, own, count) => {
    expect(batchMaxOf({ perSecond, policy: { ...defaultPolicy, storm: own } })).toBe(count);
  },
);

test('nothing is sent or read before the lane asks, and what is in hand is shared', () => {
  const send = vi.fn();
  const read = vi.fn();
  const deps = {
    ...{
      id: 'soc',
      sink: { origin: 'x:', send },
      voice: voiceOf(),
      policy: defaultPolicy,
      perSecond: 1,
      log: quiet,
    },
    ...{
      limiter: new Limiter(1, 1, 0),
      now: Date.now,
      random: () => 0.5,
      routes: [],
      showTenant: () => false,
    },
    metrics: createMetrics({ version: 't', sources: [], sinks: [{ id: 'soc' }], roles: [] }),
    db: { $client: read } as unknown as Database,
    async announce() {},
  };
  const parts = createParts(deps, {} as Lease, { mustEnd: () => undefined, changed() {} });
  parts.inHand.inFlight.begin(7, 0, 0);
  expect([send.mock.calls, read.mock.calls, parts.inHand.excluded()]).toEqual([[], [], [7]]);
  expect(parts.precedence.waitMs(1, 1, 3)).toBeGreaterThan(0);
});
