// The HTTP app for tests, without a server: a service that works, unless a test says otherwise.
import type { Hono } from 'hono';
import { type AppDependencies, createApp } from '../../src/http/app.ts';
import { createLogger } from '../../src/observe/log.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics/index.ts';
import { ann } from '../operations/acting.ts';

/** `lines`: what the app logs. */
export function setUp(overrides: Partial<AppDependencies> = {}): {
  readonly app: Hono;
  readonly metrics: Metrics;
  readonly lines: string[];
} {
  const lines: string[] = [];
  const metrics = createMetrics({ version: '1.2.3', sources: [], sinks: [], roles: [] });
  const app = createApp({
    metrics,
    logger: createLogger({
      level: 'info',
      secrets: [],
      destination: { write: (line) => void lines.push(line) },
    }),
    version: '1.2.3',
    identify: async () => ({ actor: ann }),
    contextOf: () => undefined,
    onFailure: () => undefined,
    locale: () => 'en',
    isLive: () => ({ ok: true }),
    isReady: async () => ({ ok: true, detail: 'the database answers' }),
    ...overrides,
  });
  return { app, metrics, lines };
}
