// What a silence would have hidden of the past. Reads the newest events, a bounded number, a page at
// a time.
import type { Severity } from '../../kit/event.ts';
import type { RecentEvent } from '../../kit/records/past.ts';
import type { Database } from '../../store/database.ts';
import { walkRecent } from '../../store/recent.ts';
import { readNowMs } from '../../store/silences.ts';
import { priorityOf } from '../routing/index.ts';
import { covers, type Matcher } from './index.ts';

export const dayMs = 86_400_000;
const lookedMax = 10_000;
const sampleMax = 10;

/** What a silence would have hidden; counted is an event with a delivery that was not suppressed. */
export interface Preview {
  readonly looked: number;
  /** There were more events in that time. */
  readonly isCut: boolean;
  /** Everything since then was looked at; milliseconds since the epoch. */
  readonly searchedToMs: number;
  /** Index = severity number. */
  readonly severities: readonly number[];
  /** One count for each day in UTC, the oldest first. */
  readonly days: readonly { readonly day: string; readonly hidden: number }[];
  /** The most urgent ones, of these the newest. */
  readonly sample: readonly RecentEvent[];
}

/**
 * Of each matcher.
 * @param withinMs how far back, in milliseconds
 */
export async function preview(
  db: Database,
  matchers: readonly Matcher[],
  withinMs: number,
): Promise<Preview[]> {
  const nowMs = await readNowMs(db);
  const tallies = matchers.map((matcher) => new Tally(matcher));
  const { looked, isCut, ...walked } = await walkRecent(
    db,
    { withinMs, max: lookedMax },
    (recent) => {
      for (const tally of tallies) tally.add(recent);
    },
  );
  const searchedToMs = walked.searchedToMs ?? nowMs - withinMs;
  return tallies.map((tally) => ({
    ...{ looked, isCut, searchedToMs },
    ...tally.result(searchedToMs, nowMs),
  }));
}

/** What one matcher would have hidden of the events seen. */
class Tally {
  readonly #matcher: Matcher;
  readonly #severities: number[] = [0, 0, 0, 0, 0, 0];
  readonly #days = new Map<string, number>();
  #sample: RecentEvent[] = [];

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
  }

  add(recent: RecentEvent): void {
    if (!hides(this.#matcher, recent)) return;
    const severity = recent.event.severity as Severity;
    this.#severities[severity]! += 1;
    const day = dayOf(recent.receivedAtMs);
    this.#days.set(day, (this.#days.get(day) ?? 0) + 1);
    this.#sample.push(recent);
    if (this.#sample.length > 2 * sampleMax) this.#sample = mostUrgent(this.#sample);
  }

  result(fromMs: number, toMs: number): Pick<Preview, 'severities' | 'days' | 'sample'> {
    const count = Math.floor(toMs / dayMs) - Math.floor(fromMs / dayMs) + 1;
    const days = Array.from({ length: count }, (_, index) => {
      const day = dayOf(fromMs + index * dayMs);
      return { day, hidden: this.#days.get(day) ?? 0 };
    });
    return { severities: this.#severities, days, sample: mostUrgent(this.#sample) };
  }
}

/** `2026-02-03`, in UTC. */
function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function mostUrgent(events: readonly RecentEvent[]): RecentEvent[] {
  const order = ({ event }: RecentEvent) => priorityOf(event.severity);
  return events.toSorted((a, b) => order(a) - order(b) || b.id - a.id).slice(0, sampleMax);
}

function hides(matcher: Matcher, { source, event, sinks }: RecentEvent): boolean {
  const isHeard = sinks.some((sink) => matcher.sinks?.includes(sink) ?? true);
  return isHeard && covers(matcher, { source, event });
}
