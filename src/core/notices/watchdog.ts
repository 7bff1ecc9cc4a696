// The worker of the role `job:watchdog`: checks sinks, dead deliveries and credentials at
// intervals, and announces conditions that last. The worker of a source or sink announces what it
// notices at once, under the same names, so that nothing is announced twice.

import type { ConditionState } from '../../kit/records/condition.ts';
import type { Logger } from '../../observe/log.ts';
import { readConditions, removeConditions } from '../../store/conditions.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { countDead } from '../../store/deliveries/index.ts';
import { readSinkStates } from '../../store/sinks.ts';
import { ClockWatch, type Leap } from '../loops/clock-watch.ts';
import type { Controls } from '../loops/controls.ts';
import { type Job, startJob } from '../loops/job.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import type { Audience } from './audience.ts';
import { announce, announceEnd, type Finding } from './conditions.ts';
import { storeNotice } from './notice.ts';
import {
  conditionName,
  isPausedByOperator,
  silentMs,
  sinkFinding,
  unreachable,
} from './sink-notices.ts';

const everyMs = 15_000;
const dayMs = 86_400_000;
/** Longer than most servers are repaired in, and shorter than a shift. */
const calendarUnreadMs = 6 * 3_600_000;
/** The days before the end of a credential at which that is announced again. */
const daysLeft = [0, 2, 7, 14] as const;

export interface WatchdogDependencies {
  readonly db: Database;
  readonly log: Logger;
  readonly now: () => number;
  readonly sources: readonly {
    readonly id: string;
    readonly source: { credentialExpiresAt?(): number | undefined };
  }[];
  /** Ids. */
  readonly sinks: readonly string[];
  readonly audience: Audience;
  /** What operators asked of the sinks. */
  readonly controls?: Pick<Controls, 'pauseOf'> | undefined;
  /** For how long the calendar of who is on duty was not read; null: there is none. */
  calendarAgeMs?(): Promise<number | null>;
  readonly everyMs?: number;
  readonly settledMs?: number;
}

export function startWatchdog(deps: WatchdogDependencies, lease: Lease): RoleWorker {
  const watchdog = new Watchdog(deps, lease);
  return startJob(lease, {
    everyMs: deps.everyMs ?? everyMs,
    act: (job) => job.ask(() => watchdog.look(job)),
    onError: (error) =>
      deps.log.error(
        { error: databaseErrorText(error) },
        'the watchdog could not look; it is tried again',
      ),
  });
}

class Watchdog {
  readonly #deps: WatchdogDependencies;
  readonly #lease: Lease;
  readonly #clock: ClockWatch;
  /** One that is not announced yet. */
  #leap: Leap | undefined;
  /** Until then, a condition may only seem to have lasted because the clock leapt; monotonic. */
  #unsureUntilMs = Number.NEGATIVE_INFINITY;

  constructor(deps: WatchdogDependencies, lease: Lease) {
    this.#deps = deps;
    this.#lease = lease;
    this.#clock = new ClockWatch(deps.db);
  }

