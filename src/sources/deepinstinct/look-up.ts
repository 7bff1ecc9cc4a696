// What people ask the console itself: a search, and one item as it is now. One question at a time,
// and none before the time that the console named, so that nobody's curiosity slows the reading of
// events.
import { AdapterError } from '../../kit/errors.ts';
import type { EventDraft } from '../../kit/event.ts';
import type { HttpAnswer, HttpClient } from '../../kit/http/index.ts';
import type { FoundItems, SourceQuery } from '../../kit/source.ts';
import { ask, assertAnswered, assertHeeded, pageOf, type Question } from './client.ts';
import { cutMembers } from './cut.ts';
import { normalise } from './normalise.ts';
import { numberOf } from './page.ts';
import { wordsOf } from './severity.ts';
import type { Stream } from './stream.ts';

export interface LookUpOptions {
  readonly http: HttpClient;
  /** As the configuration holds it: without `/api/v1` and without a slash at the end. */
  readonly url: string;
  readonly token: string;
  readonly now: () => number;
  readonly stream: Stream;
  /** Of links to the console, as `normalise` takes it. */
  readonly link: string;
}

const restMsMax = 3_600_000;

export class LookUp {
  readonly #options: LookUpOptions;
  readonly #host: string;
  #isAsking = false;
  /** Since the epoch. */
  #restUntilMs = 0;

  constructor(options: LookUpOptions) {
    this.#options = options;
    this.#host = new URL(options.url).host;
  }

  async search(query: SourceQuery, signal: AbortSignal): Promise<FoundItems> {
    const { token } = this.#options;
    const after = query.after === null ? 0 : numberOf(query.after);
    if (after === undefined) throw refused(this.#host, 'a search goes on at a number');
    const body = JSON.stringify(this.#filterOf(query));
    const path = `search?after_event_id=${after}`;
    const answer = await this.#ask({ method: 'POST', path, body }, signal);
    assertAnswered(answer, this.#asked());
    const page = pageOf(answer, this.#host, token);
    assertHeeded(page, after, this.#host);
    const { stream, link } = this.#options;
    const next = page.newestId === undefined ? null : String(page.newestId);
    return { items: page.items.map((item) => normalise(item, { stream, link })), next };
  }

  async item(id: string, signal: AbortSignal): Promise<EventDraft | undefined> {
    const number = /^[1-9]\d*$/.test(id) ? numberOf(id) : undefined;
    if (number === undefined) return undefined;
    const answer = await this.#ask({ method: 'GET', path: String(number) }, signal);
    if (answer.status === 404) return undefined;
    assertAnswered(answer, this.#asked());
    const { stream, link, token } = this.#options;
    const text = cutMembers(answer.body, ['event']).get('event');
    // As a page of one, which has the same bounds and the same words for what is wrong.
    const body = text === undefined ? answer.body : `{"events":[${text}]}`;
    const [item] = pageOf({ ...answer, body }, this.#host, token).items;
    if (item?.id !== number) {
      const given = item?.id === undefined ? 'none' : `event ${item.id}`;
      throw refused(this.#host, `asked for event ${number}, it gave ${given}`, 'malformed');
    }
    return normalise(item, { stream, link });
  }

  #asked() {
    const { token, now } = this.#options;
    return { host: this.#host, token, nowMs: now() };
  }

  async #ask(question: Omit<Question, 'stream'>, signal: AbortSignal): Promise<HttpAnswer> {
    const { now, stream } = this.#options;
    signal.throwIfAborted();
    const restMs = this.#restUntilMs - now();
    if (restMs > 0) {
      const seconds = Math.ceil(restMs / 1000);
      throw refused(this.#host, `it limits requests. Ask again in ${seconds} s`, 'rate_limited');
    }
    if (this.#isAsking) throw refused(this.#host, busy, 'rate_limited');
    this.#isAsking = true;
    try {
      const answer = await ask(this.#options, { ...question, stream }, signal);
      this.#heed(answer);
      return answer;
    } finally {
      this.#isAsking = false;
    }
  }

  /** Remembers until when the console wants to be left alone. */
  #heed(answer: HttpAnswer): void {
    if (answer.status !== 429 && answer.status !== 503) return;
    try {
      assertAnswered(answer, this.#asked());
    } catch (error) {
      const wishedMs = error instanceof AdapterError ? (error.retryAfterMs ?? 0) : 0;
      this.#restUntilMs = this.#options.now() + Math.min(wishedMs, restMsMax);
    }
  }

  /** The vendor's `EventSearch`. */
  #filterOf(query: SourceQuery): Readonly<Record<string, unknown>> {
    const { hash, path, device, tenant, types, statuses, actions, severities } = query;
    const { sinceMs, untilMs } = query;
    const number = device === undefined ? undefined : numberOf(device);
    if (device !== undefined && number === undefined)
      throw refused(this.#host, 'it looks for devices by their number alone, such as 1003');
    const isTimed = sinceMs !== undefined || untilMs !== undefined;
    const filter = {
      file_hash: hash,
      path,
      device_id: number,
      tenant_name: tenant,
      type: types,
      status: statuses,
      action: actions,
      threat_severity: severities && wordsOf(severities),
      insertion_timestamp: isTimed ? spanOf(sinceMs, untilMs) : undefined,
    };
    return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  }
}

const busy = 'it is asked something else at this moment. Ask again when that is answered';

/** The vendor wants both ends. */
function spanOf(sinceMs = 0, untilMs = Date.UTC(9999, 0)) {
  return { from: new Date(sinceMs).toISOString(), to: new Date(untilMs).toISOString() };
}

function refused(
  host: string,
  why: string,
  reason: 'rejected' | 'malformed' | 'rate_limited' = 'rejected',
): AdapterError {
  return new AdapterError('retry', reason, `${host}: ${why}.`);
}
