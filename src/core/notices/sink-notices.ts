// Decides which notices there are about a sink that cannot be reached, who gets them, and when. A
// lane reports each change of the state of its sink; the watchdog reports states that last. Both
// use one condition for each sink, so that nothing is announced twice.

import type { Notice } from '../../kit/event.ts';
import type { ConditionState } from '../../kit/records/condition.ts';
import type { SinkStateName } from '../../kit/records/sink-state.ts';
import type { Logger } from '../../observe/log.ts';
import { readConditions } from '../../store/conditions.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import type { Controls } from '../loops/controls.ts';
import type { Audience } from './audience.ts';
import { announce, type Finding, keyWhile } from './conditions.ts';
import { storeNotice } from './notice.ts';

/** How long a sink may back off before that is announced. A paused sink is announced at once. */
export const silentMs = 900_000;
/**
 * How long a sink must have worked before that is announced: a sink that is called once a minute
 * may fail again at the next message.
 */
const settledMs = 120_000;

export interface SinkNotice {
  /** Id of the sink that it is about. */
  readonly sink: string;
  readonly notice: Notice;
  /** To `this`: the notice is stored once for each key. To `others`: the name of the condition. */
  readonly key: string;
  readonly to: 'this' | 'others';
}

/** A change of a sink's state. */
export interface SinkChange {
  readonly to: SinkStateName;
  readonly reason: string | null;
  /** When the state that ended began, milliseconds since the epoch, and how long it lasted. */
  readonly fromSinceMs: number;
  readonly lastedMs: number;
  /** Of a return to ok: the sink had been paused in this time of being down. */
  readonly wasPaused: boolean;
}

export interface SinkChangeContext {
  /** What went wrong, in words. */
  readonly detail: string | undefined;
  /** How long a sink may be down before its own readers are told, afterwards, that it is back. */
  readonly noticeableMs: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** What the database knows of a sink's state; `ageMs` is negative if a clock went back. */
export interface SinkRow {
  readonly state: SinkStateName;
  readonly reason: string | null;
  readonly ageMs: number;
}

/** The name of the condition that nothing reaches a sink. */
export function conditionName(sink: string): string {
  return `sink:${sink}`;
}

/** Ids of the sinks that were announced as unreachable. */
export function sinksDown(conditions: readonly ConditionState[]): Set<string> {
  const prefix = conditionName('');
  const down = conditions.filter(({ name, told }) => told !== null && name.startsWith(prefix));
  return new Set(down.map(({ name }) => name.slice(prefix.length)));
}

/** Those that are down, and those that an operator paused: a notice to them would wait. */
export function unreachable(
  conditions: readonly ConditionState[],
  { sinks }: Pick<Audience, 'sinks'>,
  controls: Pick<Controls, 'pauseOf'> | undefined,
): Set<string> {
  const paused = sinks.filter((sink) => isPausedByOperator(sink, controls));
  return new Set([...sinksDown(conditions), ...paused]);
}

export function isPausedByOperator(
  sink: string,
  controls: Pick<Controls, 'pauseOf'> | undefined,
): boolean {
  return (controls?.pauseOf(conditionName(sink)) ?? null) !== null;
}

/** The notice for a change of state; undefined if there is none. */
export function changeNotice(
  sink: string,
  change: SinkChange,
  context: SinkChangeContext,
): SinkNotice | undefined {
  const { to, reason, fromSinceMs, lastedMs, wasPaused } = change;
  if (to === 'paused') {
    const values = { sink, reason: reason ?? '', message: context.detail ?? '' };
    return {
      sink,
      notice: { kind: 'sink_paused', values },
      key: conditionName(sink),
      to: 'others',
    };
  }
  if (to !== 'ok' || !(wasPaused || lastedMs > context.noticeableMs)) return undefined;
  const since = new Date(fromSinceMs).toISOString();
  const values = { sink, since, until: new Date(context.nowMs).toISOString() };
  return { sink, notice: { kind: 'sink_back', values }, key: `${sink} ${fromSinceMs}`, to: 'this' };
}

/**
 * What a look at a sink finds.
 * @param row undefined if the sink never changed its state
 * @param open conditions that hold, as far as the database knows
 */
export function sinkFinding(
  sink: string,
  row: SinkRow | undefined,
  open: readonly ConditionState[],
  wellForMs: number = settledMs,
): Omit<Finding, 'to'> {
  const name = conditionName(sink);
  const { state = 'ok', reason = null, ageMs = Number.POSITIVE_INFINITY } = row ?? {};
  if (state === 'paused') {
    const values = { sink, ...(reason !== null && { reason }) };
    return { name, holds: { kind: 'sink_paused', values: () => values } };
  }
  if (state === 'backing_off') {
    // A paused sink backs off while it is being tried.
    const isPaused =
      open.find((one) => one.name === name)?.told?.startsWith('sink_paused') ?? false;
    if (isPaused) return { name };
    const valuesSince = (since: string) => ({ sink, ...failureValues(reason), since });
    // Of a time that is ahead, by a clock that went back, only its row knows when it was seen.
    const held = ageMs < 0 ? {} : { heldMs: ageMs };
    return {
      name,
      holds: { kind: 'sink_failing', values: valuesSince, afterMs: silentMs, ...held },
    };
  }
  const isSettled = ageMs < 0 || ageMs >= wellForMs;
  if (!isSettled) return { name };
  return { name, over: { kind: 'sink_back', values: (since, until) => ({ sink, since, until }) } };
}

/** Reasons with which a sink backs off that nothing answers. */
const unreached: readonly string[] = ['connection', 'interrupted', 'timeout', 'unreachable'];
/** Nothing failed yet: it was paused, and its check passed. */
const probing = 'probing';

/** Whether nothing answers there, or what does: a sink that refuses can be reached. */
function failureValues(reason: string | null): Readonly<Record<string, string>> {
  if (reason === null || reason === probing) return {};
  return unreached.includes(reason) ? { unreached: reason } : { answered: reason };
}

export interface SinkNoticesOptions {
  readonly db: Database;
  readonly audience: Audience;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What operators asked of the sinks. */
  readonly controls?: Pick<Controls, 'pauseOf'> | undefined;
}

export interface SinkNotices {
  /** Stores the notice. Never throws: what fails is logged. */
  announce(notice: SinkNotice): Promise<void>;
}

export function createSinkNotices(options: SinkNoticesOptions): SinkNotices {
  return {
    async announce(about) {
      try {
        await (about.to === 'others'
          ? announceToOthers(options, about)
          : announceToOwn(options, about));
      } catch (error) {
        const fields = {
          sink: about.sink,
          kind: about.notice.kind,
          error: databaseErrorText(error),
        };
        options.log.error(fields, 'a notice could not be stored');
      }
    },
  };
}

/** Announced once while the condition lasts. */
async function announceToOthers(
  { db, audience, now, controls }: SinkNoticesOptions,
  { sink, notice, key }: SinkNotice,
): Promise<void> {
  const to = audience.ofSink(sink, unreachable(await readConditions(db), audience, controls));
  const condition = { name: key, kind: notice.kind, to, values: () => notice.values };
  await announce({ db, fence: null, nowMs: now() }, condition);
}

/** While one outage lasts, a sink may seem to be back every minute. That is one notice. */
async function announceToOwn(
  { db, now }: SinkNoticesOptions,
  { sink, notice, key }: SinkNotice,
): Promise<void> {
  const ownKey = notice.kind === 'sink_back' ? await keyWhile(db, conditionName(sink), key) : key;
  await storeNotice({ db, fence: null, nowMs: now() }, { notice, key: ownKey, to: [sink] });
}
