// Calls an outside service at intervals while Tocsin works and could announce a failure. That
// service raises the alarm when the calls stop. Holds up nothing else.

import { AdapterError } from '../../kit/errors.ts';
import type { HttpClient } from '../../kit/http/index.ts';
import { describeError, type Logger } from '../../observe/log.ts';
import type { HeartbeatOutcome, Metrics } from '../../observe/metrics/index.ts';
import { readConditions } from '../../store/conditions.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { readUnheld } from '../../store/leases.ts';
import { createWake } from '../loops/wake.ts';
import { sinksDown } from './sink-notices.ts';

/**
 * `nextMs`: the wait after a heartbeat was sent. `againMs`: the wait at the start, and after one
 * that was not sent.
 */
export interface HeartbeatTimes {
  readonly nextMs: number;
  readonly againMs: number;
}
const defaultTimes: HeartbeatTimes = { nextMs: 60_000, againMs: 10_000 };

/** What must work for a heartbeat to be sent. */
export interface Vitals {
  readonly db: Database;
  /** Names of the roles that somebody must hold. */
  readonly roles: readonly string[];
  /** Ids of sinks, of which one at least must be reachable. */
  readonly listeners: readonly string[];
}

export interface HeartbeatDependencies {
  /** Undefined: none is configured now. @throws {AdapterError} */
  sender(): ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Undefined if all is well, else why none may be sent. */
  whyNot(): Promise<string | undefined>;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly times?: HeartbeatTimes | undefined;
}

/**
 * Follows no redirect, because the address is a secret.
 * @throws {AdapterError} it did not arrive, or was not accepted
 */
export async function sendHeartbeat(
  http: HttpClient,
  url: string,
  signal: AbortSignal,
): Promise<void> {
  const { status } = await http.request({ method: 'GET', url, signal, bodyBytesMax: 1024 });
  if (status >= 200 && status < 300) return;
  const message = `${new URL(url).host} answered ${status} to the heartbeat. Check HEARTBEAT_URL.`;
  throw new AdapterError('retry', 'rejected', message, { status });
}

/** Why no notice would reach anybody, in words; undefined if one would. Never throws. */
export async function whyNotWell({ db, roles, listeners }: Vitals): Promise<string | undefined> {
  try {
    const unheld = await readUnheld(db, roles);
    if (unheld.length > 0) return `nobody holds ${unheld.join(', ')}`;
    const down = sinksDown(await readConditions(db));
    const isNobodyThere = listeners.length > 0 && listeners.every((id) => down.has(id));
    return isNobodyThere
      ? `no sink that would hear can be reached: ${listeners.join(', ')}`
      : undefined;
  } catch (error) {
    return `the database does not answer: ${databaseErrorText(error)}`;
  }
}

export function startHeartbeat(deps: HeartbeatDependencies): { stop(): void } {
  return new Heartbeat(deps);
}

/** The outcome of one heartbeat. */
interface Beat {
  readonly outcome: HeartbeatOutcome;
  readonly why?: string;
}

class Heartbeat {
  readonly #deps: HeartbeatDependencies;
  readonly #times: HeartbeatTimes;
  readonly #wake = createWake();
  readonly #abort = new AbortController();
  #last: HeartbeatOutcome | undefined;

  constructor(deps: HeartbeatDependencies) {
    this.#deps = deps;
    this.#times = deps.times ?? defaultTimes;
    void this.#loop();
  }

  stop(): void {
    this.#abort.abort(new Error('stopping'));
    this.#wake.now();
  }

  async #loop(): Promise<void> {
    const { nextMs, againMs } = this.#times;
    await this.#wake.wait(againMs);
    while (!this.#abort.signal.aborted) {
      const beat = await this.#beat();
      if (this.#abort.signal.aborted) return;
      if (beat) this.#note(beat);
      await this.#wake.wait(beat?.outcome === 'sent' ? nextMs : againMs);
    }
  }

  /** @returns undefined if there is nothing to send */
  async #beat(): Promise<Beat | undefined> {
    if (this.#deps.sender() === undefined) return undefined;
    const why = await this.#deps.whyNot();
    if (why !== undefined) return { outcome: 'withheld', why };
    try {
      await this.#deps.sender()?.(this.#abort.signal);
      return { outcome: 'sent' };
    } catch (error) {
      return { outcome: 'failed', why: describeError(error).message };
    }
  }

  /** Counts each outcome, and logs it when it differs from the last one. */
  #note({ outcome, why }: Beat): void {
    const { metrics, log } = this.#deps;
    metrics.heartbeats.inc({ outcome });
    if (outcome === this.#last) return;
    this.#last = outcome;
    if (outcome === 'sent') log.info({}, 'heartbeats are sent');
    else
      log.warn(
        { error: why },
        outcome === 'failed' ? 'heartbeats do not arrive' : 'no heartbeat is sent',
      );
  }
}
