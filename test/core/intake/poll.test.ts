// The loop that reads a source, on a real Postgres: what it stores, where it reads on, when it
// looks again, whom it tells.
import { describe, expect, test } from 'vitest';
import { drainSource } from '../../../src/core/intake/drain.ts';
import type { FreshDeliveries } from '../../../src/core/intake/intake.ts';
import { type PollDependencies, startPolling, watchSource } from '../../../src/core/intake/poll.ts';
import { createWrites } from '../../../src/core/loops/writes.ts';
import { SilenceReader } from '../../../src/core/silences/reader.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { Page } from '../../../src/kit/source.ts';
import { createLogger } from '../../../src/observe/log.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { readCursor } from '../../../src/store/cursors.ts';
import { draft, drafts, hold, quiet, toSoc, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';

describe('reading', () => {
  const database = useDatabase();

  /**
   * A source that gives these pages, or throws these errors, one after the other; then empty ones.
   */
  function scripted(steps: readonly (Partial<Page> | Error)[]) {
    const asked: (string | null)[] = [];
    const left = [...steps];
    return {
      asked,
      kind: 'poll' as const,
      async poll(cursor: string | null): Promise<Page> {
        asked.push(cursor);
        const step = left.shift();
        if (step instanceof Error) throw step;
        return { events: [], cursor: null, more: false, ...step };
      },
    };
  }

  function setUp(source: PollDependencies['source'], more: Partial<PollDependencies> = {}) {
    const fresh: FreshDeliveries[] = [];
    const deps: PollDependencies = {
      id: 'a',
      source,
      db: database(),
      routes: toSoc,
      silences: new SilenceReader(database(), quiet),
      intervalMs: 20,
      metrics: createMetrics({
        version: 't',
        sources: [{ id: 'a' }],
        sinks: [{ id: 'soc' }],
        roles: [],
      }),
      log: quiet,
      now: Date.now,
      random: () => 0.5,
      lanes: { offer: (deliveries) => void fresh.push(deliveries) },
      ...more,
    };
    return { deps, fresh };
  }

  const never = new AbortController().signal;
  const cursorNow = async () => (await readCursor(database(), 'a')).cursor;
  const storedIds = async () => {
    const rows = await database()
      .$client`select external_id from events where source = 'a' order by id`;
    return rows.map((row) => row.external_id);
  };
  const noticesOf = async (type: string) => {
    const rows = await database().$client`
      select d.sink from events e join deliveries d on d.event_id = e.id where e.source = 'tocsin' and e.type = ${type} order by 1`;
    return rows.map((row) => row.sink);
  };

  test('goes on to the last page, each asked for from where the one before ended, and hands on what is fresh', async () => {
    const pages = [
      { events: drafts(1, 2), cursor: 'c2', more: true },
      { events: drafts(3, 2), cursor: 'c4', more: true },
      { cursor: 'c4' },
    ];
    const source = scripted(pages);
    const { deps, fresh } = setUp(source);
    expect(await drainSource(deps, await hold(deps.db, 'source:a'), { signal: never })).toEqual({
      events: 4,
    });
    expect(source.asked).toEqual([null, 'c2', 'c4']);
    expect([await cursorNow(), await storedIds()]).toEqual(['c4', ['1', '2', '3', '4']]);
    const offered = fresh.flatMap((deliveries) => deliveries.get('soc') ?? []);
    expect(offered.map(({ event }) => event.externalId)).toEqual(['1', '2', '3', '4']);
  });

  test('a page that fails leaves the cursor at the one before, and the next look begins there', async () => {
    const malformed = new AdapterError('retry', 'malformed', 'cut off');
    const source = scripted([
      { events: drafts(1, 2), cursor: 'c2', more: true },
      malformed,
      { events: drafts(3, 1) },
    ]);
    const { deps } = setUp(source);
    const lease = await hold(deps.db, 'source:a');
    expect(await drainSource(deps, lease, { signal: never })).toMatchObject({
      events: 2,
      failure: { reason: 'malformed' },
    });
    expect(await cursorNow()).toBe('c2');
    expect(await drainSource(deps, lease, { signal: never })).toEqual({ events: 1 });
    // A page without a cursor leaves it where it was: it never moves to null.
    expect([source.asked, await cursorNow()]).toEqual([[null, 'c2', 'c2'], 'c2']);
  });

  test('a page without a cursor in the middle does not lead back to the start', async () => {
    const source = scripted([{ cursor: 'c1', more: true }, { more: true }, {}]);
    const { deps } = setUp(source);
    await drainSource(deps, await hold(deps.db, 'source:a'), { signal: never });
    expect(source.asked).toEqual([null, 'c1', 'c1']);
  });

  test('a page that cannot be stored is read again, and nothing of it was kept', async () => {
    const page = { events: drafts(1, 2), cursor: 'c2' };
    const source = scripted([page, page]);
    const { deps } = setUp(source);
    const lease = await hold(deps.db, 'source:a');
    await deps.db.$client`alter table cursors rename column cursor to away`;
    const failed = await drainSource({ ...deps, source }, lease, { signal: never }).finally(
      () => deps.db.$client`alter table cursors rename column away to cursor`,
    );
    expect(failed).toMatchObject({ events: 0, failure: { reason: 'database' } });
    expect([await cursorNow(), await storedIds()]).toEqual([null, []]);
    expect(await drainSource(deps, lease, { signal: never })).toEqual({ events: 2 });
  });

  test('that pages could not be written is a problem for as long as there are pages to write', async () => {
    const page = { events: drafts(1, 2), cursor: 'c2' };
    const away = new AdapterError('retry', 'timeout', 'no answer');
    const writes = createWrites();
    const { deps } = setUp(scripted([page, page, page, away]), { writes });
    const lease = await hold(deps.db, 'source:a');
    const drain = () => drainSource(deps, lease, { signal: never });
    await deps.db.$client`alter table events rename column raw to away`;
    for (let times = 0; times < 3; times += 1) await drain();
    await deps.db.$client`alter table events rename column away to raw`;
    expect(writes.problem()).toMatchObject({ reason: 'other' });
    // The console went away meanwhile: nobody knows whether the database takes pages, and people
    // must not be told that it does not.
    await drain();
    expect(writes.problem()).toBeUndefined();
  });

  test('the source is told if what it gave is not in the store, and only then', async () => {
    const page = { events: drafts(1, 2), cursor: 'c2' };
    const told: number[] = [];
    const malformed = new AdapterError('retry', 'malformed', 'cut off');
    const source = {
      ...scripted([page, malformed, page, page]),
      notStored: () => void told.push(1),
    };
    const { deps } = setUp(source);
    const lease = await hold(deps.db, 'source:a');
    await drainSource(deps, lease, { signal: never });
    await drainSource(deps, lease, { signal: never });
    expect(told).toEqual([]);
    const stale = { ...lease, epoch: lease.epoch - 1 };
    await drainSource(deps, stale, { signal: never });
    expect(told).toEqual([1]);
    await deps.db.$client`alter table events rename column raw to away`;
    await drainSource(deps, lease, { signal: never }).finally(
      () => deps.db.$client`alter table events rename column away to raw`,
    );
    expect(told).toEqual([1, 1]);
  });

  test('an error that the adapter did not mean to throw is its own fault, not the database’s', async () => {
    const { deps } = setUp(scripted([new TypeError('x is undefined')]));
    const { failure } = await drainSource(deps, await hold(deps.db, 'source:a'), { signal: never });
    expect(failure).toMatchObject({
      reason: 'unknown',
      message: expect.stringContaining('x is undefined'),
    });
  });

  test('ends when the role was lost, and asks for no further page than the one under way', async () => {
    const endless = Array.from({ length: 9 }, (_, n) => ({
      events: [draft(n)],
      cursor: `c${n}`,
      more: true,
    }));
    const source = scripted(endless);
    const { deps } = setUp(source);
    const lease = await hold(deps.db, 'source:a');
    const stale = { ...lease, epoch: lease.epoch - 1 };
    expect(await drainSource(deps, stale, { signal: never })).toMatchObject({
      events: 0,
      failure: { reason: 'taken_over' },
    });
    expect([source.asked.length, await storedIds(), await cursorNow()]).toEqual([2, [], null]);
  });

  test('a page that comes after the stop is not stored', async () => {
    const abort = new AbortController();
    const source = {
      kind: 'poll' as const,
      async poll() {
        abort.abort();
        return { events: drafts(1, 2), cursor: 'c2', more: false };
      },
    };
    const { deps } = setUp(source);
    expect(
      await drainSource(deps, await hold(deps.db, 'source:a'), { signal: abort.signal }),
    ).toEqual({ events: 0 });
    expect([await storedIds(), await cursorNow()]).toEqual([[], null]);
  });

  test('what the source has to say is stored with its page, for every sink that hears of it', async () => {
    const routes = [
      { name: 'one', minSeverity: 5 as const, to: ['soc', 'boss'] },
      { name: 'other', minSeverity: 1 as const, sources: ['b'], to: ['archive'] },
    ];
    const notice = { kind: 'watching' as const, values: { source: 'a', from: 'now' } };
    const { deps } = setUp(scripted([{ cursor: 'c', notice }]), { routes });
    await drainSource(deps, await hold(deps.db, 'source:a'), { signal: never });
    expect(await noticesOf('WATCHING')).toEqual(['boss', 'soc']);
  });

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

  test('what is read and cannot be stored is no success, and counts as what it is', async () => {
    const { deps } = setUp(scripted([{ events: drafts(1, 3), cursor: 'c3' }]), {
      now: () => 77_000,
    });
    const lease = await hold(deps.db, 'source:a');
    const value = async (name: string) => {
      const line = (await deps.metrics.expose())
        .split('\n')
        .find((one) => one.startsWith(`${name} `));
      return Number(line?.split(' ')[1]);
    };
    await database().$client`alter table events add constraint refused check (type = 'X')`;
    try {
      expect(await drainSource(deps, lease, { signal: never })).toMatchObject({
        failure: { reason: 'database' },
      });
      expect(await value('tocsin_source_last_success_timestamp_seconds{source="a"}')).toBe(0);
      expect(await value('tocsin_source_polls_total{source="a",outcome="database"}')).toBe(1);
    } finally {
      await database().$client`alter table events drop constraint refused`;
    }
    await drainSource(deps, lease, { signal: never });
    expect(await value('tocsin_source_last_success_timestamp_seconds{source="a"}')).toBe(77);
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
