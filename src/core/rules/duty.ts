// Who is on duty, by a table of shifts and by a calendar. Pure.
import type { CalendarShift } from '../../kit/records/calendar.ts';
import type { PersonPlace } from './calendar/index.ts';

/** The entry of `mention` that stands for whoever is on duty. */
export const onDuty = 'duty';

export interface Person {
  /** As people know them. */
  readonly who: string;
  /** Configured text that pings, of one or more names; empty: nobody is pinged. */
  readonly mention: readonly string[];
}

/** From its start on and before its end; milliseconds since the epoch. */
export interface Shift extends Person {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly from: 'table' | 'calendar';
}

/** An iCalendar file, or the address of one. */
export interface CalendarSource {
  readonly place:
    | {
        readonly kind: 'url';
        /** A secret: whoever knows it reads the calendar. */
        readonly url: string;
        /** The value of the header `authorization`, a secret. */
        readonly authorization?: string;
      }
    /** An absolute path. */
    | { readonly kind: 'file'; readonly path: string };
  readonly person: PersonPlace;
  /** Of days and of times without a zone: an IANA name. */
  readonly timeZone: string;
  /** Whom to mention, by names of the calendar in small letters. */
  readonly people: ReadonlyMap<string, readonly string[]>;
}

export interface Duty {
  readonly shifts: readonly Shift[];
  /** Absent: the table is all. */
  readonly calendar?: CalendarSource;
  /** Who is told while nobody is on duty, and for whom nobody knows how to mention. */
  readonly fallback: Person;
}

/** The same, with the shifts of its calendar as they were last read. */
export function withCalendar(duty: Duty, shifts: readonly CalendarShift[]): Duty {
  const people = duty.calendar?.people ?? new Map<string, readonly string[]>();
  const own = shifts.map(({ who, names, fromMs, untilMs }): Shift => {
    const known = names.flatMap((name) => people.get(name.toLowerCase()) ?? []);
    const mention = known.length > 0 ? [...new Set(known)] : duty.fallback.mention;
    return { who, mention, fromMs, untilMs, from: 'calendar' };
  });
  return { ...duty, shifts: [...duty.shifts, ...own] };
}

/**
 * Of several shifts at once one of the table counts, and of these the one that began last: it
 * replaces the others.
 */
export function shiftAt({ shifts }: Duty, atMs: number): Shift | undefined {
  const current = shifts.filter(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs);
  const written = current.filter(({ from }) => from === 'table');
  return (written.length > 0 ? written : current).reduce<Shift | undefined>(
    (last, one) => (last === undefined || one.fromMs >= last.fromMs ? one : last),
    undefined,
  );
}

/** The first that begins after that time; undefined: the table ends. */
export function shiftAfter({ shifts }: Duty, atMs: number): Shift | undefined {
  return shifts
    .filter(({ fromMs }) => fromMs > atMs)
    .reduce<Shift | undefined>(
      (first, one) => (first === undefined || one.fromMs < first.fromMs ? one : first),
      undefined,
    );
}
