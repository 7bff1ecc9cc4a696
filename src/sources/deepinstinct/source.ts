// One stream of a tenant as a polled source. Between calls it keeps hints only; any call is right for any cursor.
import type { AdapterContext } from '../../core/adapter.ts';
import { AdapterError } from '../../core/errors.ts';
import type { Page, PollSource } from '../../core/source.ts';
import { type Client, createClient } from './client.ts';
import type { DeepInstinctConfig } from './config.ts';
import { advance, type Cursor, formatCursor, parseCursor } from './cursor.ts';
import { findBegin } from './first-start.ts';
import { normalise } from './normalise.ts';
import type { WireItem } from './page.ts';
import { isSameTime, reread } from './reread.ts';
import { createRereadPlan } from './reread-plan.ts';
import type { Stream } from './stream.ts';
import { expiryOf } from './token.ts';

/** Beyond every number in use, yet within 32 bits: the answer is empty and proves the key. */
const beyondAll = 2 ** 31 - 1;

export function createSource(stream: Stream, config: DeepInstinctConfig, context: AdapterContext): PollSource {
  const { url, token, start_from: startFrom, overlap } = config;
  const client = createClient({ http: context.http, url, token, now: context.now });
  const rereads = createRereadPlan(context.now);
  /** A reset takes the cursor away, but not what people rely on. */
  let hasWorked = false;
  const toDraft = { stream, link: `${new URL(url).origin}/` };

  async function begin(signal: AbortSignal): Promise<Page> {
    // After a reset, what is remembered is of numbers that no longer count.
    rereads.forget();
    const { cursor, from } = await findBegin(client, stream, startFrom, context.now(), signal);
    const values = { source: context.id, from, host: client.host };
    return { ...pageOf([], cursor, true), notice: { kind: 'watching', values } };
  }

  async function readOn(cursor: Cursor, signal: AbortSignal): Promise<Page> {
    const { items, newestId } = await client.readPage(stream, cursor.id, signal);
    const isEnd = newestId === undefined || newestId <= cursor.id;
    const next = isEnd ? cursor : advance(cursor, newestId, items);
    rereads.reached(next, items, isEnd);
    return pageOf(items, next, !isEnd);
  }

  async function readAgain(before: Cursor, signal: AbortSignal): Promise<Page> {
    const { from, witness, turn } = rereads.begin(before);
    const sourceId = context.id;
    const options = { client, stream, cursor: before, from, witness, overlap, sourceId };
    const { items, cursor, more } = await reread(options, signal);
    rereads.done(turn);
    rereads.reached(cursor, items, !more);
    const page = pageOf(items, cursor, more);
    return { ...page, facts: { ...page.facts, overlap: true } };
  }

  function pageOf(items: readonly WireItem[], cursor: Cursor, more: boolean): Page {
    const events = items.map((item) => normalise(item, toDraft));
    return { events, cursor: formatCursor(cursor), more, facts: { position: cursor.id } };
  }

  async function read(cursorText: string | null, signal: AbortSignal): Promise<Page> {
    if (cursorText === null) return begin(signal);
    const cursor = parseCursor(cursorText);
    return rereads.isDue(cursor) ? readAgain(cursor, signal) : readOn(cursor, signal);
  }

  async function recognises(cursorText: string, signal: AbortSignal): Promise<boolean | undefined> {
    const { id, at } = parseCursor(cursorText);
    if (id === 0 || at === null) return undefined;
    const { items } = await client.readPage(stream, id - 1, signal);
    const own = items.find((item) => item.id === id);
    return own === undefined ? undefined : isSameTime(at, own.at);
  }

  return {
    kind: 'poll',
    console: `${url} ${stream}`,
    async recognises(cursorText, signal) {
      try {
        return await recognises(cursorText, signal);
      } catch (error) {
        // Switched off there, so nothing can be compared. Reading meets the same answer and judges it.
        if (stream !== 'event' && isUnauthorised(error)) return undefined;
        throw error;
      }
    },
    async poll(cursorText, signal) {
      try {
        const page = await read(cursorText, signal);
        hasWorked = true;
        return page;
      } catch (error) {
        if (stream === 'event' || !isUnauthorised(error)) throw error;
        return await disabledOrAlarm(client, hasWorked || cursorText !== null, error, signal);
      }
    },
    async check(signal) {
      await client.readPage('event', beyondAll, signal);
      if (stream === 'event') return;
      await client.readPage(stream, beyondAll, signal).catch((error: unknown) => {
        // The key was just found good, so the feature is switched off, which is allowed.
        if (!isUnauthorised(error)) throw error;
      });
    },
    notStored: () => rereads.undo(),
    credentialExpiresAt: () => expiryOf(token),
  };
}

function isUnauthorised(error: unknown): error is AdapterError {
  return error instanceof AdapterError && error.status === 401;
}

/**
 * A 401 on the suspicious stream alone means that the feature is switched off; whether it is alone, the other stream tells. If the
 * stream was read before, people rely on it, and they must hear of it.
 * @throws {AdapterError} `auth`
 */
async function disabledOrAlarm(
  client: Client,
  hasWorked: boolean,
  rejection: AdapterError,
  signal: AbortSignal,
): Promise<Page> {
  await client.readPage('event', beyondAll, signal);
  if (!hasWorked) return { events: [], cursor: null, more: false, facts: { disabled: true } };
  throw new AdapterError(
    'retry',
    'auth',
    `${client.host} answered 401: suspicious events can no longer be read, though the API key is good for other events. Somebody switched ` +
      'suspicious events off in the console, or took them from the key of TOKENS_KEY. Switch them on again, or remove this source.',
    { status: 401, answer: rejection.answer },
  );
}
