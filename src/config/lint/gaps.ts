// Remarks on CRITICAL and HIGH events that no route sends: which, when, and of which sources.
import { severityNames } from '../../kit/event.ts';
import type { Place } from '../read/place.ts';
import type { PolicyRoute, Remark } from './remark.ts';
import { type Gap, gapsOf, timetableOf } from './way-out.ts';

const shownMax = 4;

export interface GapsInput {
  /** Those that can take events at all. */
  readonly routes: readonly PolicyRoute[];
  readonly sources: readonly { readonly id: string }[];
  /** Paths are from the top of the file. */
  readonly place: Place;
}

/** One remark for all sources that have the same gap. */
export function remarkOnGaps(
  { routes, sources, place }: GapsInput,
  { nowMs, timeZone }: { readonly nowMs: number; readonly timeZone: string },
): Remark[] {
  const idsByGap = new Map<string, { gap: Gap; ids: string[] }>();
  const timetable = timetableOf(routes, nowMs);
  for (const { id } of sources)
    for (const gap of gapsOf(id, timetable)) {
      const same = idsByGap.get(JSON.stringify(gap)) ?? { gap, ids: [] };
      same.ids.push(id);
      idsByGap.set(JSON.stringify(gap), same);
    }
  return [...idsByGap.values()].map(({ gap, ids }) => ({
    rule: 'no_way_out',
    where: place(['routes']),
    text: textOf(gap, ids.join(', '), timeZone),
  }));
}

function textOf({ severities, stretches }: Gap, sources: string, timeZone: string): string {
  if (severities.length === 0)
    return `send nothing of ${sources}: none of those that can take events is for it. Add a route, or name it in the sources of one`;
  const what = severities.map((severity) => severityNames[severity]).join(' and ');
  if (stretches === undefined)
    return `send no ${what} events of ${sources}, at any time. Add a route for them, or lower min_severity in one`;
  return `send no ${what} events of ${sources} from ${timesOf(stretches, timeZone)}. Add a route for them, or widen the times of one`;
}

/** `Fri 18:00 to Mon 08:00 (Asia/Bangkok)` */
function timesOf(stretches: NonNullable<Gap['stretches']>, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const clock = (atMs: number) => format.format(atMs).replace(',', '');
  const shown = stretches
    .slice(0, shownMax)
    .map(({ fromMs, untilMs }) => `${clock(fromMs)} to ${clock(untilMs)}`);
  const count = stretches.length - shown.length;
  return `${shown.join(', ')}${count > 0 ? ` and ${count} more` : ''} (${timeZone})`;
}
