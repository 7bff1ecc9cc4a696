// What was refused at the door of a source: counted, logged at most once a minute for each reason, and
// remembered for the people who look.
import type { SourceFacts } from '../../../kit/records/role.ts';
import { neutralText } from '../../../kit/text.ts';
import type { Logger } from '../../../observe/log.ts';
import type { Metrics, PushOutcome } from '../../../observe/metrics/index.ts';

export interface RefusalDependencies {
  /** Of the source. */
  readonly id: string;
  readonly metrics: Pick<Metrics, 'sourcePushes'>;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const sayEveryMs = 60_000;
/** It is written with each heartbeat. */
const messageMax = 300;

const outcomes: Readonly<Record<number, PushOutcome>> = {
  400: 'malformed',
  401: 'unproved',
  413: 'too_large',
  415: 'malformed',
  429: 'rate_limited',
  503: 'unavailable',
};

export class Refusals {
  readonly #deps: RefusalDependencies;
  /** By status: when it was said last, monotonic, and how many were not said since. */
  readonly #said = new Map<number, { atMs: number; untold: number }>();
  #last: SourceFacts['lastError'] = null;

  constructor(deps: RefusalDependencies) {
    this.#deps = deps;
  }

  get last(): SourceFacts['lastError'] {
    return this.#last;
  }

  /** @param why for the operator; holds no secret */
  note(status: number, reason: string, why: string): void {
    const { id: source, metrics, log, now } = this.#deps;
    const message = neutralText(why.slice(0, messageMax), { multiline: false });
    this.#last = { at: new Date(now()).toISOString(), reason, message };
    metrics.sourcePushes.inc({ source, outcome: outcomes[status] ?? 'unavailable' });
    const said = this.#said.get(status);
    const nowMs = performance.now();
    if (said !== undefined && nowMs - said.atMs < sayEveryMs) {
      said.untold += 1;
      return;
    }
    this.#said.set(status, { atMs: nowMs, untold: 0 });
    log.warn({ source, status, reason, error: message, more: said?.untold ?? 0 }, 'push refused');
  }
}
