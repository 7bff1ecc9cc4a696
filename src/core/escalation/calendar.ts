// The worker of the role `job:duty`: reads the calendar of who is on duty again and again, and keeps
// what it says in the database, so that neither an outage of its server nor a restart forgets it.
import type { HttpClient } from '../../kit/http/index.ts';
import type { StoredCalendar } from '../../kit/records/calendar.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import { type CalendarNews, keepCalendar, readStoredCalendar } from '../../store/calendars.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { startJob } from '../loops/job.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import { type CalendarSource, type Duty, withCalendar } from '../rules/duty.ts';
import { originOf, readSource } from './calendar-source.ts';

const everyMs = 5 * 60_000;
/** What repeats is known for a while ahead alone, so that even what is unchanged is read again. */
const wholeEveryMs = 86_400_000;

export interface CalendarDependencies {
  readonly db: Database;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'dutyCalendarReads'>;
  readonly http: HttpClient;
  readonly calendar: CalendarSource;
  readonly everyMs?: number;
}

export function startCalendar(deps: CalendarDependencies, lease: Lease): RoleWorker {
  const stopping = new AbortController();
  const reading = new CalendarReading(deps, lease);
  const worker = startJob(lease, {
    everyMs: deps.everyMs ?? everyMs,
    act: () => reading.look(stopping.signal),
    onError: (error) =>
      deps.log.error(
        { error: databaseErrorText(error) },
        'the calendar of who is on duty could not be kept; it is tried again',
      ),
  });
  return {
    ...(worker.stuckMs && { stuckMs: () => worker.stuckMs!() }),
    async stop() {
      stopping.abort(new Error('stopping'));
      await worker.stop();
    },
  };
}

export class CalendarReading {
  readonly #deps: CalendarDependencies;
  readonly #lease: Lease;
  #last: CalendarNews['kind'] | undefined;

  constructor(deps: CalendarDependencies, lease: Lease) {
    this.#deps = deps;
    this.#lease = lease;
  }

  /** Reads it once. @throws the driver's error */
  async look(signal: AbortSignal): Promise<void> {
    const { db, http, calendar, metrics } = this.#deps;
    const origin = originOf(calendar);
    const stored = await readStoredCalendar(db, origin);
    const nowMs = stored?.nowMs ?? Date.now();
    let news: CalendarNews;
    try {
      news = await readSource(calendar, { http, signal, nowMs, known: mayBeUnchanged(stored) });
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    if (!(await keepCalendar(db, this.#lease, { origin, news }))) return this.#lease.lose();
    metrics.dutyCalendarReads.inc({ outcome: news.kind });
    this.#report(news);
  }

  /** Each outcome when it differs from the last one. */
  #report(news: CalendarNews): void {
    const { log } = this.#deps;
    const before = this.#last;
    this.#last = news.kind;
    if (news.kind === 'failed') {
      if (before === 'failed') return;
      log.warn({ error: news.error }, 'the calendar of who is on duty could not be read');
    } else if (before === 'failed' || (before === undefined && news.kind === 'read'))
      log.info({}, 'the calendar of who is on duty was read');
    if (news.kind === 'read' && news.read.unread.length > 0)
      log.warn(
        { unread: news.read.unread },
        'events of the calendar of who is on duty are not read',
      );
  }
}

function mayBeUnchanged(stored: StoredCalendar | null): StoredCalendar | null {
  if (stored === null || stored.read === null) return null;
  const age = stored.wholeAgeMs;
  return age !== null && age >= 0 && age < wholeEveryMs ? stored : null;
}

/** Who is on duty, with the calendar as it was last read. @throws the driver's error */
export async function currentDuty(db: Database, duty: Duty): Promise<Duty> {
  const stored = await readCalendarOf(db, duty);
  return withCalendar(duty, stored?.read?.shifts ?? []);
}

/** Null: the duty has no calendar, or nobody has tried to read it. @throws the driver's error */
export async function readCalendarOf(
  db: Database,
  { calendar }: Pick<Duty, 'calendar'>,
): Promise<StoredCalendar | null> {
  return calendar === undefined ? null : readStoredCalendar(db, originOf(calendar));
}
