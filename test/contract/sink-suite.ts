// The contract of a sink, case by case: every sink runs it from its own test file, with a harness
// that says what is special about it.

import type { ServerResponse } from 'node:http';
import { describe, expect, vi } from 'vitest';
import type { FailureOutcome, FailureReason } from '../../src/kit/errors.ts';
import type { StoredEvent } from '../../src/kit/event.ts';
import { failureOf } from '../../src/kit/http/status.ts';
import type { Message, MessageForm, Sink, SinkDefinition } from '../../src/kit/sink.ts';
import { eventOfTexts, hostileStrings, storedEvent } from '../support/events.ts';
import {
  closedPort,
  type FarEnd,
  pourBody,
  type Received,
  startFarEnd,
  startSocketServer,
} from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';
import {
  abortMs,
  adapterContext,
  adapterError,
  expectNoSecret,
  type InCase,
  impatientMs,
  registerCases,
  type Skips,
  secretsIn,
} from './adapter-cases.ts';

const sinkCases = [
  'the origin is what is called',
  'every status from 200 to 599 ends as the policy says',
  'a 2xx without the promised body is not delivered',
  'Retry-After counts as seconds and as a date',
  'what is said of the rate is passed on, with a refusal and with an acceptance',
  'a refused connection is tried again',
  'a reset connection is tried again',
  'a far end that hangs is given up and tried again',
  'an abort ends within 100 ms',
  'no secret is in any error, its cause or the answer it keeps',
  'the second attempt carries the same delivery id',
  'ten at once all arrive',
  'closing in flight loses nothing',
  'an answer of 10 MB is not read whole',
  'all three forms are accepted',
  'a message that may be a repetition says so',
  'a full message shows the texts of the event, a bare one none',
  'hostile text stays text',
] as const;
export type SinkCase = (typeof sinkCases)[number];

interface CommonHarness {
  /**
   * What in this request would be obeyed and not shown, in words; empty if nothing. `hostile` is in
   * every text of the event.
   */
  obeyed(request: Received, hostile: string): readonly string[];
  readonly skip?: Skips<SinkCase>;
}

/** For a sink that calls HTTP. */
export interface HttpSinkHarness extends CommonHarness {
  /**
   * A configuration whose every call goes to `origin` (`http://127.0.0.1:1234`); secrets of 10
   * characters and more.
   */
  config(origin: string): unknown;
  /** The answer by which the far end accepts. */
  readonly success: {
    readonly status: number;
    readonly body: string;
    readonly headers?: Record<string, string>;
    /** It says nothing by its body: skip the case of the promised one with a reason. */
    readonly isBodyOpen?: true;
  };
  /**
   * Statuses that this far end uses for something else than the policy's meaning, each with why.
   */
  readonly exceptions?: Readonly<
    Record<number, { outcome: FailureOutcome; reason: FailureReason; why: string }>
  >;
}

interface OtherFarEnd {
  readonly sink: Sink;
  received(): readonly string[];
}

/** For a sink that speaks no HTTP: it is made by the test, over a far end of the given temper. */
export interface OtherSinkHarness extends CommonHarness {
  start(temper: 'healthy' | 'hung'): OtherFarEnd | Promise<OtherFarEnd>;
}

export type SinkHarness = HttpSinkHarness | OtherSinkHarness;

const httpCases = [
  'the origin is what is called',
  'every status from 200 to 599 ends as the policy says',
  'a 2xx without the promised body is not delivered',
  'Retry-After counts as seconds and as a date',
  'what is said of the rate is passed on, with a refusal and with an acceptance',
  'a refused connection is tried again',
  'a reset connection is tried again',
  'an answer of 10 MB is not read whole',
  'no secret is in any error, its cause or the answer it keeps',
] as const satisfies readonly SinkCase[];

/** The same reason for every case that makes no sense without HTTP, to be spread into `skip`. */
export function skipsWithoutHttp(reason: string): Skips<SinkCase> {
  return Object.fromEntries(httpCases.map((name) => [name, reason]));
}

const never = new AbortController().signal;

function message(event: StoredEvent = storedEvent(), form: MessageForm = 'full'): Message {
  return messageOf(event, { form });
}

function send(
  sink: Sink,
  what: Message = message(),
  deliveryId = 'delivery-1',
  attempt = 1,
  signal = never,
): ReturnType<Sink['send']> {
  return sink.send(what, { deliveryId, attempt, signal });
}

