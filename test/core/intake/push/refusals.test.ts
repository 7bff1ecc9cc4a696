// What was refused is counted each time, said once a minute, and remembered.
import { expect, test } from 'vitest';
import { Refusals } from '../../../../src/core/intake/push/refusals.ts';
import { createLogger } from '../../../../src/observe/log.ts';
import { createMetrics } from '../../../../src/observe/metrics/index.ts';

test('a flood of refusals is one line in the log', async () => {
  const lines: string[] = [];
  const log = createLogger({
    ...{ level: 'info', secrets: [] },
    destination: { write: (line) => void lines.push(line) },
  });
  const sources = [{ id: 'siem', isPushed: true }];
  const metrics = createMetrics({ version: '1', sources, sinks: [], roles: [] });
  const refusals = new Refusals({ id: 'siem', metrics, log, now: () => Date.UTC(2026, 0, 1) });
  expect(refusals.last).toBeNull();
  for (let n = 0; n < 100; n += 1) refusals.note(401, 'auth', 'the header x is missing\n\u202E');
  refusals.note(413, 'too_large', 'its body has more than 10 bytes');
  expect(lines.map((line) => JSON.parse(line).status)).toEqual([401, 413]);
  expect(refusals.last).toEqual({
    ...{ at: '2026-01-01T00:00:00.000Z', reason: 'too_large' },
    message: 'its body has more than 10 bytes',
  });
  expect(await metrics.expose()).toContain(
    'tocsin_source_pushes_total{source="siem",outcome="unproved"} 100',
  );
});
