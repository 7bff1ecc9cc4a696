// One stream of a tenant as a polled source. Between calls it keeps hints only; any call is right
// for any cursor.
import type { AdapterContext } from '../../kit/adapter.ts';
import { AdapterError } from '../../kit/errors.ts';
import type { Page, PollSource } from '../../kit/source.ts';
import { type Client, createClient } from './client.ts';
import type { DeepInstinctConfig } from './config.ts';
import { formatCursor, hasTakenNumber, isSameTime, parseCursor } from './cursor.ts';
import { type Beyond, beyondOf, findBegin } from './first-start.ts';
import { linkOf, normalise } from './normalise.ts';
import { type Portion, Reader } from './reader.ts';
import type { Stream } from './stream.ts';
import { expiryOf } from './token.ts';

/** Beyond every number in use, yet within 32 bits: the answer is empty and proves the key. */
const beyondAll = 2 ** 31 - 1;

export function createSource(
  stream: Stream,
  config: DeepInstinctConfig,
  context: AdapterContext,
): PollSource {
  const { url, token, start_from: startFrom, overlap } = config;
  const client = createClient({ http: context.http, url, token, now: context.now });
  const reader = new Reader({ client, stream, overlap, sourceId: context.id, now: context.now });
  /** The stream was read before, so people rely on it, even if a reset took the cursor away. */
  let hasWorked = false;
  const toDraft = { stream, link: linkOf(config) };

  async function begin(signal: AbortSignal): Promise<Page> {
    // After a reset, what is remembered is of numbers that no longer count.
    reader.forget();
    const { cursor, from, beyond } = await findBegin(client, {
      stream,
      startFrom,
      nowMs: context.now(),
      signal,
    });
    const values = { source: context.id, from, host: client.host, ...(beyond && valuesOf(beyond)) };
    return {
      ...pageOf({ items: [], cursor, more: true, isAgain: false }),
      notice: { kind: 'watching', values },
    };
  }

  function pageOf({ items, cursor, more, isAgain }: Portion): Page {
    const events = items.map((item) =>
      normalise(item, { ...toDraft, isNumberTaken: hasTakenNumber(item, cursor.vanished) }),
    );
    const facts = { position: cursor.id, ...(isAgain && { overlap: true }) };
    return { events, cursor: formatCursor(cursor), more, facts };
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
        // The feature is switched off there, so nothing can be compared. Reading gets the same
        // answer and judges it.
        if (stream !== 'event' && isUnauthorised(error)) return undefined;
        throw error;
      }
    },
    async poll(cursorText, signal) {
      try {
        const page =
          cursorText === null
            ? await begin(signal)
            : pageOf(await reader.read(parseCursor(cursorText), signal));
        hasWorked = true;
        return page;
      } catch (error) {
        if (stream === 'event' || !isUnauthorised(error)) throw error;
        return await disabledOrAlarm(client, hasWorked || cursorText !== null, error, signal);
      }
    },
    async check(signal) {
      await client.readPage('event', beyondAll, signal);
      try {
        if (stream !== 'event') await client.readPage(stream, beyondAll, signal);
        const beyond = await beyondOf(client, stream, startFrom, signal);
        return beyond && remarkOf(beyond);
      } catch (error) {
        // The key was just found good, so the feature is switched off, which is allowed.
        if (stream === 'event' || !isUnauthorised(error)) throw error;
        return undefined;
      }
    },
    notStored: () => reader.notStored(),
    credentialExpiresAt: () => expiryOf(token),
  };
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

function isUnauthorised(error: unknown): error is AdapterError {
  return error instanceof AdapterError && error.status === 401;
}

/**
 * A 401 on the suspicious stream alone means that the feature is switched off; the other stream
 * shows whether it is alone. If this stream was read before, people rely on it, so it is an error.
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
    `${client.host} answered 401: suspicious events can no longer be read, though the API key is ` +
      'good for other events. Somebody switched suspicious events off in the console, or took ' +
      'them from the key of TOKENS_KEY. Switch them on again, or remove this source.',
    { status: 401, answer: rejection.answer },
  );
}
