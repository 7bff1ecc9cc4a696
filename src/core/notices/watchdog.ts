// The worker of the role `job:watchdog`: looks now and then at sinks, dead deliveries and credentials, and has people told what lasts. What a
// source or a sink knows of itself at once, its own worker tells under the same names; nothing is said twice.

import type { ConditionState } from '../../kit/records/condition.ts';
import type { Logger } from '../../observe/log.ts';
import { readConditions, removeConditions } from '../../store/conditions.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { countDead } from '../../store/deliveries.ts';
import { readSinkStates } from '../../store/sinks.ts';
import { createClockWatch, type Leap } from '../loops/clock-watch.ts';
import { type Job, startJob } from '../loops/job.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import type { Audience } from './audience.ts';
import { sinksDown } from './audience.ts';
import { announce, announceEnd, type Condition, type ConditionEnd } from './conditions.ts';
import { storeNotice } from './notice.ts';

const everyMs = 15_000;
/** So long a sink may back off before people hear of it; of a paused one they hear at once. */
const silentMs = 900_000;
/** So long it must have been well before people hear of that: one that is asked once a minute may fail again at the next real message. */
const settledMs = 120_000;
const dayMs = 86_400_000;
/** A credential that ends is said again when it has so few days left. */
const daysLeft = [0, 2, 7, 14] as const;

export interface WatchdogDependencies {
  readonly db: Database;
  readonly log: Logger;
  readonly now: () => number;
  readonly sources: readonly { readonly id: string; readonly source: { credentialExpiresAt?(): number | undefined } }[];
  /** Ids. */
  readonly sinks: readonly string[];
  readonly audience: Audience;
  readonly everyMs?: number;
  readonly settledMs?: number;
}

/** What was looked at: it holds, or does not, or cannot be said yet. */
interface Finding extends Pick<Condition, 'name' | 'to'> {
  readonly holds?: Pick<Condition, 'kind' | 'values' | 'afterMs' | 'heldMs' | 'edition'>;
  /** Absent if that cannot be said yet. */
  readonly over?: Pick<ConditionEnd, 'kind' | 'values'>;
}

export function startWatchdog(deps: WatchdogDependencies, lease: Lease): RoleWorker {
  const { db, log, now } = deps;
  const clock = createClockWatch(db);
  let leap: Leap | undefined;
  /** Until then what lasts may only seem to have lasted, because the clock leapt; monotonic. */
  let unsureUntilMs = Number.NEGATIVE_INFINITY;

  async function lookAtClock(): Promise<void> {
    // One that could not be told is kept.
    leap = (await clock.look()) ?? leap;
    if (leap === undefined) return;
    if (leap.ms > 0) unsureUntilMs = performance.now() + silentMs;
    const values = { seconds: String(Math.round(leap.ms / 1000)), now: new Date(leap.clockMs).toISOString() };
    const notice = { kind: 'clock_leapt', values } as const;
    await storeNotice({ db, fence: lease, nowMs: now() }, { notice, key: leap.key, to: deps.audience.listeners });
    leap = undefined;
  }

  async function look({ isOver }: Job): Promise<void> {
    await lookAtClock();
    const isUnsure = performance.now() < unsureUntilMs;
    const open = await readConditions(db);
    const names = new Set(open.map(({ name }) => name));
    const findings = [
      ...(await lookAtSinks(deps, open)),
      ...(await lookAtDead(deps)),
      ...lookAtCredentials(deps, open),
    ];
    for (const { name, to, holds, over } of findings) {
      if (isOver()) return;
      const wait = isUnsure && holds?.afterMs !== undefined ? { afterMs: Number.POSITIVE_INFINITY } : {};
      const by = { db, fence: lease, nowMs: now() };
      if (holds) await announce(by, { name, to, ...holds, ...wait });
      else if (over && names.has(name)) await announceEnd(by, { name, to, known: deps.sinks, ...over });
    }
    const known = new Set([...findings.map(({ name }) => name), ...deps.sources.map(({ id }) => `source:${id}`)]);
    const strays = [...names].filter((name) => !known.has(name));
    // Of sources and sinks that are not configured any more.
    if (strays.length > 0) await removeConditions(db, lease, strays);
  }

  return startJob(
    lease,
    deps.everyMs ?? everyMs,
    (job) => job.ask(() => look(job)),
    (error) => log.error({ error: databaseErrorText(error) }, 'the watchdog could not look; it is tried again'),
  );
}

async function lookAtSinks(deps: WatchdogDependencies, open: readonly ConditionState[]): Promise<Finding[]> {
  const states = await readSinkStates(deps.db);
  const down = sinksDown(open);
  return deps.sinks.map((sink) => {
    const name = `sink:${sink}`;
    const about = { name, to: deps.audience.ofSink(sink, down) };
    const { state = 'ok', reason = null, ageMs = Number.POSITIVE_INFINITY } = states.get(sink) ?? {};
    const values = { sink, ...(reason !== null && { reason }) };
    if (state === 'paused') return { ...about, holds: { kind: 'sink_paused', values: () => values } };
    if (state === 'backing_off') {
      // One that is paused looks so while it is being tried.
      const isPaused = open.find((one) => one.name === name)?.told?.startsWith('sink_paused') ?? false;
      if (isPaused) return about;
      const valuesSince = (since: string) => ({ ...values, since });
      // Of a time that is ahead, by a clock that went back, only its row knows how long ago it was seen.
      const held = ageMs < 0 ? {} : { heldMs: ageMs };
      return { ...about, holds: { kind: 'sink_failing', values: valuesSince, afterMs: silentMs, ...held } };
    }
    const isSettled = ageMs < 0 || ageMs >= (deps.settledMs ?? settledMs);
    if (!isSettled) return about;
    return { ...about, over: { kind: 'sink_back', values: (since, until) => ({ sink, since, until }) } };
  });
}

async function lookAtDead({ db, sinks, audience }: WatchdogDependencies): Promise<Finding[]> {
  const counts = await countDead(db);
  return sinks.map((sink) => {
    const about = { name: `dead:${sink}`, to: audience.ofDead(sink) };
    const count = counts.get(sink) ?? 0;
    if (count === 0) return { ...about, over: { kind: 'deliveries_dead_over', values: () => ({ sink }) } };
    return { ...about, holds: { kind: 'deliveries_dead', values: () => ({ sink, count: String(count) }) } };
  });
}

function lookAtCredentials({ sources, audience, now }: WatchdogDependencies, open: readonly ConditionState[]) {
  const down = sinksDown(open);
  return sources.map(({ id, source }): Finding => {
    const about = { name: `credential:${id}`, to: audience.ofCredential(id, down) };
    const endsAtMs = source.credentialExpiresAt?.() ?? Number.POSITIVE_INFINITY;
    const days = daysLeft.find((most) => endsAtMs - now() <= most * dayMs);
    if (days === undefined) {
      const ends = Number.isFinite(endsAtMs) ? { ends: new Date(endsAtMs).toISOString() } : {};
      return { ...about, over: { kind: 'credential_renewed', values: () => ({ source: id, ...ends }) } };
    }
    const values = { source: id, ends: new Date(endsAtMs).toISOString() };
    return { ...about, holds: { kind: 'credential_ending', values: () => values, edition: String(days) } };
  });
}
