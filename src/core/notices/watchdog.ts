// The worker of the role `job:watchdog`: looks now and then at sinks, dead deliveries and
// credentials, and announces what lasts. What a source or a sink knows of itself at once, its own
// worker announces under the same names, so that nothing is announced twice.

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
import { announce, announceEnd, type Finding } from './conditions.ts';
import { storeNotice } from './notice.ts';
import { silentMs, sinkFinding, sinksDown } from './sink-notices.ts';

const everyMs = 15_000;
const dayMs = 86_400_000;
/** The end of a credential is announced again when so few days are left. */
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

export function startWatchdog(deps: WatchdogDependencies, lease: Lease): RoleWorker {
  const { db, log, now } = deps;
  const clock = createClockWatch(db);
  let leap: Leap | undefined;
  /** Until then what lasts may only seem to have lasted, because the clock leapt; monotonic. */
  let unsureUntilMs = Number.NEGATIVE_INFINITY;

  async function lookAtClock(): Promise<void> {
    // One that could not be announced is kept.
    leap = (await clock.look()) ?? leap;
    if (leap === undefined) return;
    if (leap.ms > 0) unsureUntilMs = performance.now() + silentMs;
    const values = { seconds: String(Math.round(leap.ms / 1000)), now: new Date(leap.clockMs).toISOString() };
    const notice = { kind: 'clock_leapt', values } as const;
    await storeNotice({ db, fence: lease, nowMs: now() }, { notice, key: leap.key, to: deps.audience.listeners });
    leap = undefined;
  }

  async function look(job: Job): Promise<void> {
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
      if (job.isOver()) return;
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

  return startJob(lease, {
    everyMs: deps.everyMs ?? everyMs,
    act: (job) => job.ask(() => look(job)),
    onError: (error) =>
      log.error({ error: databaseErrorText(error) }, 'the watchdog could not look; it is tried again'),
  });
}

async function lookAtSinks(deps: WatchdogDependencies, open: readonly ConditionState[]): Promise<Finding[]> {
  const rows = await readSinkStates(deps.db);
  const down = sinksDown(open);
  return deps.sinks.map((sink) => ({
    ...sinkFinding(sink, rows.get(sink), open, deps.settledMs),
    to: deps.audience.ofSink(sink, down),
  }));
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
