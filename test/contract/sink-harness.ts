// What a sink's own test tells the suite of all sinks: how it is made over a far end, and how what
// arrived there is read. Everything else the suite knows by itself.
import type { ServerResponse } from 'node:http';
import type { Card } from '../../src/kit/card.ts';
import type { FailureOutcome, FailureReason } from '../../src/kit/errors.ts';
import type { IncidentState } from '../../src/kit/incident.ts';
import type { Message, Sink, SinkDefinition } from '../../src/kit/sink.ts';
import { storedEvent } from '../support/events.ts';
import { type Answering, type FarEnd, type Received, startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';
import { adapterContext, impatientMs, type Skips, secretsIn } from './adapter-cases.ts';
import type { SinkCase } from './sink-cases.ts';
import type { Place } from './syntaxes/index.ts';

type Maybe<Value> = Value | Promise<Value>;

/** A sink that shows cards. */
export interface CardReading {
  /**
   * Every text of a message that people see, as their clients get it, each with its syntax. Of what
   * the product puts together (a title with a link), give the whole.
   */
  reads(request: Received): Maybe<readonly Place[]>;
  /** What of the message is more than the product takes, each in words: `a text of 3,100`. */
  exceeded?(request: Received): readonly string[];
  /** For a sink with `edit` or `reply`. */
  readonly remote?: Remote;
}

/** How requests speak of a message that was sent before. */
export interface Remote {
  /** An id such as `send` returns; absent: any text may be one. */
  readonly sample?: string;
  /** The id that it edits or replies to; undefined for a new message. */
  target(request: Received): string | undefined;
  isReply(request: Received): boolean;
  /** The state of the incident in which an edit says the card; absent: in any, and in none. */
  readonly editsIn?: IncidentState;
  /** What an edit shows of a card; absent: all. */
  edited?(card: Card): Card;
  /** Statuses that mean something else than the policy says, each with why. */
  readonly exceptions?: Exceptions;
}

type Exceptions = Readonly<
  Record<number, { outcome: FailureOutcome; reason: FailureReason; why: string }>
>;

/** A sink that passes on data. */
export interface DataReading {
  /** @returns what a program reads of a request. @throws if it is not as it is promised to be */
  data(request: Received): unknown;
  /**
   * The fields of an event that the format has a place for (`device.name`); absent: all. With it,
   * digests and notices are asked for their headline alone.
   */
  readonly holds?: readonly string[];
}

type Said = (CardReading & { data?: never }) | (DataReading & { reads?: never });

interface Common {
  /** Where a sink runs the suite several times: `ocsf`. */
  readonly as?: string;
  readonly skip?: Skips<SinkCase>;
}

/** For a sink that calls HTTP. */
interface ByHttp extends Common {
  /**
   * A configuration whose every call goes to `origin` (`http://127.0.0.1:1234`); secrets of 10
   * characters and more.
   */
  config(origin: string): unknown;
  /** The answer by which the far end accepts. */
  readonly success: {
    readonly status: number;
    /** Of an object only the keys that the sink looks at: without one, it is no acceptance. */
    readonly body: string;
    readonly headers?: Record<string, string>;
    /** It says nothing by its body: skip the case of the promised one with a reason. */
    readonly isBodyOpen?: true;
  };
  /**
   * Statuses that this far end uses for something else than the policy's meaning, each with why.
   */
  readonly exceptions?: Exceptions;
  /**
   * What the far end answers to a request that carries no message; undefined if it carries one. It
   * does not count as received.
   */
  readonly lookup?: (
    request: Received,
  ) => { readonly status: number; readonly body: string } | undefined;
}

export type HttpSinkHarness = ByHttp & Said;

interface OtherFarEnd {
  readonly sink: Sink;
  received(): readonly string[];
}

/** For a sink that speaks no HTTP: it is made by the test, over a far end of the given temper. */
interface ByOther extends Common {
  start(temper: 'healthy' | 'hung'): Maybe<OtherFarEnd>;
}

export type SinkHarness = (ByHttp | ByOther) & Said;

/** A sink with its far end, whatever that is. */
export interface Bench {
  healthy(): Promise<{ sink: Sink; received(): readonly Received[] }>;
  /** Takes what is sent and never answers. */
  hung(): Promise<Sink>;
}

export function benchOf(definition: SinkDefinition, harness: SinkHarness): Bench {
  if ('config' in harness) {
    const { create, start } = httpBenchOf(definition, harness);
    return {
      async healthy() {
        const { sink, farEnd } = await start();
        return { sink, received: () => farEnd.received };
      },
      async hung() {
        const farEnd = await startFarEnd(() => {});
        return create(farEnd.origin, impatientMs).sink;
      },
    };
  }
  const textOnly = (body: string): Received => ({ method: '', target: '', headers: {}, body });
  return {
    async healthy() {
      const { sink, received } = await harness.start('healthy');
      return { sink, received: () => received().map(textOnly) };
    },
    async hung() {
      return (await harness.start('hung')).sink;
    },
  };
}

export function httpBenchOf(definition: SinkDefinition, harness: ByHttp) {
  const create = (origin: string, timeoutMsMax?: number) => {
    const config = definition.config.parse(harness.config(origin));
    return {
      sink: definition.create(config, adapterContext(timeoutMsMax)),
      secrets: secretsIn(definition, config),
    };
  };
  const startWith = async (answering: (response: ServerResponse, farEnd: FarEnd) => void) => {
    const farEnd = await startFarEndFor(harness, (_request, response) =>
      answering(response, farEnd),
    );
    return { farEnd, ...create(farEnd.origin) };
  };
  const succeed = (response: ServerResponse) =>
    void response
      .writeHead(harness.success.status, harness.success.headers)
      .end(harness.success.body);
  return { create, startWith, succeed, start: () => startWith(succeed) };
}

/** A far end of which only the requests are seen that carry a message. */
async function startFarEndFor({ lookup }: ByHttp, answering: Answering): Promise<FarEnd> {
  if (lookup === undefined) return startFarEnd(answering);
  const carriers = new WeakSet<Received>();
  const looking =
    (next: Answering): Answering =>
    (request, response, nth) => {
      const found = lookup(request);
      if (found !== undefined) return void response.writeHead(found.status).end(found.body);
      carriers.add(request);
      next(request, response, nth);
    };
  const farEnd = await startFarEnd(looking(answering));
  return {
    ...farEnd,
    answering: (next) => farEnd.answering(looking(next)),
    get received() {
      return farEnd.received.filter((request) => carriers.has(request));
    },
  };
}

export type HttpBench = ReturnType<typeof httpBenchOf>;

const never = new AbortController().signal;

export function send(
  sink: Sink,
  what: Message = messageOf(storedEvent(), {}, sink),
  deliveryId = 'delivery-1',
  attempt = 1,
  signal = never,
): ReturnType<Sink['send']> {
  return sink.send(what, { deliveryId, attempt, signal });
}

/** Of a message that no `send` of the case returned. */
export function sampleOf(harness: SinkHarness): string {
  const { sample = 'x'.repeat(26) } = (harness.reads && harness.remote) ?? {};
  return sample;
}

/** The message in the state in which this sink edits; see {@link Remote.editsIn}. */
export function editableBy(remote: Remote | undefined, message: Message): Message {
  const kind = remote?.editsIn;
  if (kind === undefined) return message;
  const { card } = message;
  return { ...message, card: { ...card, state: { text: [], ...card.state, kind } } };
}

/** An edit or a reply of the usual message. */
export async function perform(
  sink: Sink,
  act: 'edit' | 'reply',
  id: string,
  { signal = never, harness }: { signal?: AbortSignal; harness: SinkHarness },
): Promise<void> {
  const remote = harness.reads && harness.remote;
  const message = editableBy(remote, messageOf(storedEvent(), {}, sink));
  await sink[act]!(id, message, { deliveryId: `delivery-${act}`, attempt: 1, signal });
}
