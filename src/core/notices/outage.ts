// Announces in the channels that the database takes no writes. It cannot store that notice, so it
// is sent from memory, past the queue; the notice of the end is stored like any other.

import { AdapterError } from '../../kit/errors.ts';
import { noticeSource, type StoredEvent } from '../../kit/event.ts';
import type { Sink } from '../../kit/sink.ts';
import { describeError, type Logger } from '../../observe/log.ts';
import { databaseErrorText } from '../../store/database.ts';
import { backoffMs, deliveryBackoff } from '../loops/backoff.ts';
import { createWake } from '../loops/wake.ts';
import type { WriteProblem } from '../loops/writes.ts';
import type { Voice } from '../message/index.ts';
import { type KeyedNotice, noticeEvent } from './notice.ts';

export interface OutageTimes {
  readonly everyMs: number;
  /**
   * How long writes must have failed, in all, before it is announced: a failover is over sooner.
   */
  readonly afterMs: number;
  /**
   * How long writes must pass before the end is announced: a full disk may have room for a moment.
   */
  readonly settledMs: number;
  /** Limit of one attempt to send. */
  readonly sendMs: number;
}
const defaultTimes: OutageTimes = {
  everyMs: 2000,
  afterMs: 30_000,
  settledMs: 30_000,
  sendMs: 15_000,
};

export interface OutageSink {
  readonly id: string;
  readonly sink: Sink;
  readonly voice: Voice;
}

/**
 * The sinks to which this process announces an outage: those of the listeners whose role it holds.
 * A role cannot pass to another process while nothing can be written, so each sink gets one notice.
 * @param listeners ids of the sinks of those who must mend what is wrong
 * @param held names of the roles that this process holds
 */
export function outageSinks<S extends OutageSink>(
  sinks: readonly S[],
  listeners: readonly string[],
  held: readonly string[],
): S[] {
  return sinks.filter(
    ({ id, sink }) => listeners.includes(id) && held.includes(`sink:${sink.origin}`),
  );
}

export interface OutageDependencies {
  /**
   * Undefined while the database takes writes. Rejects while it does not answer: then nothing is
   * known.
   */
  problem(): Promise<WriteProblem | undefined>;
  /** See {@link outageSinks}; asked at each look, for roles and configuration change. */
  sinks(): readonly OutageSink[];
  /** @throws the driver's error */
  storeNotice(notice: KeyedNotice): Promise<void>;
  readonly log: Logger;
  /** Milliseconds since the epoch, for people. */
  readonly now: () => number;
  /** Milliseconds, for durations. */
  readonly monotonic: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly times?: OutageTimes;
}

/** One outage, until its end is announced. Durations are monotonic, times are for people. */
interface Outage {
  readonly beganAtMs: number;
  readonly text: string;
  /** How long it lasted, without the time in which writes passed or the database did not answer. */
  seenMs: number;
  /** The last look that saw it; undefined if a later one did not. */
  lastSeenMs: number | undefined;
  /** Since when writes pass; undefined while they fail or nothing is known. */
  over: { readonly sinceMs: number; readonly atMs: number } | undefined;
  /** Ids of the sinks that took the notice. */
  readonly reached: Set<string>;
  readonly failed: Map<string, { readonly count: number; readonly againAtMs: number }>;
}

/** Looks every two seconds until it is stopped; keeps one outage in memory and nothing else. */
export function startOutageNotices(deps: OutageDependencies): { stop(): void } {
  const notices = new OutageNotices(deps);
  const wake = createWake();
  const { everyMs } = deps.times ?? defaultTimes;
  let isStopping = false;
  const loop = async () => {
    while (!isStopping) {
      await wake.wait(everyMs);
      if (!isStopping) await notices.look();
    }
  };
  void loop();
  return {
    stop() {
      isStopping = true;
      notices.abort();
      wake.now();
    },
  };
}

class OutageNotices {
  readonly #deps: OutageDependencies;
  readonly #times: OutageTimes;
  readonly #abort = new AbortController();
  #outage: Outage | undefined;

  constructor(deps: OutageDependencies) {
    this.#deps = deps;
    this.#times = deps.times ?? defaultTimes;
  }

