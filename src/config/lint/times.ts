// Remarks on times of a route that can never apply, and on quiet hours that hold HIGH events.
import type { Interval } from '../../core/rules/schedule.ts';
import { isWholeWeek, isWhollyWithin } from '../../core/rules/week.ts';
import type { Path, Place } from '../read/place.ts';
import type { PolicyRoute, Remark } from './remark.ts';

/** Whether the times of a route leave none. Compares only times of one time zone, to be certain. */
export function hasNoTime({ route: { active, mute = [] } }: PolicyRoute): boolean {
  return isWholeWeek(mute) || active?.every((interval) => isWhollyWithin(interval, mute)) === true;
}

/** Longer than a day, so that the last day is over in every time zone. */
const overAfterMs = 2 * 86_400_000;

/** Remarks on times whose last day has passed. @param nowMs since the epoch */
export function remarkOnPastTimes({ route, place }: PolicyRoute, nowMs: number): Remark[] {
  return [
    ...pastTimes({ times: route.active, path: ['active'], place }, nowMs),
    ...pastTimes({ times: route.mute, path: ['mute'], place }, nowMs),
    ...pastTimes({ times: route.quiet?.times, path: ['quiet', 'times'], place }, nowMs),
  ];
}

export interface PlacedTimes {
  readonly times: readonly Interval[] | undefined;
  /** Of the times, from `place` on. */
  readonly path: Path;
  readonly place: Place;
}

/** @param nowMs since the epoch */
export function pastTimes({ times, path, place }: PlacedTimes, nowMs: number): Remark[] {
  return (times ?? []).flatMap(({ last }, index): Remark[] => {
    if (last === undefined || (last + 1) * 86_400_000 + overAfterMs > nowMs) return [];
    const text = 'is over: its last day has passed. Remove it';
    return [{ rule: 'unreachable_time', where: place([...path, index]), text }];
  });
}

/** By default, quiet hours hold all but CRITICAL events, which not everybody expects. */
export function remarkOnQuiet({ route, content, place }: PolicyRoute): Remark[] {
  if (content.quiet === undefined || content.quiet.passes !== undefined || route.minSeverity > 4)
    return [];
  const text =
    'hold HIGH events until they are over, because passes is not set. Write passes: HIGH to send those at once, or passes: CRITICAL to say that they may wait';
  return [{ rule: 'quiet_holds_high', where: place(['quiet']), text }];
}

export function remarkOnTimes(policy: PolicyRoute): Remark[] {
  const { route, place } = policy;
  const { active = [], mute = [] } = route;
  const rule = 'unreachable_time' as const;
  if (hasNoTime(policy)) {
    const isMuted = mute.length > 0;
    const text = isMuted
      ? 'leaves this route no time: it never takes anything. Correct active or mute, or remove the route'
      : 'holds no minute of the week, so this route never takes anything. Correct the times, or remove the route';
    return [{ rule, where: place([isMuted ? 'mute' : 'active']), text }];
  }
  return active.flatMap((interval, index) => {
    if (!isWhollyWithin(interval, mute)) return [];
    const text = 'has no effect: mute covers all of it. Correct this time or mute, or remove it';
    return [{ rule, where: place(['active', index]), text }];
  });
}
