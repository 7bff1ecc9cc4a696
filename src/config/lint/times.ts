// Times of a route in which it can have no say, or in which no route has one.

import type { Interval } from '../../core/rules/schedule.ts';
import { isWholeWeek, isWhollyWithin } from '../../core/rules/week.ts';
import type { Place } from '../read/problems.ts';
import type { PolicyRoute, Remark } from './remark.ts';

/** True for a route whose times leave it none; by the same clock only, so that it is certain. */
export function hasNoTime({ route: { active, mute = [] } }: PolicyRoute): boolean {
  return isWholeWeek(mute) || active?.every((interval) => isWhollyWithin(interval, mute)) === true;
}

/** A day and more: whatever the time zone, it is over then. */
const overAfterMs = 2 * 86_400_000;

/** Times of which the last day has passed. @param nowMs since the epoch */
export function remarkOnPastTimes({ route, place }: PolicyRoute, nowMs: number): Remark[] {
  return [
    ...pastTimes(route.active, ['active'], place, nowMs),
    ...pastTimes(route.mute, ['mute'], place, nowMs),
    ...pastTimes(route.quiet?.times, ['quiet', 'times'], place, nowMs),
  ];
}

/** @param path of the times, from `place` on @param nowMs since the epoch */
export function pastTimes(
  times: readonly Interval[] | undefined,
  path: readonly PropertyKey[],
  place: Place,
  nowMs: number,
): Remark[] {
  return (times ?? []).flatMap(({ last }, index): Remark[] => {
    if (last === undefined || (last + 1) * 86_400_000 + overAfterMs > nowMs) return [];
    const text = 'is over: its last day has passed. Remove it';
    return [{ rule: 'unreachable_time', where: place([...path, index]), text }];
  });
}

/** By default they hold all but CRITICAL events, which the word quiet may not say to everybody. */
export function remarkOnQuiet({ route, content, place }: PolicyRoute): Remark[] {
  if (content.quiet === undefined || content.quiet.passes !== undefined || route.minSeverity > 4) return [];
  const text =
    'hold HIGH events until they are over, because passes is not written. Write passes: HIGH to send those at once, or passes: CRITICAL to say that they may wait';
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
    const text = 'does nothing: mute takes all of it away. Correct this time or mute, or remove it';
    return [{ rule, where: place(['active', index]), text }];
  });
}
