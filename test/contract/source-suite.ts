// The contract of a polled source, case by case: every one runs it from its own tests, with
// fixtures of its vendor.
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { KnownItems, Page, PollSource, SourceDefinition } from '../../src/kit/source.ts';
import {
  closedPort,
  type FarEnd,
  type Received,
  startFarEnd,
  startSocketServer,
} from '../support/far-end.ts';
import {
  abortedMs,
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
import { faultsOf } from './draft-faults.ts';
import { mutationsOf } from './json-mutations.ts';

const sourceCases = [
  'each fixture gives exactly its events',
  'every event is valid and keeps its bytes',
  'the same bytes give the same events',
  'an item by itself gives the event that it gives in its page',
  'a stored cursor can be said in words',
  'a search gives the events of its answer, and goes on',
  'an item that is asked for is the event that it is in its page',
  'a changed page gives valid events or a typed error',
  'a page cut anywhere is an error',
  'an empty page leaves the cursor where it was',
  'a broken page is an error',
  'every status from 300 to 599 is an error, or nothing was read',
  'Retry-After is passed on',
  'a redirect is not followed',
  'a refused, reset or hung connection is tried again',
  'an abort ends it before its time-out',
  'no secret is in any error, its cause or the answer it keeps',
] as const;
export type SourceCase = (typeof sourceCases)[number];

/** A page as the vendor's server gives it. */
export interface PageFixture {
  readonly name: string;
  readonly body: string;
  /** A stored cursor beyond which exactly this page lies. */
  readonly cursor: string;
  /** External id and type of each event, in the order in which the source reports them. */
  readonly events: readonly (readonly [externalId: string, type: string])[];
}

export interface PollSourceHarness {
  /**
   * A configuration whose every call goes to `origin` (`http://127.0.0.1:1234`); secrets of 10
   * characters and more.
   */
  config(origin: string): unknown;
  readonly fixtures: readonly PageFixture[];
  /**
   * The answer to one request while `page` lies beyond the fixture's cursor. Default: the page,
   * whatever was asked for.
   */
  respond?(page: string, fixture: PageFixture, request: Received): string;
  /** The answer to whoever asks for this item alone; absent: the source has no `item`. */
  readonly itemAnswer?: (raw: string) => string;
  /** The answer when there is nothing beyond a cursor. */
  readonly emptyPage: string;
  /**
   * Answers with status 200 that are no page: a wrong envelope, an error message. Some of no vendor
   * are added.
   */
  readonly brokenPages: readonly string[];
  /** What is stored, for a source that follows items. */
  readonly known?: () => KnownItems;
  readonly skip?: Skips<SourceCase>;
}

const never = new AbortController().signal;
const brokenForAll = [
  '',
  ' ',
  'null',
  '0',
  '"events"',
  '[',
  '{',
  '{"a":',
  '<!doctype html><title>Sign in</title>',
  '\u0000',
  'undefined',
];

/** Runs every case of the contract. To be called at the top of a test file in `test/sources/`. */
export function describePollSource(definition: SourceDefinition, harness: PollSourceHarness): void {
  describe(`the source ${definition.type} keeps the contract`, () => {
    registerCases(sourceCases, harness.skip ?? {}, (inCase) => {
      const bench = benchOf(definition, harness);
      describeFixtures(inCase, bench, harness);
      describeMutations(inCase, bench, harness);
      describeFailures(inCase, bench, harness);
    });
  });
}

type InSourceCase = InCase<SourceCase>;

function benchOf(definition: SourceDefinition, harness: PollSourceHarness) {
  /** Gives fresh instances that call `origin`. */
  const factory = (origin: string, timeoutMsMax?: number) => {
    const config = definition.config.parse(harness.config(origin));
    const context = adapterContext(timeoutMsMax);
    const create = () =>
      definition.create(config, { ...context, known: harness.known?.() }) as PollSource;
    return { create, config, secrets: secretsIn(definition, config) };
  };
  const start = async () => {
    const farEnd = await startFarEnd();
    return { farEnd, ...factory(farEnd.origin) };
  };
  const serve = (farEnd: FarEnd, page: string, fixture: PageFixture) => {
    farEnd.answering((request, response) => {
      const body = harness.respond?.(page, fixture, request) ?? page;
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    });
  };
  return { definition, factory, start, serve };
}

type Bench = ReturnType<typeof benchOf>;

function describeFixtures(
  inCase: InSourceCase,
  { definition, start, serve }: Bench,
  { fixtures, itemAnswer, emptyPage, brokenPages }: PollSourceHarness,
): void {
  inCase('each fixture gives exactly its events', async () => {
    expect(fixtures.length).toBeGreaterThan(0);
    const { farEnd, create } = await start();
    for (const fixture of fixtures) {
      serve(farEnd, fixture.body, fixture);
      const { events, cursor } = await create().poll(fixture.cursor, never);
      expect(
        events.map(({ externalId, type }) => [externalId, type]),
        fixture.name,
      ).toEqual(fixture.events);
      expect(cursor, `${fixture.name}: there is a way on`).not.toBe(
        fixture.events.length > 0 ? fixture.cursor : '',
      );
      expect(new Set(events.map(({ externalId }) => externalId)).size).toBe(events.length);
    }
  });

  inCase('every event is valid and keeps its bytes', async () => {
    const { farEnd, create } = await start();
    for (const fixture of fixtures) {
      serve(farEnd, fixture.body, fixture);
      const { events } = await create().poll(fixture.cursor, never);
      for (const event of events) {
        expect(faultsOf(event), `${fixture.name}: ${event.externalId}`).toEqual([]);
        expect(
          fixture.body.includes(event.raw),
          `${fixture.name}: ${event.externalId} keeps its bytes`,
        ).toBe(true);
      }
    }
  });

  inCase('the same bytes give the same events', async () => {
    const { farEnd, create } = await start();
    for (const fixture of fixtures) {
      serve(farEnd, fixture.body, fixture);
      const source = create();
      const pages = [
        await source.poll(fixture.cursor, never),
        await source.poll(fixture.cursor, never),
        await create().poll(fixture.cursor, never),
      ];
      for (const page of pages) expect(page.events, fixture.name).toEqual(pages[0]!.events);
    }
  });

  inCase('an item by itself gives the event that it gives in its page', async () => {
    const { farEnd, create, config } = await start();
    for (const fixture of fixtures) {
      serve(farEnd, fixture.body, fixture);
      const { events } = await create().poll(fixture.cursor, never);
      const known = events.filter(({ type }) => type !== 'UNRECOGNISED');
      for (const event of known)
        expect(definition.readItem?.(event.raw, config), fixture.name).toEqual(event);
    }
    for (const broken of [...brokenForAll, ...brokenPages])
      expect(definition.readItem?.(broken, config)).toBeUndefined();
  });

  inCase('a stored cursor can be said in words', async () => {
    const { farEnd, create } = await start();
    for (const fixture of fixtures) {
      serve(farEnd, fixture.body, fixture);
      const { cursor } = await create().poll(fixture.cursor, never);
      expect(definition.describeCursor?.(cursor!), fixture.name).toMatch(/^\w[^{}"]+$/);
    }
  });

  inCase('a search gives the events of its answer, and goes on', async () => {
    const { farEnd, create } = await start();
    for (const fixture of fixtures) {
      serve(farEnd, fixture.body, fixture);
      const source = create();
      expect(source.search, 'it can search').toBeDefined();
      const found = await source.search!({ after: null }, never);
      expect(
        found.items.map(({ externalId, type }) => [externalId, type]),
        fixture.name,
      ).toEqual(fixture.events);
      for (const event of found.items) expect(faultsOf(event), fixture.name).toEqual([]);
      serve(farEnd, emptyPage, fixture);
      const after = { after: found.next };
      expect(await source.search!(after, never)).toEqual({ items: [], next: null });
    }
  });

  inCase('an item that is asked for is the event that it is in its page', async () => {
    const { farEnd, create } = await start();
    expect(itemAnswer, 'one item can be asked for').toBeDefined();
    for (const fixture of fixtures) {
      serve(farEnd, fixture.body, fixture);
      const { events } = await create().poll(fixture.cursor, never);
      for (const event of events.filter(({ body }) => body.itemId !== undefined)) {
        serve(farEnd, itemAnswer!(event.raw), fixture);
        expect(await create().item!(event.body.itemId!, never), fixture.name).toEqual(event);
      }
    }
  });

  inCase('an empty page leaves the cursor where it was', async () => {
    const { farEnd, create } = await start();
    for (const fixture of fixtures) {
      serve(farEnd, fixture.body, fixture);
      const stored = (await create().poll(fixture.cursor, never)).cursor!;
      serve(farEnd, emptyPage, fixture);
      const source = create();
      for (let n = 0; n < 3; n += 1) expectNothingRead(await source.poll(stored, never), stored);
    }
  });
}

function expectNothingRead(page: Page, cursor: string): void {
  expect(page.events).toEqual([]);
  expect(page.more).toBe(false);
  expect([null, cursor]).toContain(page.cursor);
}

function describeMutations(
  inCase: InSourceCase,
  { start, serve }: Bench,
  { fixtures }: PollSourceHarness,
): void {
  inCase('a changed page gives valid events or a typed error', async () => {
    const { farEnd, create, secrets } = await start();
    const mutated = fc
      .constantFrom(...fixtures)
      .chain((fixture) => fc.tuple(fc.constant(fixture), mutationsOf(fixture.body)));
    let readable = 0;
    await fc.assert(
      fc.asyncProperty(mutated, async ([fixture, page]) => {
        serve(farEnd, page, fixture);
        const outcome = await create()
          .poll(fixture.cursor, never)
          .catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expectNoSecret(await adapterError(Promise.reject(outcome)), secrets);
          return;
        }
        readable += 1;
        const { events, cursor } = outcome as Page;
        for (const event of events) expect(faultsOf(event)).toEqual([]);
        expect(cursor === null || cursor.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(readable, 'most changes of an item are no reason to read nothing').toBeGreaterThan(30);
  });

  inCase('a page cut anywhere is an error', async () => {
    const { farEnd, create } = await start();
    for (const fixture of fixtures) {
      const step = Math.max(1, Math.floor(fixture.body.trimEnd().length / 40));
      for (let length = 1; length < fixture.body.trimEnd().length; length += step) {
        serve(farEnd, fixture.body.slice(0, length), fixture);
        await adapterError(create().poll(fixture.cursor, never));
      }
    }
  });
}

function describeFailures(
  inCase: InSourceCase,
  { factory, start, serve }: Bench,
  harness: PollSourceHarness,
): void {
  const fixture = harness.fixtures[0]!;
  const poll = (source: PollSource, signal = never) => source.poll(fixture.cursor, signal);

  inCase('a broken page is an error', async () => {
    const { farEnd, create, secrets } = await start();
    for (const page of [...brokenForAll, ...harness.brokenPages]) {
      serve(farEnd, page, fixture);
      const error = await adapterError(poll(create()));
      expect(error.outcome, JSON.stringify(page)).toBe('retry');
      expectNoSecret(error, secrets);
    }
  });

  inCase('every status from 300 to 599 is an error, or nothing was read', async () => {
    const { farEnd, create } = await start();
    for (let status = 300; status < 600; status += 1) {
      farEnd.answering((_request, response) => void response.writeHead(status).end(fixture.body));
      const outcome = await poll(create()).catch((error: unknown) => error);
      if (outcome instanceof Error)
        expect(await adapterError(Promise.reject(outcome)), `${status}`).toMatchObject({ status });
      else expectNothingRead(outcome as Page, fixture.cursor);
    }
  });

  inCase('Retry-After is passed on', async () => {
    const { farEnd, create } = await start();
    for (const status of [429, 503]) {
      farEnd.answering(
        (_request, response) => void response.writeHead(status, { 'retry-after': '7' }).end(),
      );
      expect(await adapterError(poll(create()))).toMatchObject({
        outcome: 'retry',
        retryAfterMs: 7_000,
      });
    }
  });

  inCase('a redirect is not followed', async () => {
    const { farEnd, create } = await start();
    const elsewhere = await startFarEnd((_request, response) => response.end(fixture.body));
    for (const status of [301, 302, 303, 307, 308]) {
      farEnd.answering(
        (_request, response) =>
          void response.writeHead(status, { location: `${elsewhere.origin}/` }).end(),
      );
      await adapterError(poll(create()));
    }
    expect(elsewhere.connectionCount()).toBe(0);
  });

  inCase('a refused, reset or hung connection is tried again', async () => {
    const refused = factory(`http://127.0.0.1:${await closedPort()}`);
    const beginnings = [
      '',
      'HTTP/1.1 200 OK\r\nContent-',
      `HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n${fixture.body.slice(0, 50)}`,
    ];
    const expectRetry = async ({ create, secrets }: typeof refused, reason: string) => {
      const error = await adapterError(poll(create()));
      expect(error).toMatchObject({ outcome: 'retry', reason });
      expectNoSecret(error, secrets);
    };
    await expectRetry(refused, 'connection');
    for (const beginning of beginnings) {
      const reset = await startSocketServer((socket) => {
        socket.once('data', () =>
          socket.write(beginning, () => setTimeout(() => socket.resetAndDestroy(), 10)),
        );
      });
      await expectRetry(factory(`http://127.0.0.1:${reset}`), 'interrupted');
      const hung = await startSocketServer((socket) =>
        socket.once('data', () => socket.write(beginning)),
      );
      await expectRetry(factory(`http://127.0.0.1:${hung}`, impatientMs), 'timeout');
    }
  });

  inCase('an abort ends it before its time-out', async () => {
    const { farEnd, create } = await start();
    farEnd.answering(() => {});
    const source = create();
    const calls = [
      (signal: AbortSignal) => poll(source, signal),
      (signal: AbortSignal) => source.poll(null, signal),
      source.check?.bind(source),
      source.search && ((signal: AbortSignal) => source.search!({ after: null }, signal)),
      source.item && ((signal: AbortSignal) => source.item!('5', signal)),
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

  inCase('no secret is in any error, its cause or the answer it keeps', async () => {
    const { farEnd, create, secrets } = await start();
    expect(secrets.length, 'the configuration for tests holds its secrets').toBeGreaterThan(0);
    for (const status of [200, 302, 400, 401, 403, 404, 422, 429, 500, 501, 503]) {
      farEnd.answering(({ target, headers }, response) => {
        response
          .writeHead(status, { location: `${farEnd.origin}${target}` })
          .end(`${target} ${JSON.stringify(headers)} ${secrets.map(({ text }) => text).join(' ')}`);
      });
      const source = create();
      for (const call of [
        () => poll(source),
        () => source.poll(null, never),
        () => source.check?.(never),
        () => source.search?.({ after: null }, never),
        () => source.item?.('5', never),
      ]) {
        expectNoSecret(await call()?.catch((error: unknown) => error), secrets);
      }
    }
  });
}
