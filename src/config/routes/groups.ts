// What a route says of waiting: `group` and `throttle`, which the store knows as one thing.
import type { GroupPolicy } from '../../core/rules/group.ts';
import type { Findings } from '../read/environment.ts';
import { fileValue, type RouteInput } from '../read/file.ts';
import type { OptionReader } from '../read/options.ts';
import { durationFrom, wholeNumber } from '../read/values.ts';

const dayMs = 86_400_000;
/** Those that are usual: a group is told of after half a minute, and again after five. */
const defaults = { waitMs: 30_000, intervalMs: 300_000, max: 1000 } as const;
const countMax = 100_000;

/** Undefined: what the route takes goes out one by one. */
export function groupPolicyOf(route: RouteInput, read: OptionReader, findings: Findings): GroupPolicy | undefined {
  const { group, throttle } = route.content;
  if (group && throttle) {
    const problem = 'is written, and so is group';
    findings.problems.push({ where: route.place(['throttle']), problem, remedy: 'Keep one of the two' });
    return undefined;
  }
  if (group) return groupOf(group, route, read);
  return throttle && throttleOf(throttle, route, read, findings);
}

function groupOf(group: NonNullable<RouteInput['content']['group']>, { place }: RouteInput, read: OptionReader) {
  const value = (key: 'wait' | 'interval' | 'max') => fileValue(group[key], place, ['group', key]);
  return {
    by: [...new Set(group.by)],
    waitMs: read(value('wait'), durationFrom(0, dayMs)) ?? defaults.waitMs,
    intervalMs: read(value('interval'), durationFrom(1000, 7 * dayMs)) ?? defaults.intervalMs,
    max: read(value('max'), wholeNumber(2, countMax, 'events')) ?? defaults.max,
    cards: 0,
  };
}

function throttleOf(
  throttle: NonNullable<RouteInput['content']['throttle']>,
  { place }: RouteInput,
  read: OptionReader,
  findings: Findings,
): GroupPolicy {
  const needed = (key: 'max' | 'window') => {
    const value = fileValue(throttle[key], place, ['throttle', key]);
    if (throttle[key] === undefined)
      findings.problems.push({ where: place(['throttle', key]), problem: 'is missing', remedy: 'Write it down' });
    return value;
  };
  return {
    by: [...new Set(throttle.by)],
    waitMs: 0,
    intervalMs: read(needed('window'), durationFrom(1000, 7 * dayMs)) ?? defaults.intervalMs,
    max: countMax,
    cards: read(needed('max'), wholeNumber(1, countMax, 'events')) ?? 1,
  };
}
