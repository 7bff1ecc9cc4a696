// The live tail of the API: `GET /events/stream` sends each event as it is stored, as server-sent
// events. A client that comes back names the last event that it has, and is sent what it missed.
import type { Context } from 'hono';
import { severityNames } from '../../../kit/event.ts';
import {
  type Actor,
  InputError,
  type OperationContext,
  perform,
  type ShownTailed,
  tail,
} from '../../../operations/index.ts';
import { letLast } from '../../guard.ts';
import { outgoingOf, type Visitor } from '../../visitor.ts';
import type { ApiDependencies } from '../answer.ts';
import { refusal } from '../answer.ts';
import { fieldsOfQuery, schemasOf } from '../input.ts';
import { problem, problemOf } from '../problem.ts';
import { Feed } from './feed.ts';
import { type StreamFields, streamFields } from './fields.ts';
import { Tail } from './tail.ts';

/** Of one process, and of one person on it. */
const streamsMax = 20;
const streamsOfActorMax = 5;
const retrySeconds = 30;
const pingEveryMs = 20_000;
/** What a client that comes back is sent of what it missed: so many answers of the tail. */
const replaysMax = 4;

/** Who asks the question that all streams share. */
const watcher: Actor = { name: 'live tail', role: 'read', via: 'api', address: null };

export class LiveTail {
  readonly #deps: ApiDependencies;
  readonly #tail: Tail;
  readonly #schemas = schemasOf(streamFields);
  readonly #open = new Set<{ readonly feed: Feed; readonly actor: string }>();

  constructor(deps: ApiDependencies) {
    this.#deps = deps;
    this.#tail = new Tail({
      ask: async (after, also) => {
        const context = deps.contextOf(watcher);
        if (context === undefined) throw new Error('the database is not ready');
        return await perform(tail.tail, context, { after, also });
      },
      onFailure: (error) => deps.onFailure(tail.tail.name, error),
    });
    deps.ending?.addEventListener('abort', () => {
      for (const { feed } of [...this.#open]) feed.end();
    });
  }

  async answer(c: Context): Promise<Response> {
    try {
      const visitor = await this.#deps.identify(c);
      if ('stranger' in visitor) return refusal(visitor.stranger);
      const context = this.#deps.contextOf({ ...visitor.actor, via: 'api' });
      if (context === undefined || this.#deps.ending?.aborted)
        return problem(503, 'The service is not ready. Try again.', retryLater);
      const fields = this.#fieldsOf(c);
      const lastId = lastIdOf(c);
      if (c.req.method === 'HEAD') return new Response(null, { headers });
      return this.#refusalOfMore(visitor.actor) ?? (await this.#stream(c, context, fields, lastId));
    } catch (error) {
      const known = problemOf(error);
      if (known !== undefined) return known;
      this.#deps.onFailure(tail.tail.name, error);
      return problem(500, 'The service could not answer; its log says why.');
    }
  }

  #refusalOfMore({ name }: Actor): Response | undefined {
    const own = [...this.#open].filter(({ actor }) => actor === name).length;
    if (own >= streamsOfActorMax)
      return problem(429, `You have ${own} streams open, and may have no more.`, retryLater);
    if (this.#open.size >= streamsMax)
      return problem(503, `${streamsMax} streams are open, and no more can be.`, retryLater);
    return undefined;
  }

  async #stream(
    c: Context,
    context: OperationContext,
    fields: StreamFields,
    lastId: number | null,
  ): Promise<Response> {
    const timer = setInterval(() => void this.#look(c, feed), pingEveryMs).unref();
    const feed = new Feed({
      isWanted: (event) => isWanted(event, fields),
      onEnd: () => {
        clearInterval(timer);
        this.#open.delete(entry);
        this.#deps.onStreams?.(this.#open.size);
        this.#tail.leave(feed);
      },
    });
    const entry = { feed, actor: context.actor.name };
    this.#open.add(entry);
    this.#deps.onStreams?.(this.#open.size);
    try {
      feed.hold();
      const position = await this.#tail.join(feed);
      feed.startAfter(lastId === null ? position : Math.min(lastId, position));
      if (lastId !== null) await replay(feed, context, lastId, position);
      feed.release();
    } catch (error) {
      feed.end();
      throw error;
    }
    const outgoing = outgoingOf(c);
    if (outgoing !== undefined) letLast(outgoing);
    return new Response(feed.body, { headers });
  }

  /** Whoever was let in may have been shut out meanwhile. */
  async #look(c: Context, feed: Feed): Promise<void> {
    feed.ping();
    let visitor: Visitor;
    try {
      visitor = await this.#deps.identify(c);
    } catch {
      // Nobody can be asked now; the next time somebody can.
      return;
    }
    if ('stranger' in visitor) feed.end();
  }

  /** @throws {InputError} */
  #fieldsOf(c: Context): StreamFields {
    const query = fieldsOfQuery(new URL(c.req.url).searchParams, this.#schemas);
    const { data, error } = streamFields.safeParse(query);
    if (error === undefined) return data;
    const known = Object.keys(streamFields.shape).join(', ');
    throw new InputError(`The stream cannot take these fields; it knows: ${known}.`);
  }
}

const retryLater = { 'retry-after': String(retrySeconds) };

const headers = {
  'content-type': 'text/event-stream',
  // For nginx, which would hold events back.
  'x-accel-buffering': 'no',
};

function isWanted(
  event: ShownTailed,
  { minSeverity = 'UNKNOWN', source, sink }: StreamFields,
): boolean {
  const isSevere = event.severity === 0 || event.severity >= severityNames.indexOf(minSeverity);
  return (
    isSevere &&
    (source === undefined || source.includes(event.source)) &&
    (sink === undefined || event.sinks.some((one) => sink.includes(one)))
  );
}

/** @throws {InputError} */
function lastIdOf(c: Context): number | null {
  const header = c.req.header('last-event-id');
  if (header === undefined || header === '') return null;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw new InputError('Last-Event-ID must be the id of an event, as the stream sent it.');
}

/** Sends what came after `lastId` up to `position`, or says that there was more. */
async function replay(
  feed: Feed,
  context: OperationContext,
  lastId: number,
  position: number,
): Promise<void> {
  let after = lastId;
  for (let asked = 0; asked < replaysMax && after < position; asked += 1) {
    const { items, newest } = await perform(tail.tail, context, { after, also: [] });
    feed.replay(items.filter(({ id }) => Number(id) <= position));
    if (items.length === 0) return;
    after = newest;
  }
  if (after < position) feed.skip(after + 1, position);
}
