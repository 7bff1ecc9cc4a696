// Each week is told once: by several processes, after restarts, outages and leaps of a clock.
import { beforeEach, expect, test } from 'vitest';
import { noticeOf, readReport, startReports } from '../../../src/core/notices/report.ts';
import { weekDue, weekOfDay } from '../../../src/core/rules/weekly.ts';
import { draft, hold, quiet, storePage, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';

const db = useDatabase();
const dayMs = 86_400_000;
/** Due at midnight of today, so that the week is over and its time has come. */
const today = new Date().getUTCDay();
const report = { to: ['soc', 'ops'], day: today, minute: 0, timeZone: 'UTC' };

const told = async () =>
  (
    await db().$client`
      select e.type, e.body->'notice'->'values'->>'from' as first, count(d.sink)::int as sinks
      from events e join deliveries d on d.event_id = e.id
      where e.type like 'REPORT%' group by e.id order by e.id`
  ).map(({ type, first, sinks }) => [type, first, sinks]);

/** Looks often until `isDone`, then stops. */
async function run(
  isDone: () => Promise<boolean>,
  { now = Date.now, ...more }: { now?: () => number; to?: string[] } = {},
): Promise<boolean> {
  const lease = await hold(db(), 'job:report');
  const deps = { db: db(), log: quiet, now, report: { ...report, ...more }, everyMs: 5 };
  const worker = startReports(deps, lease);
  const isThere = await until(isDone, 10_000);
  await worker.stop();
  return isThere;
}

/** Waits until a worker has looked at least twice. */
function looks(times = 2): { now: () => number; done: () => Promise<boolean> } {
  let seen = 0;
  return {
    now: () => {
      seen += 1;
      return Date.now();
    },
    done: async () => seen > times,
  };
}

const week = () => weekDue(report, Date.now());

beforeEach(async () => {
  await storePage(db(), { events: [draft(1), draft(2)] });
  await db().$client`
    update events set received_at = now() - case external_id when '1' then interval '2 days'
      else interval '9 days' end`;
});

test('once, for all sinks, whoever holds the role and however often it starts', async () => {
  const isTold = async () => (await told()).length > 0;
  expect(await run(isTold)).toBe(true);
  const once = [['REPORT', week().from, 2]];
  for (const _ of [1, 2]) {
    const { now, done } = looks();
    expect(await run(done, { now })).toBe(true);
  }
  expect(await told()).toEqual(once);
  const two = await Promise.all(
    [looks(), looks()].map(({ now, done }) => run(done, { now, to: ['soc', 'ops'] })),
  );
  expect(two).toEqual([true, true]);
  expect(await told()).toEqual(once);
});

test('not again when its numbers change later', async () => {
  await db().$client`
    update events set received_at = now() - interval '20 days' where external_id = '1'`;
  expect(await run(async () => (await told()).length > 0)).toBe(true);
  const once = [['REPORT_EMPTY', week().from, 2]];
  expect(await told()).toEqual(once);
  await db().$client`
    update events set received_at = now() - interval '2 days' where external_id = '2'`;
  const { now, done } = looks();
  expect(await run(done, { now })).toBe(true);
  expect(await told()).toEqual(once);
});

test('after an outage the last week alone, and no other once it was told', async () => {
  await db().$client`
    update events set received_at = received_at - interval '60 days' where external_id = '2'`;
  expect(await run(async () => (await told()).length > 0)).toBe(true);
  expect(await told()).toEqual([['REPORT', week().from, 2]]);
});

test('not before its time, though one clock says so', async () => {
  const past = () => Date.now() - 7 * dayMs;
  let seen = 0;
  const now = () => {
    seen += 1;
    return past();
  };
  await db().$client`
    update events set received_at = now() - case external_id when '1' then interval '20 days'
      else interval '2 days' end`;
  expect(await run(async () => seen > 3, { now })).toBe(true);
  const before = weekDue(report, past());
  expect(await told()).toEqual([['REPORT_EMPTY', before.from, 2]]);
  const { now: right, done } = looks();
  expect(await run(done, { now: right })).toBe(true);
  expect((await told()).map(([, first]) => first)).toEqual([before.from, week().from]);
});

test('nothing of a time from which nothing is stored', async () => {
  await db().$client`update events set received_at = now()`;
  const { now, done } = looks();
  expect(await run(done, { now })).toBe(true);
  expect(await told()).toEqual([]);
});

test('a week without events is one line', async () => {
  const empty = weekOfDay(report, '2001-01-01');
  const notice = noticeOf(await readReport(db(), report, empty), { key: 'k', to: ['soc'] });
  expect(notice).toEqual({
    notice: { kind: 'report_empty', values: { from: empty.from, until: empty.until } },
    ...{ key: 'k', to: ['soc'] },
  });
});

test('the week has its events, and those of the week before beside them', async () => {
  const found = await readReport(db(), report, week());
  expect([found.week.events, found.before.events]).toEqual([1, 1]);
  const { notice } = noticeOf(found, { key: 'k', to: [] });
  expect(notice.values).toMatchObject({ count: '1', before: '1' });
});
