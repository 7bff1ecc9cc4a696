// When the database is asked for the gauges that need it, as a scrape sees it: rarely, once at a
// time, and never so that the scrape hangs.
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/observe/metrics/index.ts';
import { settledMs } from '../support/stopwatch.ts';
import { ids, samplesOf } from './metrics/metric-text.ts';

describe('gauges of the database', () => {
  function setUp(collect: () => Promise<void>, waitMs = 2000) {
    let now = 1000;
    const metrics = createMetrics(ids, { intervalMs: 5000, waitMs, now: () => now });
    metrics.onCollect(collect);
    const pass = (ms: number) => {
      now += ms;
    };
    return { metrics, pass };
  }
  const upOf = (text: string) => samplesOf(text, 'tocsin_database_up')[0]?.split(' ')[1];

  it('are set before they are shown', async () => {
    const { metrics } = setUp(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      metrics.deliveriesPending.set({ sink: 'soc' }, 42);
    });
    const text = await metrics.expose();
    expect(text).toContain('tocsin_deliveries_pending{sink="soc"} 42\n');
    expect(upOf(text)).toBe('1');
  });

  it('cost one query in five seconds, however many scrapes come', async () => {
    let queries = 0;
    const { metrics, pass } = setUp(async () => void queries++);
    await Promise.all([metrics.expose(), metrics.expose(), metrics.expose()]);
    pass(4999);
    await metrics.expose();
    expect(queries).toBe(1);
    pass(1);
    await metrics.expose();
    expect(queries).toBe(2);
  });

  it('keep their last values while the database is away, and say that it is', async () => {
    let isAway = false;
    const { metrics, pass } = setUp(async () => {
      if (isAway) throw new Error('connection refused');
      metrics.deliveriesPending.set({ sink: 'soc' }, 42);
    });
    await metrics.expose();
    isAway = true;
    pass(5000);
    const text = await metrics.expose();
    expect(text).toContain('tocsin_deliveries_pending{sink="soc"} 42\n');
    expect(upOf(text)).toBe('0');
    isAway = false;
    pass(5000);
    expect(upOf(await metrics.expose())).toBe('1');
  });

  it('hold up one scrape for the limit when a query hangs, and the next not at all', async () => {
    let queries = 0;
    let answer = () => {};
    const { metrics, pass } = setUp(() => {
      queries++;
      return new Promise((resolve) => {
        answer = resolve;
      });
    }, 80);
    const startedAt = performance.now();
    expect(upOf(await metrics.expose())).toBe('0');
    expect(performance.now() - startedAt).toBeGreaterThan(60);
    pass(20_000);
    const second = metrics.expose();
    expect(await settledMs(second)).toBeLessThan(60);
    expect(upOf(await second)).toBe('0');
    expect(queries).toBe(1);
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    const third = metrics.expose();
    await new Promise((resolve) => setImmediate(resolve));
    answer();
    expect(upOf(await third)).toBe('1');
    expect(queries).toBe(2);
  });

  it('survive a function that throws at once', async () => {
    const { metrics } = setUp(() => {
      throw new Error('defect');
    });
    expect(upOf(await metrics.expose())).toBe('0');
  });
});