/** Runs every case of the contract. To be called at the top of `test/sinks/<type>.test.ts`. */
export function describeSink(definition: SinkDefinition, harness: SinkHarness): void {
  describe(`the sink ${definition.type} keeps the contract`, () => {
    registerCases(sinkCases, harness.skip ?? {}, (inCase) => {
      const bench = benchOf(definition, harness);
      describeDelivery(inCase, bench);
      describeText(inCase, bench, harness);
      if (!('config' in harness)) {
        describeWithoutHttp(inCase);
        return;
      }
      const http = httpBenchOf(definition, harness);
      describeAnswers(inCase, http, harness);
      describeConnections(inCase, http, definition, harness);
    });
  });
}

type InSinkCase = InCase<SinkCase>;

/** A sink without HTTP cannot pass these; it skips each with its reason. */
function describeWithoutHttp(inCase: InSinkCase): void {
  for (const name of httpCases) {
    inCase(name, () => expect.fail('this case needs HTTP: skip it with a reason'));
  }
}

/** A sink with its far end, whatever that is. */
interface Bench {
  healthy(): Promise<{ sink: Sink; received(): readonly Received[] }>;
  /** Takes what is sent and never answers. */
  hung(): Promise<Sink>;
}

function benchOf(definition: SinkDefinition, harness: SinkHarness): Bench {
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

function httpBenchOf(definition: SinkDefinition, harness: HttpSinkHarness) {
  const create = (origin: string, timeoutMsMax?: number) => {
    const config = definition.config.parse(harness.config(origin));
    return {
      sink: definition.create(config, adapterContext(timeoutMsMax)),
      secrets: secretsIn(definition, config),
    };
  };
  const startWith = async (answering: (response: ServerResponse, farEnd: FarEnd) => void) => {
    const farEnd: FarEnd = await startFarEnd((_request, response) => answering(response, farEnd));
    return { farEnd, ...create(farEnd.origin) };
  };
  const succeed = (response: ServerResponse) =>
    void response
      .writeHead(harness.success.status, harness.success.headers)
      .end(harness.success.body);
  return { create, startWith, succeed, start: () => startWith(succeed) };
}

type HttpBench = ReturnType<typeof httpBenchOf>;

/** As the worst far end does it: everything that it received comes back. */
function echoOf(farEnd: FarEnd): string {
  const { target, headers, body } = farEnd.received.at(-1)!;
  return `${farEnd.origin}${target} ${target} ${JSON.stringify(headers)} ${body.slice(0, 200)}`;
}

function describeDelivery(inCase: InSinkCase, bench: Bench): void {
  inCase('a far end that hangs is given up and tried again', async () => {
    const sink = await bench.hung();
    expect(await adapterError(send(sink))).toMatchObject({ outcome: 'retry', reason: 'timeout' });
  });

  inCase('an abort ends within 100 ms', async () => {
    const sink = await bench.hung();
    const calls = [
      (signal: AbortSignal) => send(sink, undefined, undefined, undefined, signal),
      sink.check?.bind(sink),
    ];
    for (const call of calls) {
      if (call === undefined) continue;
      const abort = new AbortController();
      const pending = call(abort.signal);
      pending.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await abortMs(abort, pending)).toBeLessThan(100);
      await expect(call(AbortSignal.abort(new Error('stop')))).rejects.toThrow();
    }
  });

  inCase('the second attempt carries the same delivery id', async () => {
    const { sink, received } = await bench.healthy();
    await send(sink, message(), 'delivery-77', 1);
    await send(sink, message(), 'delivery-77', 2);
    await send(sink, message(), 'delivery-78', 1);
    const carried = received().map((request) => /delivery-\d+/.exec(JSON.stringify(request))?.[0]);
    expect(carried).toEqual(['delivery-77', 'delivery-77', 'delivery-78']);
  });

  inCase('ten at once all arrive', async () => {
    const { sink, received } = await bench.healthy();
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        send(sink, message(storedEvent({ id: n + 1 })), `delivery-${n}-`),
      ),
    );
    for (let n = 0; n < 10; n += 1) {
      const copies = received().filter((request) =>
        JSON.stringify(request).includes(`delivery-${n}-`),
      );
      expect(copies, `delivery ${n}`).toHaveLength(1);
    }
  });

  inCase('closing in flight loses nothing', async () => {
    const { sink, received } = await bench.healthy();
    const sends = Array.from({ length: 10 }, () => send(sink));
    await sink.close?.();
    await Promise.all(sends);
    expect(received()).toHaveLength(10);
    await sink.close?.();
  });

  inCase('all three forms are accepted', async () => {
    const { sink, received } = await bench.healthy();
    for (const form of ['full', 'short', 'bare'] as const)
      await send(sink, message(undefined, form));
    await send(sink, messageOf(storedEvent(), { delayed: { seconds: 7_200, reason: 'sink' } }));
    expect(received()).toHaveLength(4);
    const [full, short, bare] = received().map(({ body }) => Buffer.byteLength(body));
    expect(short).toBeLessThanOrEqual(full!);
    expect(bare).toBeLessThan(short!);
  });
}

