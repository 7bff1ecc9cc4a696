// Calendars of who is on duty, as they were last read: so that a restart during an outage of their
// server still knows. Times are those of the database's clock.
import type { ReadCalendar, StoredCalendar } from '../kit/records/calendar.ts';
import type { Fence } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { heldLease } from './leases.ts';
import { type ColumnOf, RowReader } from './row.ts';
import type { calendars } from './schema.ts';

/** There is one so far. */
const name = 'duty';

const calendarRow = new RowReader<ColumnOf<typeof calendars> | 'age' | 'whole_age' | 'now'>(
  'calendars',
);

/**
 * @param origin where it is read from and how; what is stored of another one counts for nothing
 * @returns null if nobody has tried to read it
 */
export async function readStoredCalendar(
  db: Database,
  origin: string,
): Promise<StoredCalendar | null> {
  const [row] = await db.$client`
    select read::text as read, etag, last_modified, error,
      extract(epoch from read_at) * 1000 as read_at,
      extract(epoch from now() - coalesce(read_at, since)) * 1000 as age,
      extract(epoch from now() - whole_at) * 1000 as whole_age,
      extract(epoch from now()) * 1000 as now
    from calendars where name = ${name} and origin = ${origin}`;
  if (row === undefined) return null;
  return {
    read: calendarRow.jsonOrNull<ReadCalendar>(row, 'read'),
    etag: calendarRow.textOrNull(row, 'etag'),
    lastModified: calendarRow.textOrNull(row, 'last_modified'),
    readAtMs: calendarRow.numberOrNull(row, 'read_at'),
    ageMs: Math.max(0, calendarRow.number(row, 'age')),
    wholeAgeMs: calendarRow.numberOrNull(row, 'whole_age'),
    error: calendarRow.textOrNull(row, 'error'),
    nowMs: calendarRow.number(row, 'now'),
  };
}

/** Seconds for which the calendar has not been read; null: there is none. */
export async function readCalendarAge(db: Database): Promise<number | null> {
  const [row] = await db.$client`
    select greatest(0, extract(epoch from now() - coalesce(read_at, since))) as age
    from calendars where name = ${name}`;
  return row === undefined ? null : calendarRow.number(row, 'age');
}

/** What an attempt to read it found. */
export type CalendarNews =
  | {
      readonly kind: 'read';
      readonly read: ReadCalendar;
      readonly etag: string | null;
      readonly lastModified: string | null;
    }
  /** It is as it was. */
  | { readonly kind: 'unchanged' }
  /** Why, in words. What was read before stays. */
  | { readonly kind: 'failed'; readonly error: string };

/** Keeps the outcome of an attempt. Fenced. @returns false: the role was lost, nothing was kept */
export async function keepCalendar(
  db: Database,
  fence: Fence,
  { origin, news }: { readonly origin: string; readonly news: CalendarNews },
): Promise<boolean> {
  const client = db.$client;
  const error = news.kind === 'failed' ? news.error : null;
  const isWhole = news.kind === 'read';
  const read = isWhole ? JSON.stringify(news.read) : null;
  const [etag, lastModified] = isWhole ? [news.etag, news.lastModified] : [null, null];
  const isKnown = news.kind !== 'failed';
  const rows = await client`
    with fence as (${heldLease(client, fence)})
    insert into calendars as c (name, origin, read, etag, last_modified, read_at, whole_at, error)
    select ${name}::text, ${origin}::text, ${read}::text::json, ${etag}::text,
      ${lastModified}::text, case when ${isKnown} then now() end,
      case when ${isWhole} then now() end, ${error}::text
    from fence
    on conflict (name) do update set origin = excluded.origin, error = excluded.error,
      since = case when c.origin = excluded.origin then c.since else now() end,
      read = case when ${isWhole} or c.origin <> excluded.origin then excluded.read else c.read end,
      etag = case when ${isWhole} or c.origin <> excluded.origin then excluded.etag else c.etag end,
      last_modified = case when ${isWhole} or c.origin <> excluded.origin
        then excluded.last_modified else c.last_modified end,
      read_at = case when ${isKnown} or c.origin <> excluded.origin
        then excluded.read_at else c.read_at end,
      whole_at = case when ${isWhole} or c.origin <> excluded.origin
        then excluded.whole_at else c.whole_at end
    returning 1`;
  return rows.length > 0;
}

/** No calendar is configured any more. */
export async function forgetCalendar(db: Database): Promise<void> {
  await db.$client`delete from calendars where name = ${name}`;
}
