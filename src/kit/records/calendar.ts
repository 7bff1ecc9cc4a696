// A calendar of who is on duty, as it was read and as the database keeps it. Types alone.

/** From its start on and before its end; milliseconds since the epoch. */
export interface CalendarShift {
  readonly who: string;
  /** What the person may be known by: a name, an address of mail. */
  readonly names: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface ReadCalendar {
  /** In the order in which they begin. */
  readonly shifts: readonly CalendarShift[];
  /** One sentence for each event that is not read, the first of them. */
  readonly unread: readonly string[];
}

/** Times are milliseconds since the epoch, by the database's clock. */
export interface StoredCalendar {
  /** Null: it was never read. */
  readonly read: ReadCalendar | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** When it was last as it is here; null: never. */
  readonly readAtMs: number | null;
  /** For how long it has not been read, since the first attempt if it never was. */
  readonly ageMs: number;
  /** For how long its text has not been read whole; null: it never was. */
  readonly wholeAgeMs: number | null;
  /** Why the last attempt failed, in words; null: it did not. */
  readonly error: string | null;
  readonly nowMs: number;
}
