// The weekly report: the worker of the role `job:report` tells each week once, and late rather than
// never. Its notice is stored under the name of the week, which is how others know that it was told.
import type { Report } from '../../kit/report.ts';
import type { Logger } from '../../observe/log.ts';
import { readClock } from '../../store/clock.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { readHandled } from '../../store/numbers.ts';
import { isNoticeStored, readNoise, readOldestMs } from '../../store/report.ts';
import { type Job, startJob } from '../loops/job.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import { reportOf, reportRowsMax } from '../numbers/report.ts';
import { type Week, type Weekly, weekBefore, weekDue } from '../rules/weekly.ts';
import { type KeyedNotice, noticeEvent, storeNotice } from './notice.ts';

const everyMs = 30_000;

export interface ReportDependencies {
  readonly db: Database;
  readonly log: Logger;
  /** Of this machine, in milliseconds since the epoch. */
  readonly now: () => number;
  readonly report: Weekly & { readonly to: readonly string[] };
  readonly everyMs?: number;
}

export function startReports(deps: ReportDependencies, lease: Lease): RoleWorker {
  const { db, log, now, report } = deps;
  /** The last week that is known to be told. */
  let told: string | undefined;

  async function look(job: Job): Promise<void> {
    const { clockMs } = await job.ask(() => readClock(db));
    // Both clocks must say so: one that leaps ahead tells no week before its time.
    const week = weekDue(report, Math.min(clockMs, now()));
    if (week.until === told) return;
    const outcome = await job.ask(() => tell(deps, week, lease));
    told = week.until;
    if (outcome === 'told')
      log.info({ from: week.from, until: week.until, to: report.to }, 'the weekly report is told');
  }

  return startJob(lease, {
    everyMs: deps.everyMs ?? everyMs,
    act: look,
    onError: (error) =>
      log.error(
        { error: databaseErrorText(error) },
        'the weekly report could not be told; it is tried again',
      ),
  });
}

/** `before`: nothing had been stored when it was due, so there is nothing to catch up with. */
async function tell(
  { db, now, report }: ReportDependencies,
  week: Week,
  fence: Lease,
): Promise<'told' | 'known' | 'before'> {
  const key = `week ${week.from} ${week.until}`;
  const ids = (['report', 'report_empty'] as const).map(
    (kind) => noticeEvent({ notice: { kind, values: {} }, key, to: [], nowMs: 0 }).draft.externalId,
  );
  for (const id of ids) if (await isNoticeStored(db, id)) return 'known';
  const oldestMs = await readOldestMs(db);
  if (oldestMs === null || oldestMs > week.dueMs) return 'before';
  const notice = noticeOf(await readReport(db, report, week), { key, to: report.to });
  await storeNotice({ db, fence, nowMs: now() }, notice);
  return 'told';
}

/** @throws the driver's error */
export async function readReport(db: Database, weekly: Weekly, week: Week): Promise<Report> {
  const of = ({ fromMs, untilMs }: Week) => ({ sinceMs: fromMs, untilMs });
  const rowsMax = reportRowsMax + 1;
  const events = await readHandled(db, { ...of(week), rowsMax });
  const before = await readHandled(db, { ...of(weekBefore(weekly, week)), rowsMax });
  const noise = await readNoise(db, { ...of(week), rowsMax: reportRowsMax });
  return reportOf(week, { events, before, ...noise });
}

/** The report as a notice; of a week without events, one line. */
export function noticeOf(
  report: Report,
  { key, to }: Pick<KeyedNotice, 'key' | 'to'>,
): KeyedNotice {
  const { from, until, week, before } = report;
  if (week.events === 0 && report.dead === 0)
    return { notice: { kind: 'report_empty', values: { from, until } }, key, to };
  const values = {
    ...{ from, until, count: String(week.events), before: String(before.events) },
    ...(week.open > 0 && { open: String(week.open) }),
  };
  return { notice: { kind: 'report', values }, report, key, to };
}
