// Asks the console for pages of a search, for a list and for one item, within the budget. Repeats
// nothing.
import { AdapterError } from '../../../kit/errors.ts';
import type { HttpAnswer, HttpClient } from '../../../kit/http/index.ts';
import { ask, assertAnswered, assertHeeded, pageOf, type Question } from '../client.ts';
import { cutMembers } from '../cut.ts';
import type { WireItem, WirePage } from '../page.ts';
import type { Stream } from '../stream.ts';
import type { Budget } from './budget.ts';

export interface AskerOptions {
  readonly http: HttpClient;
  /** As the configuration holds it: without `/api/v1` and without a slash at the end. */
  readonly url: string;
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly budget: Budget;
}

/** Each call spends one request of the budget; whoever calls has asked whether there is one. */
export class Asker {
  /** Host and port, for people. */
  readonly host: string;
  readonly #options: AskerOptions;
  #requests = 0;

  constructor(options: AskerOptions) {
    this.#options = options;
    this.host = new URL(options.url).host;
  }

  /** Since the call before. */
  takeRequests(): number {
    const requests = this.#requests;
    this.#requests = 0;
    return requests;
  }

  /** @throws {AdapterError} always `retry` */
  async search(
    stream: Stream,
    { after, filter }: { after: number; filter: Readonly<Record<string, unknown>> },
    signal: AbortSignal,
  ): Promise<WirePage> {
    const path = `search?after_event_id=${after}`;
    const body = JSON.stringify(filter);
    return this.#page({ method: 'POST', stream, path, body }, after, signal);
  }

  /** @throws {AdapterError} always `retry` */
  list(stream: Stream, after: number, signal: AbortSignal): Promise<WirePage> {
    return this.#page({ method: 'GET', stream, path: `?after_event_id=${after}` }, after, signal);
  }

  /**
   * @returns undefined if the console has none of this number
   * @throws {AdapterError} always `retry`
   */
  async item(stream: Stream, number: number, signal: AbortSignal): Promise<WireItem | undefined> {
    const answer = await this.#ask({ method: 'GET', stream, path: String(number) }, signal);
    if (answer.status === 404) return undefined;
    this.#assertAnswered(answer);
    const text = cutMembers(answer.body, ['event']).get('event');
    // As a page of one, which has the same bounds and the same words for what is wrong.
    const body = text === undefined ? answer.body : `{"events":[${text}]}`;
    const [item] = pageOf({ ...answer, body }, this.host, this.#options.token).items;
    if (item?.id === number) return item;
    throw malformed(this.host, `asked for ${stream} ${number}, it gave ${item?.id ?? 'none'}`);
  }

  async #page(question: Question, after: number, signal: AbortSignal): Promise<WirePage> {
    const answer = await this.#ask(question, signal);
    this.#assertAnswered(answer);
    const page = pageOf(answer, this.host, this.#options.token);
    assertHeeded(page, after, this.host);
    if (page.items.length > 0 && page.newestId === undefined)
      throw malformed(this.host, 'no event of the answer has a number. Nothing of it was used');
    return page;
  }

  #assertAnswered(answer: HttpAnswer): void {
    const { token, now } = this.#options;
    assertAnswered(answer, { host: this.host, token, nowMs: now() });
  }

  #ask(question: Question, signal: AbortSignal): Promise<HttpAnswer> {
    const { now, budget } = this.#options;
    signal.throwIfAborted();
    budget.spend(now());
    this.#requests += 1;
    return ask(this.#options, question, signal);
  }
}

function malformed(host: string, what: string): AdapterError {
  return new AdapterError('retry', 'malformed', `${host}: ${what}.`, { status: 200 });
}
