// Times of a route in which it can have no say, or in which no route has one.
import { isWholeWeek, isWhollyWithin } from '../../core/rules/week.ts';
import type { PolicyRoute, Remark } from './remark.ts';

/** True for a route whose times leave it none; by the same clock only, so that it is certain. */
export function hasNoTime({ route: { active, mute = [] } }: PolicyRoute): boolean {
  return isWholeWeek(mute) || active?.every((interval) => isWhollyWithin(interval, mute)) === true;
}

/** A day and more: whatever the time zone, it is over then. */
const overAfterMs = 2 * 86_400_000;

/** Times of which the last day has passed. @param nowMs since the epoch */
export function remarkOnPastTimes({ route, place }: PolicyRoute, nowMs: number): Remark[] {
  return (['active', 'mute'] as const).flatMap((key) =>
    (route[key] ?? []).flatMap(({ last }, index): Remark[] => {
      if (last === undefined || (last + 1) * 86_400_000 + overAfterMs > nowMs) return [];
      return [
        { rule: 'unreachable_time', where: place([key, index]), text: 'is over: its last day has passed. Remove it' },
      ];
    }),
  );
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
