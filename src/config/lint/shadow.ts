// Remarks on routes that can do nothing, because an earlier route takes all of their events.
import { coversGlob } from '../../core/rules/cover.ts';
import { coversNetwork } from '../../core/rules/network.ts';
import type { Interval } from '../../core/rules/schedule.ts';
import type { PolicyRoute, Remark } from './remark.ts';

/** At most one remark for each route: the first reason. */
export function remarkOnShadows(routes: readonly PolicyRoute[]): Remark[] {
  return routes.flatMap((later, index) => {
    const before = routes.slice(0, index).filter((earlier) => takesAllOf(earlier, later));
    const taker = before.find(({ route }) => route.isLast);
    if (taker !== undefined) return [shadowed(later, taker)];
    const twin = before.find(({ route }) =>
      later.route.to.every((sink) => route.to.includes(sink)),
    );
    return twin === undefined || later.route.isLast ? [] : [redundant(later, twin)];
  });
}

function shadowed({ place }: PolicyRoute, taker: PolicyRoute): Remark {
  const text =
    `never takes anything: ${nameOf(taker)} takes all of it before, and does not continue. ` +
    'Put this route before that one, let that one continue, or remove this one';
  return { rule: 'shadowed_route', where: place([]), text };
}

function redundant({ place }: PolicyRoute, twin: PolicyRoute): Remark {
  const text =
    `adds nothing: ${nameOf(twin)} sends all of it to the same sinks before, and the first one's word counts. ` +
    'Put this route before that one, send it elsewhere, or remove it';
  return { rule: 'redundant_route', where: place([]), text };
}

function nameOf({ route, place }: PolicyRoute): string {
  return `route "${route.name}" (${place([])})`;
}

/**
 * Keys that are compared below, or that do not decide whether a route takes an event. With any
 * other key the answer is false.
 */
const keysKnown = new Set(
  'name match when active mute to group throttle quiet repeats changes continue template'.split(
    ' ',
  ),
);
const matchKeysKnown = new Set(
  'min_severity sources streams types actions statuses tenants devices groups networks'.split(' '),
);

/** True if `earlier` takes every event that `later` would, at any time. False may mean unknown. */
export function takesAllOf(earlier: PolicyRoute, later: PolicyRoute): boolean {
  const [wide, narrow] = [earlier.content, later.content];
  const [outer, inner] = [wide.match ?? {}, narrow.match ?? {}];
  const isKnown =
    Object.keys(wide).every((key) => keysKnown.has(key)) &&
    Object.keys(outer).every((key) => matchKeysKnown.has(key));
  return (
    isKnown &&
    // Unknown severity passes every threshold, and INFO means the same as no threshold.
    Math.max(earlier.route.minSeverity, 1) <= Math.max(later.route.minSeverity, 1) &&
    holdsAll(outer.sources, inner.sources, isSame) &&
    holdsAll(outer.streams, inner.streams, isSame) &&
    holdsAll(outer.networks, inner.networks, coversNetwork) &&
    (['types', 'actions', 'statuses', 'tenants', 'devices', 'groups'] as const).every((key) =>
      holdsAll(outer[key], inner[key], coversGlob),
    ) &&
    (wide.when === undefined || wide.when.trim() === narrow.when?.trim()) &&
    (earlier.route.takesChanges === true || later.route.takesChanges !== true) &&
    (!earlier.route.isFirstOnly || later.route.isFirstOnly === true) &&
    holdsAll(earlier.route.active, later.route.active, isSameTime) &&
    (earlier.route.mute ?? []).every((time) =>
      later.route.mute?.some((other) => isSameTime(time, other)),
    )
  );
}

/**
 * Whether every entry of the narrow list is covered by one of the wide list. An absent list covers
 * everything.
 */
function holdsAll<Entry>(
  wide: readonly Entry[] | undefined,
  narrow: readonly Entry[] | undefined,
  covers: (wide: Entry, narrow: Entry) => boolean,
): boolean {
  if (wide === undefined) return true;
  return narrow?.every((inner) => wide.some((outer) => covers(outer, inner))) ?? false;
}

function isSame(one: string, other: string): boolean {
  return one === other;
}

function isSameTime(one: Interval, other: Interval): boolean {
  return JSON.stringify(plain(one)) === JSON.stringify(plain(other));
}

function plain({ days, ...times }: Interval) {
  return { days: [...days].sort(), ...times };
}
