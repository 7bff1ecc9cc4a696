// Reads `group` and `throttle` of a route. The store knows both as one policy of groups.
import type { GroupPolicy } from '../../core/rules/group.ts';
import type { RouteInput } from '../read/file.ts';
import { fileValue } from '../read/place.ts';
import type { RouteContent } from '../read/schema/route.ts';
import { isDefined, type Sound } from '../read/sound.ts';
import { durationFrom, wholeNumber } from '../read/values.ts';
import type { RoutesContext } from './context.ts';

const dayMs = 86_400_000;
/** By default a group is announced after half a minute, and again after five minutes. */
const defaults = { waitMs: 30_000, intervalMs: 300_000, max: 1000 } as const;
const countMax = 100_000;

/** Undefined: what the route takes goes out one by one. */
export function groupPolicyOf(route: RouteInput, context: RoutesContext): GroupPolicy | undefined {
  const { group, throttle } = route.content ?? {};
  if (group && throttle) {
    const problem = 'is written, and so is group';
    const where = route.place(['throttle']);
    context.findings.problems.push({ where, problem, remedy: 'Keep one of the two' });
    return undefined;
  }
  if (group) return groupOf(group, route, context);
  return throttle && throttleOf(throttle, route, context);
}

type Group = Sound<NonNullable<RouteContent['group']>>;
type Throttle = Sound<NonNullable<RouteContent['throttle']>>;

function groupOf(group: Group, { place }: RouteInput, { read }: RoutesContext): GroupPolicy {
  const value = (key: 'wait' | 'interval' | 'max') => fileValue(group[key], place, ['group', key]);
  return {
    by: fieldsOf(group),
    waitMs: read(value('wait'), durationFrom(0, dayMs)) ?? defaults.waitMs,
    intervalMs: read(value('interval'), durationFrom(1000, 7 * dayMs)) ?? defaults.intervalMs,
    max: read(value('max'), wholeNumber(2, countMax, 'events')) ?? defaults.max,
    cards: 0,
  };
}

function throttleOf(
  throttle: Throttle,
  { place }: RouteInput,
  context: RoutesContext,
): GroupPolicy {
  const { read, findings } = context;
  const needed = (key: 'max' | 'window') => {
    const where = place(['throttle', key]);
    if (!Object.hasOwn(throttle, key))
      findings.problems.push({ where, problem: 'is missing', remedy: 'Write it down' });
    return fileValue(throttle[key], place, ['throttle', key]);
  };
  return {
    by: fieldsOf(throttle),
    waitMs: 0,
    intervalMs: read(needed('window'), durationFrom(1000, 7 * dayMs)) ?? defaults.intervalMs,
    max: countMax,
    cards: read(needed('max'), wholeNumber(1, countMax, 'events')) ?? 1,
  };
}

function fieldsOf({ by }: Group | Throttle): GroupPolicy['by'] {
  return [...new Set((by ?? []).filter(isDefined))];
}