function describeText(inCase: InSinkCase, bench: Bench, harness: SinkHarness): void {
  inCase('a message that may be a repetition says so', async () => {
    const { sink, received } = await bench.healthy();
    for (const form of ['full', 'short', 'bare'] as const) {
      await send(sink, message(undefined, form));
      await send(sink, messageOf(storedEvent(), { form, mayBeRepeated: true }));
      const [first, again] = received().slice(-2);
      expect(again!.body.length, form).toBeGreaterThan(first!.body.length);
    }
  });

  inCase('a full message shows the texts of the event, a bare one none', async () => {
    const event = eventOfTexts((field) => `Zq${field.replace(/\W/g, 'x')}qZ`);
    const { sink, received } = await bench.healthy();
    await send(sink, message(event, 'full'));
    await send(sink, message(event, 'bare'));
    const [full, bare] = received().map(({ body }) => new Set(body.match(/Zq\w+?qZ/g)));
    expect(full!.size).toBeGreaterThanOrEqual(8);
    expect([...bare!]).toEqual([]);
    expect(received()[1]!.body).toContain(event.body.link!);
  });

  inCase('hostile text stays text', async () => {
    const { sink, received } = await bench.healthy();
    for (const hostile of hostileStrings) {
      for (const form of ['full', 'short', 'bare'] as const) {
        await send(
          sink,
          message(
            eventOfTexts(() => hostile),
            form,
          ),
        );
        const request = received().at(-1)!;
        expect(
          harness.obeyed(request, hostile),
          `${form}: ${JSON.stringify(hostile.slice(0, 80))}`,
        ).toEqual([]);
      }
    }
  });
}

function describeAnswers(inCase: InSinkCase, bench: HttpBench, harness: HttpSinkHarness): void {
  const { success, exceptions = {} } = harness;

  inCase('the origin is what is called', async () => {
    const { sink, farEnd } = await bench.start();
    await send(sink);
    expect(sink.origin).toBe(farEnd.origin);
    expect(farEnd.received).toHaveLength(1);
  });

  inCase(
    'every status from 200 to 599 ends as the policy says',
    async () => {
      for (let status = 200; status < 600; status += 1) {
        const { body, headers } = success;
        const { sink, farEnd } = await bench.startWith(
          (response) => void response.writeHead(status, headers).end(body),
        );
        const outcome = await send(sink).then(
          () => 'delivered',
          (error: unknown) => error,
        );
        expect(farEnd.received.length, `${status} was asked for once`).toBe(1);
        if (status < 300) expectAccepted(outcome, status, status === success.status);
        else {
          const policy = failureOf({ status, headers: {}, body: '', truncated: false }, '')!;
          const expected = exceptions[status] ?? policy;
          expect(outcome, `${status}`).toMatchObject({
            outcome: expected.outcome,
            reason: expected.reason,
            status,
          });
        }
      }
    },
    60_000,
  );

  inCase('a 2xx without the promised body is not delivered', async () => {
    for (const body of ['<html>Sign in</html>', '', `${success.body} and more`, '{"id":"error"}']) {
      const { sink } = await bench.startWith(
        (response) => void response.writeHead(success.status).end(body),
      );
      const error = await adapterError(send(sink));
      expect(error.outcome, JSON.stringify(body)).not.toBe('reject_event');
    }
  });

  inCase('Retry-After counts as seconds and as a date', async () => {
    for (const status of [429, 503]) {
      const { sink, farEnd } = await bench.startWith(
        (response) => void response.writeHead(status, { 'retry-after': '7' }).end(),
      );
      expect(await adapterError(send(sink))).toMatchObject({
        outcome: 'retry',
        retryAfterMs: 7_000,
      });
      const date = new Date(Date.now() + 90_000).toUTCString();
      farEnd.answering(
        (_request, response) => void response.writeHead(status, { 'retry-after': date }).end(),
      );
      const { retryAfterMs } = await adapterError(send(sink));
      expect(retryAfterMs).toBeGreaterThan(85_000);
      expect(retryAfterMs).toBeLessThanOrEqual(90_000);
      farEnd.answering(
        (_request, response) => void response.writeHead(status, { 'retry-after': '-5' }).end(),
      );
      expect((await adapterError(send(sink))).retryAfterMs).toBeUndefined();
    }
  });

  inCase(
    'what is said of the rate is passed on, with a refusal and with an acceptance',
    async () => {
      const rate = {
        'x-ratelimit-limit': '101',
        'x-ratelimit-remaining': '40',
        'x-ratelimit-reset': '7',
      };
      const quota = { limit: 101, remaining: 40, resetMs: 7000 };
      const { status, body, headers } = success;
      const { sink, farEnd } = await bench.startWith(
        (response) => void response.writeHead(status, { ...headers, ...rate }).end(body),
      );
      expect(await send(sink)).toMatchObject({ quota });
      for (const refused of [429, 503, 403]) {
        farEnd.answering((_request, response) => void response.writeHead(refused, rate).end());
        expect(await adapterError(send(sink)), `${refused}`).toMatchObject({ quota });
      }
    },
  );

  inCase('an answer of 10 MB is not read whole', async () => {
    for (const status of refusing(success)) {
      let poured = () => 0;
      const isClosed: boolean[] = [];
      const { sink } = await bench.startWith((response) => {
        response.on('close', () => isClosed.push(true));
        response.writeHead(status);
        poured = pourBody(response);
      });
      await adapterError(send(sink));
      await vi.waitFor(() => expect(isClosed).toEqual([true]));
      expect(poured()).toBeLessThan(10_000_000);
    }
  });
}

