// The end of a source's credential: always a metric, and a line in the log while it is near.
import { describe, expect, test } from 'vitest';
import { createLogger } from '../../src/observe/log.ts';
import { createMetrics } from '../../src/observe/metrics/index.ts';
import type { ConfiguredSource } from '../../src/service/adapters.ts';
import { lookAtCredentials } from '../../src/service/credentials.ts';

const dayMs = 86_400_000;

function begin() {
  const metrics = createMetrics({ version: 't', sources: [{ id: 'a' }], sinks: [], roles: [] });
  const lines: unknown[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ level: 'info', secrets: [], destination });
  /** @param endsAtMs undefined: the source does not know */
  const look = (endsAtMs: (() => number | undefined) | undefined) => {
    const source = { kind: 'poll', poll: async () => ({}), credentialExpiresAt: endsAtMs };
    const sources = [{ id: 'a', types: undefined, source } as unknown as ConfiguredSource];
    lookAtCredentials({ sources, metrics }, log);
  };
  const shown = async () =>
    /credential_expiry_timestamp_seconds\{source="a"\} (\S+)/.exec(await metrics.expose())?.[1];
  return { look, lines, shown };
}

describe('a credential that ends', () => {
  test.each([
    ['in 15 days', 15 * dayMs, 0],
    ['in 13 days', 13 * dayMs, 1],
    ['a day ago', -dayMs, 1],
  ])('%s', async (_title, inMs, warnings) => {
    const { look, lines, shown } = begin();
    const endsAtMs = Date.now() + inMs;
    look(() => endsAtMs);
    expect(Number(await shown())).toBe(endsAtMs / 1000);
    expect(lines).toHaveLength(warnings);
    for (const line of lines)
      expect(line).toMatchObject({
        ...{ level: 'warn', source: 'a', ends_at: new Date(endsAtMs).toISOString() },
        msg: expect.stringContaining('create a new one and replace it'),
      });
  });
});

test.each([
  ['of a source that cannot know', undefined],
  ['that a source does not know', () => undefined],
])('a credential %s has no series, also if it had one before', async (_title, endsAt) => {
  const { look, lines, shown } = begin();
  look(() => Date.now() + 20 * dayMs);
  look(endsAt);
  expect([await shown(), lines]).toEqual([undefined, []]);
});
