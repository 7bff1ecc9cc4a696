// Calls an outside service now and then, for as long as Tocsin works and can itself tell people of what does not: that service raises the
// alarm when it is no longer called. Never in the way of anything.

import { AdapterError } from '../../kit/errors.ts';
import type { HttpClient } from '../../kit/http/index.ts';
import { describeError, type Logger } from '../../observe/log.ts';
import type { HeartbeatOutcome, Metrics } from '../../observe/metrics/index.ts';
import { readConditions } from '../../store/conditions.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { readUnheld } from '../../store/leases.ts';
import { createWake } from '../loops/wake.ts';
import { sinksDown } from './sink-notices.ts';

/** `nextMs` after one was sent; `againMs` at the start, and as long as none is. */
export interface HeartbeatTimes {
  readonly nextMs: number;
  readonly againMs: number;
}
const defaultTimes: HeartbeatTimes = { nextMs: 60_000, againMs: 10_000 };

/** What must be well. */
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
  readonly times?: HeartbeatTimes;
}

/** @throws {AdapterError} it did not arrive, or was not accepted; a redirect is not followed, for the address is a secret */
export async function sendHeartbeat(http: HttpClient, url: string, signal: AbortSignal): Promise<void> {
  const { status } = await http.request({ method: 'GET', url, signal, bodyBytesMax: 1024 });
  if (status >= 200 && status < 300) return;
  const message = `${new URL(url).host} answered ${status} to the heartbeat. Check HEARTBEAT_URL.`;
  throw new AdapterError('retry', 'rejected', message, { status });
}

/** In words, why nobody could be told of what is wrong; undefined if somebody could. Never throws. */
export async function whyNotWell({ db, roles, listeners }: Vitals): Promise<string | undefined> {
  try {
    const unheld = await readUnheld(db, roles);
    if (unheld.length > 0) return `nobody holds ${unheld.join(', ')}`;
    const down = sinksDown(await readConditions(db));
    const isNobodyThere = listeners.length > 0 && listeners.every((id) => down.has(id));
    return isNobodyThere ? `no sink that would hear can be reached: ${listeners.join(', ')}` : undefined;
  } catch (error) {
    return `the database does not answer: ${databaseErrorText(error)}`;
  }
}

export function startHeartbeat(deps: HeartbeatDependencies): { stop(): void } {
  const { metrics, log, times = defaultTimes } = deps;
  const wake = createWake();
  const abort = new AbortController();
  let last: HeartbeatOutcome | undefined;

  /** @returns what came of it; undefined if there is nothing to send */
  async function beat(): Promise<{ readonly outcome: HeartbeatOutcome; readonly why?: string } | undefined> {
    if (deps.sender() === undefined) return undefined;
    const why = await deps.whyNot();
    if (why !== undefined) return { outcome: 'withheld', why };
    try {
      await deps.sender()?.(abort.signal);
      return { outcome: 'sent' };
    } catch (error) {
      return { outcome: 'failed', why: describeError(error).message };
    }
  }

  function note(outcome: HeartbeatOutcome, why: string | undefined): void {
    metrics.heartbeats.inc({ outcome });
    if (outcome === last) return;
    last = outcome;
    if (outcome === 'sent') log.info({}, 'heartbeats are sent');
    else log.warn({ error: why }, outcome === 'failed' ? 'heartbeats do not arrive' : 'no heartbeat is sent');
  }

  async function loop(): Promise<void> {
    await wake.wait(times.againMs);
    while (!abort.signal.aborted) {
      const result = await beat();
      if (abort.signal.aborted) return;
      if (result) note(result.outcome, result.why);
      await wake.wait(result?.outcome === 'sent' ? times.nextMs : times.againMs);
    }
  }
  void loop();

  return {
    stop() {
      abort.abort(new Error('stopping'));
      wake.now();
    },
  };
}
