// When a silence is over, those from whom it hid something hear it once, also with two processes
// and after a crash in between.
import { expect, test } from 'vitest';
import { SilenceReader } from '../../../src/core/silences/reader.ts';
import { startSilenceSummaries } from '../../../src/core/silences/summary.ts';
import { endSilence, insertSilences } from '../../../src/store/silences.ts';
import { draft, hold, quiet, storePage, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';

const database = useDatabase();
const routes = [{ name: 'all', minSeverity: 0 as const, to: ['soc', 'boss', 'gone', 'night'] }];
const severities = [5, 2, 2, 0] as const;

/** Four events; the silence hid all of them from `soc` and `gone`, and is over. */
async function overSilence(matcher: object = { sinks: ['soc', 'gone'] }): Promise<number> {
  const now = Date.now();
  const times = { startsAtMs: now - 60_000, endsAtMs: now + 60_000 };
  const texts = { owner: '@anna', reason: 'patch *night*' };
  const [id] = await insertSilences(database(), [
    { matcher: matcher as Record<string, unknown>, ...texts, ...times },
  ]);
  const page = severities.map((severity, n) => draft(`${id}-${n}`, { severity }));
  const silences = new SilenceReader(database(), quiet);
  await storePage(database(), { routes, events: page, nowMs: now, silences });
  expect(await endSilence(database(), id!, { owner: '@anna', version: null })).toBeUndefined();
  return id!;
}

const summarised = async () =>
  (
    await database().$client`select id from silences where summarised_at is not null order by id`
  ).map(({ id }) => id);
const notices = async () => {
  const rows = await database().$client`
    select e.type, e.severity, e.body->'notice'->'values' as values, d.sink, d.state from events e left join deliveries d on d.event_id = e.id
    where source = 'tocsin' order by e.id, d.sink`;
  return rows.map((row) => ({ ...row }));
};

async function work(graceMs = 0) {
  const lease = await hold(database(), 'job:silences');
  const deps = {
    db: database(),
    log: quiet,
    sinks: ['soc', 'boss', 'night'],
    recurring: [],
    now: Date.now,
    graceMs,
  };
  return startSilenceSummaries(deps, lease);
}

test('the sinks from which it hid something, and that there still are, hear what it was', async () => {
  const id = await overSilence();
  const worker = await work();
  expect(await until(async () => (await summarised()).length === 1, 5000)).toBe(true);
  await worker.stop();
  const severities = '1 CRITICAL, 1 UNKNOWN, 2 LOW';
  const values = {
    silence: String(id),
    owner: '@anna',
    reason: 'patch *night*',
    count: '4',
    severities,
  };
  expect(await notices()).toEqual([
    { type: 'SILENCE_OVER', severity: 1, values, sink: 'soc', state: 'pending' },
  ]);
});

test('a process that dies between notice and mark repeats nothing, nor do two at once', async () => {
  await overSilence();
  for (const _ of [1, 2]) {
    await database().$client`update silences set summarised_at = null`;
    const workers = [await work(), await work()];
    expect(await until(async () => (await summarised()).length === 1, 5000)).toBe(true);
    await Promise.all(workers.map((worker) => worker.stop()));
  }
  expect(await notices()).toHaveLength(1);
});

test('a silence that hid nothing ends without a word', async () => {
  const id = await overSilence({ types: ['NOTHING'] });
  const worker = await work();
  expect(await until(async () => (await summarised()).length === 1, 5000)).toBe(true);
  await worker.stop();
  expect([await summarised(), await notices()]).toEqual([[id], []]);
});

test('neither one that is active or waits for its time, nor one whose last pages may still be written, is summed up', async () => {
  await overSilence();
  const times = { startsAtMs: Date.now() - 1000, endsAtMs: Date.now() + 60_000 };
  const other = { matcher: {}, owner: 'a', reason: 'b' };
  await insertSilences(database(), [
    { ...other, ...times },
    { ...other, ...times, startsAtMs: Date.now() + 50_000 },
  ]);
  const worker = await work(15_000);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await worker.stop();
  expect([await summarised(), await notices()]).toEqual([[], []]);
});

test('without the role it says nothing', async () => {
  await overSilence();
  const lease = await hold(database(), 'job:silences');
  const deps = {
    db: database(),
    log: quiet,
    sinks: ['soc'],
    recurring: [],
    now: Date.now,
    graceMs: 0,
  };
  const worker = startSilenceSummaries(deps, { ...lease, epoch: lease.epoch - 1 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await worker.stop();
  expect([await summarised(), await notices()]).toEqual([[], []]);
});

test('only its owner ends it, and only once', async () => {
  const id = await overSilence();
  const [waiting] = await insertSilences(database(), [
    {
      matcher: {},
      owner: 'anna',
      reason: 'b',
      startsAtMs: Date.now() + 50_000,
      endsAtMs: Date.now() + 60_000,
    },
  ]);
  const ends = async (one: number, owner: string) =>
    endSilence(database(), one, { owner, version: null });
  expect(await ends(id, '@anna')).toBe('over');
  expect(await ends(id + 999, '@anna')).toBe('unknown');
  expect(await ends(waiting!, 'bob')).toBe('other_owner');
  expect(await ends(waiting!, 'anna')).toBeUndefined();
});
