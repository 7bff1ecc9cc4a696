// Who is on duty, by a table of shifts. Pure.

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
}

export interface Duty {
  readonly shifts: readonly Shift[];
  /** Who is told while nobody is on duty. */
  readonly fallback: Person;
}

/** Of several shifts at once the one that began last counts: it replaces the others. */
export function shiftAt({ shifts }: Duty, atMs: number): Shift | undefined {
  return shifts
    .filter(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs)
    .reduce<Shift | undefined>(
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
