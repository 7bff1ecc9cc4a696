// Finds the times of the week at which no route sends the CRITICAL or HIGH events of a source.
// Others may be left out on purpose.
import { type Interval, isWithin } from '../../core/rules/schedule.ts';
import type { Severity } from '../../kit/event.ts';
import type { PolicyRoute } from './remark.ts';

const minuteMs = 60_000;
const weekMs = 7 * 24 * 60 * minuteMs;
/** Offsets of time zones are multiples of this. */
const clockStepMinutes = 15;
const grave = [5, 4] as const satisfies readonly Severity[];

/** When no event of these severities is sent. */
export interface Gap {
  /** Empty: no route is for the source, so none of its events is sent. */
  readonly severities: readonly Severity[];
  /**
   * In order, in milliseconds since the epoch; events are sent again at `untilMs`. Undefined: they
   * are never sent.
   */
  readonly stretches: readonly { readonly fromMs: number; readonly untilMs: number }[] | undefined;
}

/** Which routes take events at which times. */
export interface Timetable {
  /**
   * Milliseconds since the epoch, in equal steps. Every beginning and every end of an interval is
   * one of them.
   */
  readonly times: readonly number[];
  readonly rows: readonly {
    readonly route: PolicyRoute['route'];
    readonly isOpen: readonly boolean[];
  }[];
}

/** For the seven days from `nowMs` on. @param routes those that can take events at all */
export function timetableOf(routes: readonly PolicyRoute[], nowMs: number): Timetable {
  const times = timesOf(routes, nowMs);
  const isOpen = routes.map((): boolean[] => []);
  // Time by time and not route by route, because each time zone remembers its last minute.
  for (const atMs of times)
    for (const [index, { route }] of routes.entries()) isOpen[index]!.push(isOpenAt(route, atMs));
  return { times, rows: routes.map(({ route }, index) => ({ route, isOpen: isOpen[index]! })) };
}

export function gapsOf(source: string, { times, rows }: Timetable): Gap[] {
  const own = rows.filter(({ route }) => route.sources?.includes(source) ?? true);
  if (own.length === 0) return [{ severities: [], stretches: undefined }];
  const gaps = grave.flatMap((severity): Gap[] => {
    const able = own.filter(({ route }) => route.minSeverity <= severity);
    const isSilent = times.map((_, index) => !able.some(({ isOpen }) => isOpen[index]));
    if (!isSilent.includes(true)) return [];
    return [
      {
        severities: [severity],
        stretches: isSilent.includes(false) ? stretchesOf(isSilent, times) : undefined,
      },
    ];
  });
  const [critical, high] = gaps;
  const isSame =
    high !== undefined && JSON.stringify(critical?.stretches) === JSON.stringify(high.stretches);
  return isSame ? [{ ...high, severities: grave }] : gaps;
}

function isOpenAt({ active, mute }: PolicyRoute['route'], atMs: number): boolean {
  return (
    (active === undefined || isWithin(active, atMs)) &&
    !(mute !== undefined && isWithin(mute, atMs))
  );
}

function timesOf(routes: readonly PolicyRoute[], nowMs: number): number[] {
  const intervals = routes.flatMap(({ route }): Interval[] => [
    ...(route.active ?? []),
    ...(route.mute ?? []),
  ]);
  if (intervals.length === 0) return [nowMs];
  const minutes = intervals.flatMap(({ fromMinute, toMinute }) => [fromMinute, toMinute]);
  const stepMs = minutes.reduce(commonDivisor, clockStepMinutes) * minuteMs;
  const start = Math.floor(nowMs / stepMs) * stepMs;
  return Array.from({ length: weekMs / stepMs }, (_, step) => start + step * stepMs);
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

function stretchesOf(isSilent: readonly boolean[], times: readonly number[]): Gap['stretches'] {
  const stepMs = times[1]! - times[0]!;
  const stretches: { fromMs: number; untilMs: number }[] = [];
  for (const [index, fromMs] of times.entries()) {
    if (!isSilent[index]) continue;
    const last = stretches.at(-1);
    if (last !== undefined && last.untilMs === fromMs) last.untilMs += stepMs;
    else stretches.push({ fromMs, untilMs: fromMs + stepMs });
  }
  const [first, ...others] = stretches;
  const last = others.pop();
  if (first === undefined || last === undefined) return stretches;
  // A stretch at the end of the week continues at its beginning.
  const isRound = first.fromMs === times[0] && last.untilMs === times.at(-1)! + stepMs;
  return isRound
    ? [...others, { fromMs: last.fromMs, untilMs: first.untilMs + weekMs }]
    : stretches;
}
