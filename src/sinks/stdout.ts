// Sink `stdout`: writes one JSON line for each event or digest to standard output, for pipes,
// containers and tests. It writes nothing else there.
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { z } from 'zod';
import { AdapterError } from '../kit/errors.ts';
import { type Digest, type StoredEvent, severityNames } from '../kit/event.ts';
import { shortEvent } from '../kit/short-event.ts';
import type { Message, MessageForm, SendContext, Sink, SinkDefinition } from '../kit/sink.ts';
import { standardOutput } from '../kit/standard-output.ts';
import { templateData } from '../kit/template-data.ts';
import { harmlessJson } from '../kit/unseen.ts';

const config = z.strictObject({});

export const stdout: SinkDefinition<typeof config> = {
  type: 'stdout',
  config,
  example: {},
  secrets: [],
  create: () => createStreamSink(standardOutput()),
};

/**
 * The sink on any stream, or on one that is opened again after a fault. Its `send` throws
 * `reject_sink` if nobody reads any more, and `retry` for any other fault.
 */
export function createStreamSink(target: Writable | (() => Writable)): Sink {
  // Without a listener, an EPIPE would end the process. The failed write reports it.
  const ignore = () => {};
  let stream: Writable | undefined;
  let hasFailed = false;
  function usable(): Writable {
    if (typeof target === 'function' && stream?.errored) {
      stream = undefined;
      hasFailed = true;
    }
    stream ??= (typeof target === 'function' ? target() : target).on('error', ignore);
    return stream;
  }
  return {
    origin: 'stdout:',
    place: 'stdout:',
    async send(message, context) {
      const current = usable();
      // A fault may have left a part of a line, which must not run into this one.
      const begin = hasFailed ? '\n' : '';
      await written(current, `${begin}${lineOf(message, context)}`, context.signal);
      hasFailed = false;
    },
    async close() {
      stream?.off('error', ignore);
      stream = undefined;
    },
  };
}

/**
 * The line. Its fields are, in this order: id, source, external_id, stream, type, severity (name),
 * status, action, occurred_at, received_at, delivery_id, body; then `delayed` if it was held up,
 * `may_be_repeated` if an earlier attempt got no answer, and `template` if one was rendered.
 * Readers rely on names and order. A bare line leaves out all text of the event, and keeps the
 * numbers of a digest (`body.digest`); a short line leaves out the digest's rows. Characters that a
 * terminal obeys or hides are written as `\uXXXX`, so that the line is safe to print.
 */
function lineOf(
  { event, form, delayed, mayBeRepeated, template }: Message,
  { deliveryId }: SendContext,
): string {
  const isBare = form === 'bare';
  const fields = {
    id: event.id,
    source: event.source,
    ...(isBare ? {} : { external_id: event.externalId, stream: event.stream, type: event.type }),
    severity: severityNames[event.severity],
    ...(isBare ? {} : { status: event.status, action: event.action }),
    occurred_at: event.occurredAt,
    received_at: event.receivedAt,
    delivery_id: deliveryId,
    body: bodyOf(event, form),
    ...(delayed === undefined ? {} : { delayed }),
    ...(mayBeRepeated === true && { may_be_repeated: true }),
    ...(template === undefined || isBare ? {} : { template: templateData(template) }),
  };
  return `${harmlessJson(JSON.stringify(fields))}\n`;
}

function bodyOf(event: StoredEvent, form: MessageForm): unknown {
  const { link, digest } = event.body;
  if (form === 'full') return event.body;
  if (form === 'short') return shortEvent(event).body;
  return {
    ...(link === undefined ? {} : { link }),
    ...(digest === undefined ? {} : { digest: numbersOf(digest) }),
  };
}

/** The parts of a digest that hold no text of an event. */
function numbersOf({
  route: _route,
  by: _by,
  types: _types,
  devices: _devices,
  tenants: _tenants,
  files: _files,
  rows: _rows,
  ...numbers
}: Digest) {
  return numbers;
}

/**
 * Resolves when the stream has passed the line on. It waits for a full stream before it writes, so
 * that a stuck reader costs no memory.
 */
async function written(stream: Writable, line: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const waiting = new AbortController();
  const isGivenUp = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), {
      once: true,
      signal: waiting.signal,
    });
  });
  try {
    await Promise.race([isGivenUp, drained(stream, waiting.signal)]);
    await Promise.race([isGivenUp, passedOn(stream, line)]);
  } catch (error) {
    throw signal.aborted ? error : failure(error as NodeJS.ErrnoException);
  } finally {
    waiting.abort();
  }
}

async function drained(stream: Writable, signal: AbortSignal): Promise<void> {
  if (!stream.writableNeedDrain) return;
  await once(stream, 'drain', { signal });
}

function passedOn(stream: Writable, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(line, (error) => (error ? reject(error) : resolve()));
  });
}

const unread = new Set(['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

function failure(error: NodeJS.ErrnoException): AdapterError {
  const code = error.code ?? 'unknown';
  if (unread.has(code)) {
    return new AdapterError(
      'reject_sink',
      'connection',
      `stdout: nobody reads standard output any more (${code}). Start again with a reader that stays.`,
    );
  }
  return new AdapterError(
    'retry',
    'connection',
    `stdout: writing failed (${code}). Check where standard output leads.`,
  );
}