  /** @throws the driver's error */
  async look(job: Job): Promise<void> {
    await this.#lookAtClock();
    const open = await readConditions(this.#deps.db);
    const findings = [
      ...(await lookAtSinks(this.#deps, open)),
      ...(await lookAtDead(this.#deps)),
      ...lookAtCredentials(this.#deps, open),
      ...(await lookAtCalendar(this.#deps)),
    ];
    const names = new Set(open.map(({ name }) => name));
    for (const finding of findings) {
      if (job.isOver()) return;
      await this.#announce(finding, names);
    }
    await this.#forget(names, findings);
  }

  async #lookAtClock(): Promise<void> {
    const leap = (await this.#clock.look()) ?? this.#leap;
    this.#leap = leap;
    if (leap === undefined) return;
    if (leap.ms > 0) this.#unsureUntilMs = performance.now() + silentMs;
    const seconds = String(Math.round(leap.ms / 1000));
    const values = { seconds, now: new Date(leap.clockMs).toISOString() };
    const notice = { kind: 'clock_leapt', values } as const;
    const to = this.#deps.audience.listeners;
    await storeNotice(this.#announcer(), { notice, key: leap.key, to });
    this.#leap = undefined;
  }

  /** @param open names of the conditions that hold, as far as the database knows */
  async #announce({ name, to, holds, over }: Finding, open: ReadonlySet<string>): Promise<void> {
    const by = this.#announcer();
    const isUnsure = performance.now() < this.#unsureUntilMs && holds?.afterMs !== undefined;
    const wait = isUnsure ? { afterMs: Number.POSITIVE_INFINITY } : {};
    if (holds) await announce(by, { name, to, ...holds, ...wait });
    else if (over && open.has(name))
      await announceEnd(by, { name, to, known: this.#deps.sinks, ...over });
  }

  /** Removes conditions of sources and sinks that are not configured any more. */
  async #forget(open: ReadonlySet<string>, findings: readonly Finding[]): Promise<void> {
    const { db, sources } = this.#deps;
    const ofSources = sources.map(({ id }) => `source:${id}`);
    const known = new Set([...findings.map(({ name }) => name), ...ofSources]);
    const strays = [...open].filter((name) => !known.has(name));
    if (strays.length > 0) await removeConditions(db, this.#lease, strays);
  }

  #announcer() {
    return { db: this.#deps.db, fence: this.#lease, nowMs: this.#deps.now() };
  }
}

async function lookAtSinks(
  deps: WatchdogDependencies,
  open: readonly ConditionState[],
): Promise<Finding[]> {
  const rows = await readSinkStates(deps.db);
  const down = unreachable(open, deps.audience, deps.controls);
  return deps.sinks.map((sink) => ({
    // While it rests, nobody can say whether it would work.
    ...(isPausedByOperator(sink, deps.controls)
      ? { name: conditionName(sink) }
      : sinkFinding(sink, rows.get(sink), open, deps.settledMs)),
    to: deps.audience.ofSink(sink, down),
  }));
}

async function lookAtDead({ db, sinks, audience }: WatchdogDependencies): Promise<Finding[]> {
  const counts = await countDead(db);
  return sinks.map((sink) => {
    const about = { name: `dead:${sink}`, to: audience.ofDead(sink) };
    const count = counts.get(sink) ?? 0;
    if (count === 0)
      return { ...about, over: { kind: 'deliveries_dead_over', values: () => ({ sink }) } };
    return {
      ...about,
      holds: { kind: 'deliveries_dead', values: () => ({ sink, count: String(count) }) },
    };
  });
}

function lookAtCredentials(
  { sources, audience, now, controls }: WatchdogDependencies,
  open: readonly ConditionState[],
) {
  const down = unreachable(open, audience, controls);
  return sources.map(({ id, source }): Finding => {
    const about = { name: `credential:${id}`, to: audience.ofCredential(id, down) };
    const endsAtMs = source.credentialExpiresAt?.() ?? Number.POSITIVE_INFINITY;
    const days = daysLeft.find((most) => endsAtMs - now() <= most * dayMs);
    if (days === undefined) {
      const ends = Number.isFinite(endsAtMs) ? { ends: new Date(endsAtMs).toISOString() } : {};
      return {
        ...about,
        over: { kind: 'credential_renewed', values: () => ({ source: id, ...ends }) },
      };
    }
    const values = { source: id, ends: new Date(endsAtMs).toISOString() };
    return {
      ...about,
      holds: { kind: 'credential_ending', values: () => values, edition: String(days) },
    };
  });
}

async function lookAtCalendar({
  calendarAgeMs,
  audience,
}: WatchdogDependencies): Promise<Finding[]> {
  const ageMs = (await calendarAgeMs?.()) ?? null;
  if (ageMs === null) return [];
  const about = { name: 'calendar:duty', to: audience.listeners };
  if (ageMs < calendarUnreadMs)
    return [{ ...about, over: { kind: 'calendar_back', values: () => ({}) } }];
  const values = (since: string) => ({ since });
  return [{ ...about, holds: { kind: 'calendar_unread', values, heldMs: ageMs } }];
}
