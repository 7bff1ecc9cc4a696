// Times of a route in which it can have no say, or in which no route has one.
import { isWholeWeek, isWhollyWithin } from '../../core/rules/week.ts';
import type { PolicyRoute, Remark } from './remark.ts';

/** True for a route whose times leave it none; by the same clock only, so that it is certain. */
export function hasNoTime({ route: { active, mute = [] } }: PolicyRoute): boolean {
  return isWholeWeek(mute) || active?.every((interval) => isWhollyWithin(interval, mute)) === true;
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
