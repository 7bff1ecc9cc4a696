// The contract of a sink, case by case: every sink runs it from its own test file, with a harness
// that says what is special about it.

import { describe, expect, vi } from 'vitest';
import { failureOf } from '../../src/kit/http/status.ts';
import type { SinkDefinition } from '../../src/kit/sink.ts';
import { storedEvent } from '../support/events.ts';
import {
  closedPort,
  type FarEnd,
  pourBody,
  type Received,
  startSocketServer,
} from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';
import {
  abortedMs,
  abortMs,
  adapterError,
  expectNoSecret,
  type InCase,
  registerCases,
  type Skips,
  secretsIn,
} from './adapter-cases.ts';
import { actsOf } from './judge.ts';
import { nearMisses } from './near-misses.ts';
import { describeSaid } from './said-suite.ts';
import { httpCases, type SinkCase, sinkCases } from './sink-cases.ts';
import {
  type Bench,
  benchOf,
  type HttpBench,
  type HttpSinkHarness,
  httpBenchOf,
  perform,
  type SinkHarness,
  sampleOf,
  send,
} from './sink-harness.ts';

export type { Place } from './syntaxes/index.ts';

/** The same reason for every case that makes no sense without HTTP, to be spread into `skip`. */
export function skipsWithoutHttp(reason: string): Skips<SinkCase> {
  return Object.fromEntries(httpCases.map((name) => [name, reason]));
}

const never = new AbortController().signal;

/** Runs every case of the contract. To be called at the top of `test/sinks/<type>.test.ts`. */
export function describeSink(definition: SinkDefinition, harness: SinkHarness): void {
  const type = harness.as === undefined ? definition.type : `${definition.type} as ${harness.as}`;
  describe(`the sink ${type} keeps the contract`, () => {
    registerCases(sinkCases, harness.skip ?? {}, (inCase) => {
      const bench = benchOf(definition, harness);
      describeDelivery(inCase, bench, harness);
      describeForms(inCase, bench, harness);
      describeSaid(inCase, bench, { type, reading: harness });
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

/** As the worst far end does it: everything that it received comes back. */
function echoOf(farEnd: FarEnd): string {
  const { target, headers, body } = farEnd.received.at(-1)!;
  return `${farEnd.origin}${target} ${target} ${JSON.stringify(headers)} ${body.slice(0, 200)}`;
}

function describeDelivery(inCase: InSinkCase, bench: Bench, harness: SinkHarness): void {
  const id = sampleOf(harness);
  inCase('a far end that hangs is given up and tried again', async () => {
    const sink = await bench.hung();
    expect(await adapterError(send(sink))).toMatchObject({ outcome: 'retry', reason: 'timeout' });
  });

  inCase('an abort ends it before its time-out', async () => {
    const sink = await bench.hung();
    const calls = [
      (signal: AbortSignal) => send(sink, undefined, undefined, undefined, signal),
      sink.check?.bind(sink),
      ...actsOf(sink).map(
        (act) => (signal: AbortSignal) => perform(sink, act, id, { signal, harness }),
      ),
    ];
    for (const call of calls) {
      if (call === undefined) continue;
      const abort = new AbortController();
      const pending = call(abort.signal);
      pending.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await abortMs(abort, pending)).toBeLessThan(abortedMs);
      await expect(call(AbortSignal.abort(new Error('stop')))).rejects.toThrow();
    }
  });

  inCase('the second attempt carries the same delivery id', async () => {
    const { sink, received } = await bench.healthy();
    await send(sink, undefined, 'delivery-77', 1);
    await send(sink, undefined, 'delivery-77', 2);
    await send(sink, undefined, 'delivery-78', 1);
    const carried = received().map((request) => /delivery-\d+/.exec(JSON.stringify(request))?.[0]);
    expect(carried, 'each request must say the id of its delivery').toEqual([
      'delivery-77',
      'delivery-77',
      'delivery-78',
    ]);
  });

  inCase('ten at once all arrive', async () => {
    const { sink, received } = await bench.healthy();
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        send(sink, messageOf(storedEvent({ id: n + 1 }), {}, sink), `delivery-${n}-`),
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
}

function describeForms(inCase: InSinkCase, bench: Bench, harness: SinkHarness): void {
  /** Of what people read, if they do: an encoding grows as it likes. */
  const sizeOf = async (request: Received): Promise<number> => {
    const places = (await harness.reads?.(request)) ?? [{ text: request.body }];
    return places.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  };

  inCase('all three forms are accepted', async () => {
    const { sink, received } = await bench.healthy();
    for (const form of ['full', 'short', 'bare'] as const)
      await send(sink, messageOf(storedEvent(), { form }, sink));
    const delayed = { seconds: 7_200, reason: 'sink' } as const;
    await send(sink, messageOf(storedEvent(), { delayed }, sink));
    expect(received()).toHaveLength(4);
    const [full, short, bare] = await Promise.all(received().map(sizeOf));
    expect(short).toBeLessThanOrEqual(full!);
    expect(bare).toBeLessThan(short!);
  });

  inCase('a message that may be a repetition says so', async () => {
    const { sink, received } = await bench.healthy();
    for (const form of ['full', 'short', 'bare'] as const) {
      await send(sink, messageOf(storedEvent(), { form }, sink));
      await send(sink, messageOf(storedEvent(), { form, mayBeRepeated: true }, sink));
      const [first, again] = received().slice(-2);
      expect(again!.body.length, form).toBeGreaterThan(first!.body.length);
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

  inCase('every status from 200 to 599 ends as the policy says', async () => {
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
  });

  inCase('an edit and a reply end by their status as the policy says', async () => {
    const { exceptions: ofRemote = {} } = (harness.reads && harness.remote) ?? {};
    const { sink, farEnd } = await bench.start();
    const id = (await send(sink))?.remoteId ?? sampleOf(harness);
    for (const act of actsOf(sink)) {
      for (const status of [302, 400, 401, 403, 404, 408, 410, 413, 418, 429, 500, 501, 503]) {
        farEnd.answering((_request, response) => void response.writeHead(status).end());
        const before = farEnd.received.length;
        const error = await adapterError(perform(sink, act, id, { harness }));
        expect(farEnd.received.length - before, `${act} asks once at ${status}`).toBe(1);
        const policy = failureOf({ status, headers: {}, body: '', truncated: false }, '')!;
        const { outcome, reason } = ofRemote[status] ?? exceptions[status] ?? policy;
        expect(error, `${act} at ${status}`).toMatchObject({ outcome, reason });
      }
    }
  });

  inCase('a 2xx without the promised body is not delivered', async () => {
    for (const body of nearMisses(success.body)) {
      const { sink } = await bench.startWith(
        (response) => void response.writeHead(success.status).end(body),
      );
      const outcome = await send(sink).then(
        () => 'delivered',
        (error: unknown) => error,
      );
      const answer = `${success.status} with the body ${JSON.stringify(body)}`;
      expect(outcome, `${answer} passed for an acceptance: look closer`).not.toBe('delivered');
      const error = await adapterError(Promise.reject(outcome));
      expect(error.outcome, answer).not.toBe('reject_event');
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
      for (const act of actsOf(sink))
        expectNoSecret(
          await adapterError(perform(sink, act, sampleOf(harness), { harness })),
          secrets,
        );
      const checked = await sink.check?.(never).then(
        () => undefined,
        (error: unknown) => error,
      );
      expectNoSecret(checked, secrets);
    }
  });
}
