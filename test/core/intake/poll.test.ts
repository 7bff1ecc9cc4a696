// The loop that reads a source, on a real Postgres: when it looks again, and whom it tells of
// failures.
import { describe, expect, test } from 'vitest';
import { drainSource } from '../../../src/core/intake/drain.ts';
import { startPolling, watchSource } from '../../../src/core/intake/poll.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { Page } from '../../../src/kit/source.ts';
import { createLogger } from '../../../src/observe/log.ts';
import { draft, hold } from '../../store/stored.ts';
import { until } from '../../support/world.ts';
import { never, usePolling } from './poll-setup.ts';

const { database, scripted, setUp, cursorNow, noticesOf } = usePolling();

describe('reading', () => {
  /** As if everything that lasts had begun so much earlier. */
  const age = (minutes: number) =>
    database().$client`update conditions set since = since - ${minutes}::int * interval '1 minute'`;

  test('a stored page ends the row of failures, though the end of the list was not reached', async () => {
    const failure = new AdapterError('retry', 'server_error', 'status 500');
    const more = (n: number) => ({ events: [draft(n)], cursor: `c${n}`, more: true });
    const source = scripted([
      failure,
      failure,
      more(1),
      failure,
      more(2),
      more(3),
      failure,
      failure,
      {},
    ]);
    const waits: unknown[] = [];
    const log = createLogger({
      level: 'error',
      secrets: [],
      destination: { write: (line) => void waits.push(JSON.parse(line).failures) },
    });
    // A random number far outside of its range makes a hundredth of each wait.
    const { deps } = setUp(source, { random: () => -1.975, log });
    const polling = startPolling(deps, await hold(deps.db, 'source:a'));
    expect(await until(() => source.asked.length > 9, 10_000)).toBe(true);
    await polling.stop();
    expect(waits).toEqual([1, 2, 1, 1, 2]);
  });

  test('failures of our own database do not make the source wait longer', async () => {
    const failure = new AdapterError('retry', 'server_error', 'status 500');
    const { deps } = setUp(scripted([failure, {}]));
    const health = watchSource(deps, await hold(deps.db, 'source:a'));
    const counts: number[] = [];
    for (const reason of ['database', 'database', 'server_error', 'database'] as const) {
      await health.after({ failure: { reason, message: '' } });
      counts.push(health.failures);
    }
    expect(counts).toEqual([1, 2, 1, 3]);
  });

  test('people hear once a day that a credential is rejected, operations too, and the cursor stays', async () => {
    const rejected = new AdapterError('retry', 'auth', 'status 401');
    const source = scripted([{ cursor: 'c7' }, rejected, rejected, rejected]);
    const { deps } = setUp(source, { operations: ['ops', 'soc'] });
    const lease = await hold(deps.db, 'source:a');
    const health = watchSource(deps, lease);
    const read = async () => health.after(await drainSource(deps, lease, { signal: never }));
    for (let n = 0; n < 3; n += 1) await read();
    expect(await noticesOf('SOURCE_REJECTED')).toEqual(['ops', 'soc']);
    await age(24 * 60);
    await read();
    expect(await noticesOf('SOURCE_REJECTED')).toEqual(['ops', 'ops', 'soc', 'soc']);
    expect(await cursorNow()).toBe('c7');
  });

  test('people hear of a source that fails for a quarter of an hour, and when it can be read again, each once, whoever reads it', async () => {
    const failure = new AdapterError('retry', 'server_error', 'status 500');
    const source = scripted([{ cursor: 'c7' }, failure, failure, failure, failure, {}, {}]);
    const { deps } = setUp(source);
    const told: unknown[] = [];
    for (const minutes of [0, 1, 14, 1, 4, 10, 1]) {
      await age(minutes);
      // Each time another process.
      const lease = await hold(deps.db, 'source:a');
      await watchSource(deps, lease).after(await drainSource(deps, lease, { signal: never }));
      told.push([
        (await noticesOf('SOURCE_FAILING')).length,
        (await noticesOf('SOURCE_BACK')).length,
      ]);
    }
    expect(told).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [1, 0],
      [1, 0],
      [1, 1],
      [1, 1],
    ]);
    const rows = await database()
      .$client`select body->'notice'->'values' as said from events where source = 'tocsin' order by id`;
    const [failing, back] = rows.map(({ said }) => said as Record<string, string>);
    expect(failing).toEqual({ source: 'a', since: expect.any(String), message: 'status 500' });
    expect(Object.keys(back!)).toEqual(['source', 'since', 'until']);
    const minutesAgo = (iso: string | undefined) =>
      Math.round((Date.now() - Date.parse(iso!)) / 60_000);
    // What was noted first is aged by each step that followed.
    expect([minutesAgo(failing!.since), minutesAgo(back!.since), minutesAgo(back!.until)]).toEqual([
      15, 29, 0,
    ]);
  });

  test('a source that fails now so and now otherwise is one trouble with one end, and each way of it is said once', async () => {
    const [rejected, failure] = [
      new AdapterError('retry', 'auth', '401'),
      new AdapterError('retry', 'timeout', 'none'),
    ];
    const { deps } = setUp(scripted([failure, failure, rejected, failure, rejected, {}]));
    const lease = await hold(deps.db, 'source:a');
    const health = watchSource(deps, lease);
    for (const minutes of [0, 16, 0, 0, 0, 0]) {
      await age(minutes);
      await health.after(await drainSource(deps, lease, { signal: never }));
    }
    const kinds = await database()
      .$client`select type from events where source = 'tocsin' order by id`;
    expect(kinds.map(({ type }) => type)).toEqual([
      'SOURCE_FAILING',
      'SOURCE_REJECTED',
      'SOURCE_BACK',
    ]);
  });

  test('a stop in the middle of a reading does not pass for its success', async () => {
    const rejected = new AdapterError('retry', 'auth', '401');
    let calls = 0;
    const source = {
      kind: 'poll' as const,
      async poll(_cursor: string | null, signal: AbortSignal): Promise<Page> {
        calls += 1;
        if (calls <= 2) throw rejected;
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        );
      },
    };
    const { deps } = setUp(source, { random: () => -1.975 });
    const first = startPolling(deps, await hold(deps.db, 'source:a'));
    expect(await until(async () => (await noticesOf('SOURCE_REJECTED')).length === 1, 5000)).toBe(
      true,
    );
    await first.stop();
    const before = calls;
    const second = startPolling(deps, await hold(deps.db, 'source:a'));
    expect(await until(() => calls > before, 5000)).toBe(true);
    await second.stop();
    expect(await noticesOf('SOURCE_BACK')).toEqual([]);
  });

  test('a short failure is no news', async () => {
    const failure = new AdapterError('retry', 'timeout', 'no answer');
    const { deps } = setUp(scripted([failure, {}]));
    const lease = await hold(deps.db, 'source:a');
    const health = watchSource(deps, lease);
    for (let n = 0; n < 2; n += 1)
      await health.after(await drainSource(deps, lease, { signal: never }));
    expect(await database().$client`select 1 from events where source = 'tocsin'`).toEqual([]);
  });

  test('a stop cuts off the call that is under way', async () => {
    let isAsked = false;
    const source = {
      kind: 'poll' as const,
      poll: (_cursor: string | null, signal: AbortSignal) => {
        isAsked = true;
        return new Promise<Page>((_resolve, reject) => {
          signal.addEventListener('abort', () =>
            reject(new AdapterError('retry', 'timeout', 'aborted')),
          );
        });
      },
    };
    const { deps } = setUp(source);
    const polling = startPolling(deps, await hold(deps.db, 'source:a'));
    expect(await until(() => isAsked, 5000)).toBe(true);
    await polling.stop();
  });

  test('once the role is lost it is not asked again', async () => {
    const source = scripted([]);
    let isHeld = true;
    const { deps } = setUp(source, { intervalMs: 1 });
    const polling = startPolling(deps, {
      ...(await hold(deps.db, 'source:a')),
      isHeld: () => isHeld,
    });
    expect(await until(() => source.asked.length >= 3, 5000)).toBe(true);
    isHeld = false;
    const most = source.asked.length + 1;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(source.asked.length).toBeLessThanOrEqual(most);
    await polling.stop();
  });

  test('each further failure doubles the wait', async () => {
    const atMs: number[] = [];
    const source = {
      kind: 'poll' as const,
      async poll(): Promise<Page> {
        atMs.push(performance.now());
        throw new AdapterError('retry', 'timeout', 'no answer');
      },
    };
    // A random number far outside of its range makes a hundredth of each wait: 2.5 ms, 5 ms, …
    const { deps } = setUp(source, { random: () => -1.975 });
    const polling = startPolling(deps, await hold(deps.db, 'source:a'));
    expect(await until(() => atMs.length >= 8, 10_000)).toBe(true);
    await polling.stop();
    // Timers may be a millisecond early, never more.
    expect(atMs[7]! - atMs[6]!).toBeGreaterThan(150);
  });
});
