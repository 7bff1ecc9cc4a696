// One reading of a source to its end: what it stores, where it goes on, and what it says of
// failures.
import { describe, expect, test } from 'vitest';
import { drainSource } from '../../../src/core/intake/drain.ts';
import { createWrites } from '../../../src/core/loops/writes.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import { draft, drafts, hold } from '../../store/stored.ts';
import { never, usePolling } from './poll-setup.ts';

const { database, scripted, setUp, cursorNow, storedIds, noticesOf } = usePolling();

describe('a reading', () => {
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
});
