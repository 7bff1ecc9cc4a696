// One stream of a tenant as a polled source. Between calls it keeps hints only; any call is right
// for any cursor.
import type { AdapterContext } from '../../kit/adapter.ts';
import { AdapterError } from '../../kit/errors.ts';
import type { EventDraft } from '../../kit/event.ts';
import type { FoundItems, Page, PollSource, SourceQuery } from '../../kit/source.ts';
import { type Client, createClient } from './client.ts';
import type { DeepInstinctConfig } from './config.ts';
import { formatCursor, hasTakenNumber, isSameTime, parseCursor } from './cursor.ts';
import { type Beyond, beyondOf, findBegin } from './first-start.ts';
import { LookUp } from './look-up.ts';
import { linkOf, normalise } from './normalise.ts';
import { type Portion, Reader } from './reader.ts';
import type { Stream } from './stream.ts';
import { expiryOf } from './token.ts';

/** Beyond every number in use, yet within 32 bits: the answer is empty and proves the key. */
const beyondAll = 2 ** 31 - 1;

export class StreamSource implements PollSource {
  readonly kind = 'poll';
  readonly console: string;
  readonly #stream: Stream;
  readonly #config: DeepInstinctConfig;
  readonly #context: AdapterContext;
  readonly #client: Client;
  readonly #reader: Reader;
  readonly #lookUp: LookUp;
  /** The stream was read before, so people rely on it, even if a reset took the cursor away. */
  #hasWorked = false;

  constructor(stream: Stream, config: DeepInstinctConfig, context: AdapterContext) {
    const { url, token, overlap } = config;
    const { http, id, now } = context;
    this.console = `${url} ${stream}`;
    this.#stream = stream;
    this.#config = config;
    this.#context = context;
    this.#client = createClient({ http, url, token, now });
    this.#lookUp = new LookUp({ http, url, token, now, stream, link: linkOf(config) });
    this.#reader = new Reader({ client: this.#client, stream, overlap, sourceId: id, now });
  }

  async poll(cursorText: string | null, signal: AbortSignal): Promise<Page> {
    try {
      const page =
        cursorText === null
          ? await this.#begin(signal)
          : this.#pageOf(await this.#reader.read(parseCursor(cursorText), signal));
      this.#hasWorked = true;
      return page;
    } catch (error) {
      if (!this.#maySayDisabled(error)) throw error;
      const isReliedOn = this.#hasWorked || cursorText !== null;
      return await this.#disabledOrAlarm(isReliedOn, error, signal);
    }
  }

  async recognises(cursorText: string, signal: AbortSignal): Promise<boolean | undefined> {
    const { id, at } = parseCursor(cursorText);
    if (id === 0 || at === null) return undefined;
    try {
      const { items } = await this.#client.readPage(this.#stream, id - 1, signal);
      const own = items.find((item) => item.id === id);
      return own === undefined ? undefined : isSameTime(at, own.at);
    } catch (error) {
      // The feature is switched off there, so nothing can be compared. Reading gets the same answer
      // and judges it.
      if (this.#maySayDisabled(error)) return undefined;
      throw error;
    }
  }

  async check(signal: AbortSignal): Promise<string | undefined> {
    const stream = this.#stream;
    await this.#client.readPage('event', beyondAll, signal);
    try {
      if (stream !== 'event') await this.#client.readPage(stream, beyondAll, signal);
      const beyond = await beyondOf(this.#client, stream, this.#config.start_from, signal);
      return beyond && remarkOf(beyond);
    } catch (error) {
      // The key was just found good, so the feature is switched off, which is allowed.
      if (this.#maySayDisabled(error)) return undefined;
      throw error;
    }
  }

  search(query: SourceQuery, signal: AbortSignal): Promise<FoundItems> {
    return this.#answering(() => this.#lookUp.search(query, signal), signal);
  }

  item(id: string, signal: AbortSignal): Promise<EventDraft | undefined> {
    return this.#answering(() => this.#lookUp.item(id, signal), signal);
  }

  /** Says of a refusal whether the stream is switched off: a person waits for it. */
  async #answering<Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      if (this.#maySayDisabled(error)) await this.#disabledOrAlarm(true, error, signal);
      throw error;
    }
  }

  notStored(): void {
    this.#reader.notStored();
  }

  credentialExpiresAt(): number | undefined {
    return expiryOf(this.#config.token);
  }

  async #begin(signal: AbortSignal): Promise<Page> {
    // After a reset, what is remembered is of numbers that no longer count.
    this.#reader.forget();
    const { id, now } = this.#context;
    const { cursor, from, beyond } = await findBegin(this.#client, {
      stream: this.#stream,
      startFrom: this.#config.start_from,
      nowMs: now(),
      signal,
    });
    const values = {
      source: id,
      from,
      host: this.#client.host,
      ...(beyond && valuesOf(beyond)),
    };
    return {
      ...this.#pageOf({ items: [], cursor, more: true, isAgain: false }),
      notice: { kind: 'watching', values },
    };
  }

  #pageOf({ items, cursor, more, isAgain }: Portion): Page {
    const toDraft = { stream: this.#stream, link: linkOf(this.#config) };
    const events = items.map((item) =>
      normalise(item, { ...toDraft, isNumberTaken: hasTakenNumber(item, cursor.vanished) }),
    );
    const facts = { position: cursor.id, ...(isAgain && { overlap: true }) };
    return { events, cursor: formatCursor(cursor), more, facts };
  }

  /** A 401 on the suspicious stream may mean that the feature is switched off. */
  #maySayDisabled(error: unknown): error is AdapterError {
    return this.#stream !== 'event' && error instanceof AdapterError && error.status === 401;
  }

  /**
   * A 401 on the suspicious stream alone means that the feature is switched off; the other stream
   * shows whether it is alone. If people rely on this stream, that is an error.
   * @throws {AdapterError} `auth`
   */
  async #disabledOrAlarm(
    isReliedOn: boolean,
    rejection: AdapterError,
    signal: AbortSignal,
  ): Promise<Page> {
    await this.#client.readPage('event', beyondAll, signal);
    if (!isReliedOn) return { events: [], cursor: null, more: false, facts: { disabled: true } };
    throw new AdapterError(
      'retry',
      'auth',
      `${this.#client.host} answered 401: suspicious events can no longer be read, though the ` +
        'API key is good for other events. Somebody switched suspicious events off in the ' +
        'console, or took them from the key of TOKENS_KEY. Switch them on again, or remove this ' +
        'source.',
      { status: 401, answer: rejection.answer },
    );
  }
}

function valuesOf({ asked, newest }: Beyond): Readonly<Record<string, string>> {
  return { asked: `event ${asked}`, newest: newest === 0 ? 'none' : `event ${newest}` };
}

function remarkOf({ asked, newest }: Beyond): string {
  const end = newest === 0 ? 'it has no event yet' : `its newest event is ${newest}`;
  return (
    `START_FROM (start_from) names event ${asked}, but ${end}: the very first start begins now, ` +
    'and everything that comes after it is announced. If a date was meant, write it as 2026-02-03.'
  );
}
