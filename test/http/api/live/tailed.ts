// Events of the live tail.
import type { ShownTailed } from '../../../../src/operations/index.ts';

export function tailed(id: number, more: Partial<ShownTailed> = {}): ShownTailed {
  return {
    ...{ id: String(id), source: 'di', externalId: `e${id}`, stream: 'event', type: 'X' },
    ...{ severity: 3, status: null, action: null, itemId: null, device: null, user: null },
    ...{ occurredAt: null, receivedAt: '2026-02-03T01:19:32.505Z', file: null, sinks: ['soc'] },
    ...more,
  };
}