  abort(): void {
    this.#abort.abort(new Error('stopping'));
  }

  /** Never throws. */
  async look(): Promise<void> {
    let problem: WriteProblem | undefined;
    try {
      problem = await this.#deps.problem();
    } catch {
      return this.#seenNothing();
    }
    if (this.#abort.signal.aborted) return;
    if (problem === undefined) return this.#seenWell();
    this.#outage ??= this.#begun(problem);
    const outage = this.#outage;
    const nowMs = this.#deps.monotonic();
    outage.seenMs += nowMs - (outage.lastSeenMs ?? nowMs);
    outage.lastSeenMs = nowMs;
    outage.over = undefined;
    if (outage.seenMs >= this.#times.afterMs) await this.#announce(outage);
  }

  #begun({ text }: WriteProblem): Outage {
    const none = { seenMs: 0, lastSeenMs: undefined, over: undefined };
    return { beganAtMs: this.#deps.now(), text, ...none, reached: new Set(), failed: new Map() };
  }

  #seenNothing(): void {
    if (this.#outage === undefined) return;
    this.#outage.lastSeenMs = undefined;
    this.#outage.over = undefined;
  }

  async #announce(outage: Outage): Promise<void> {
    const isDue = (id: string) => (outage.failed.get(id)?.againAtMs ?? 0) <= this.#deps.monotonic();
    const due = this.#deps.sinks().filter(({ id }) => !outage.reached.has(id) && isDue(id));
    await Promise.all(due.map((one) => this.#send(outage, one)));
  }

  async #send(outage: Outage, { id, sink, voice }: OutageSink): Promise<void> {
    const { log, random } = this.#deps;
    const failures = outage.failed.get(id)?.count ?? 0;
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(this.#times.sendMs)]);
    try {
      const event = this.#eventOf(outage);
      const message = voice.message(event, {
        form: 'full',
        showTenant: false,
        mayBeRepeated: failures > 0,
      });
      await sink.send(message, {
        deliveryId: `${id}-${event.externalId}`,
        attempt: failures + 1,
        signal,
      });
      outage.reached.add(id);
      log.warn(
        { sink: id, error: outage.text },
        'announced past the database, which takes no writes',
      );
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      const count = failures + 1;
      const asked = error instanceof AdapterError ? (error.retryAfterMs ?? 0) : 0;
      const waitMs = Math.max(asked, backoffMs(count, random(), deliveryBackoff));
      outage.failed.set(id, { count, againAtMs: this.#deps.monotonic() + waitMs });
      const text = describeError(error).message;
      log.error(
        { sink: id, error: text },
        'not announced yet that the database takes no writes; tried again',
      );
    }
  }

  /** As if it were stored, with 0 for the number that the database would give. */
  #eventOf(outage: Outage): StoredEvent {
    const values = { since: isoTime(outage.beganAtMs), reason: outage.text };
    const { draft } = noticeEvent({
      notice: { kind: 'database_failing', values },
      key: values.since,
      to: [],
      nowMs: outage.beganAtMs,
    });
    const { raw: _raw, ...event } = draft;
    return { ...event, id: 0, source: noticeSource, receivedAt: isoTime(this.#deps.now()) };
  }

  async #seenWell(): Promise<void> {
    const outage = this.#outage;
    if (outage === undefined) return;
    outage.lastSeenMs = undefined;
    outage.over ??= { sinceMs: this.#deps.monotonic(), atMs: this.#deps.now() };
    if (this.#deps.monotonic() - outage.over.sinceMs < this.#times.settledMs) return;
    const values = { since: isoTime(outage.beganAtMs), until: isoTime(outage.over.atMs) };
    try {
      const key = `database ${values.since}`;
      const notice = { kind: 'database_back', values } as const;
      if (outage.reached.size > 0)
        await this.#deps.storeNotice({ notice, key, to: [...outage.reached] });
      this.#outage = undefined;
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      const text = databaseErrorText(error);
      this.#deps.log.error(
        { error: text },
        'not stored yet that the database takes writes again; tried again',
      );
    }
  }
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