/** A status with a body that nobody promised, which must be an error, and one that always is. */
function refusing({ status, isBodyOpen }: HttpSinkHarness['success']): number[] {
  return isBodyOpen ? [500] : [status, 500];
}

function expectAccepted(outcome: unknown, status: number, isPromised: boolean): void {
  if (isPromised) expect(outcome, `${status}`).toBe('delivered');
  // What another 2xx means is the far end's affair; but it cannot be the event's fault.
  else expect(outcome, `${status}`).not.toMatchObject({ outcome: 'reject_event' });
}

function describeConnections(
  inCase: InSinkCase,
  bench: HttpBench,
  definition: SinkDefinition,
  harness: HttpSinkHarness,
): void {
  inCase('a refused connection is tried again', async () => {
    const { sink, secrets } = bench.create(`http://127.0.0.1:${await closedPort()}`);
    const error = await adapterError(send(sink));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'connection' });
    expectNoSecret(error, secrets);
  });

  inCase('a reset connection is tried again', async () => {
    for (const beginning of [
      '',
      'HTTP/1.1 200 OK\r\nContent-',
      'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nok',
    ]) {
      let connections = 0;
      const port = await startSocketServer((socket) => {
        socket.once('data', () => {
          connections += 1;
          socket.write(beginning, () => setTimeout(() => socket.resetAndDestroy(), 10));
        });
      });
      const { sink, secrets } = bench.create(`http://127.0.0.1:${port}`);
      const error = await adapterError(send(sink));
      expect(error).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
      expect(connections, 'an adapter does not try again by itself').toBe(1);
      expectNoSecret(error, secrets);
    }
  });

  inCase('no secret is in any error, its cause or the answer it keeps', async () => {
    const secrets = secretsIn(
      definition,
      definition.config.parse(harness.config('http://127.0.0.1:9')),
    );
    expect(secrets.length, 'the configuration for tests holds its secrets').toBeGreaterThanOrEqual(
      definition.secrets.length,
    );
    const refusals = [302, 400, 401, 403, 404, 413, 429, 500, 501, 503];
    for (const status of [...refusing(harness.success), ...refusals]) {
      const { sink, secrets } = await bench.startWith((response, farEnd) => {
        const echo = echoOf(farEnd);
        response
          .writeHead(status, { location: `${farEnd.origin}${farEnd.received.at(-1)!.target}` })
          .end(echo);
      });
      expectNoSecret(await adapterError(send(sink)), secrets);
      const checked = await sink.check?.(never).then(
        () => undefined,
        (error: unknown) => error,
      );
      expectNoSecret(checked, secrets);
    }
  });
}
