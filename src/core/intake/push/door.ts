// Takes what is pushed to one source: proof, limits, events, one transaction, and only then the
// answer. Any process may do so for any source, so there is no role: what two of them store at once
// is stored once.
import { within } from '../../../kit/deadline.ts';
import { AdapterError } from '../../../kit/errors.ts';
import type { PushCall, PushDoor, PushReply } from '../../../kit/push-door.ts';
import type { SourceFacts } from '../../../kit/records/role.ts';
import type { Pushed, PushedAct, PushRequest, PushSource } from '../../../kit/source.ts';
import type { Logger } from '../../../observe/log.ts';
import type { Metrics } from '../../../observe/metrics/index.ts';
import type { Tracing } from '../../../observe/tracing/index.ts';
import { readCursor } from '../../../store/cursors.ts';
import { type Database, databaseErrorText } from '../../../store/database.ts';
import type { Controls } from '../../loops/controls.ts';
import type { Writes } from '../../loops/writes.ts';
import type { Route } from '../../routing/index.ts';
import { parseNetwork } from '../../rules/network.ts';
import type { SilenceReader } from '../../silences/reader.ts';
import { countStored } from '../count.ts';
import { createIntake, type Outlet, type Stored } from '../intake.ts';
import { logStored } from '../poll-line.ts';
import type { Tenants } from '../tenants.ts';
import { PushPace } from './pace.ts';
import { Refusals } from './refusals.ts';
import { unpacked } from './unpack.ts';
import { judgeBody, judgeHead, type Refused } from './verify.ts';

export interface PushDependencies {
  readonly id: string;
  readonly source: PushSource;
  readonly db: Database;
  readonly routes: readonly Route[];
  readonly silences: Pick<SilenceReader, 'current'>;
  readonly lanes?: Outlet | undefined;
  readonly tenants?: Tenants | undefined;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly tracing?: Tracing | undefined;
  readonly writes?: Writes | undefined;
  readonly controls?: Pick<Controls, 'of'> | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  isTrustedProxy(address: string): boolean;
  /** Whether the database is migrated, so that something can be stored. */
  isReady(): boolean;
  /** Does what somebody did elsewhere, as an operation. Absent: nobody can. */
  readonly act?: ((source: string, act: PushedAct) => Promise<void>) | undefined;
}

/** Less than the HTTP server lets an answer take. */
const storeMs = 8000;
/** They are stored in one transaction, and none is left out. */
const eventsMax = 10_000;
/** A sender that is told nothing better comes back after so long. */
const retryAfterSeconds = 30;

export class SourceDoor implements PushDoor {
  readonly #deps: PushDependencies;
  readonly #pace: PushPace;
  readonly #networks: readonly ((address: string) => boolean)[];
  readonly #refusals: Refusals;
  /** Undefined: not read yet. */
  #generation: number | undefined;
  #lastSuccessAt: string | null = null;

  constructor(deps: PushDependencies) {
    this.#deps = deps;
    this.#pace = new PushPace(deps.source.perSecond, performance.now());
    this.#networks = (deps.source.from ?? []).map(parseNetwork);
    this.#refusals = new Refusals(deps);
  }

  /** What this process knows of it. */
  facts(): SourceFacts {
    const lastError = this.#refusals.last;
    return { lastSuccessAt: this.#lastSuccessAt, lastError, nextPollAt: null };
  }

  async take(call: PushCall): Promise<PushReply> {
    try {
      const request = await this.#admit(call);
      return 'status' in request ? request : await this.#answer(request);
    } catch (error) {
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return this.#refuse(503, 'unknown', `the source failed by a fault of its own: ${message}`);
    }
  }

  /** The request with its body, once everything that can be wrong with it is known to be right. */
  async #admit(call: PushCall): Promise<PushRequest | PushReply> {
    const { source, isTrustedProxy } = this.#deps;
    const { method, headers, query, pathSecret, peer, address } = call;
    if (this.#networks.length > 0 && !this.#networks.some((has) => has(address)))
      return this.#refuse(401, 'auth', `${address} is in none of the networks of "from"`);
    const head = judgeHead(source.proof, {
      ...{ headers, pathSecret },
      isByTrustedProxy: isTrustedProxy(peer),
    });
    if (typeof head === 'object') return this.#unproved(head);
    const body = method === 'GET' || method === 'HEAD' ? new Uint8Array() : await this.#body(call);
    if ('status' in body) return body;
    if (head === 'later') {
      const refused = await this.#judgedLater({ headers, body });
      if (refused !== undefined) return refused;
    }
    const waitMs = this.#pace.takeMs(performance.now());
    if (waitMs > 0) {
      const seconds = Math.max(1, Math.ceil(waitMs / 1000));
      return this.#refuse(429, 'rate_limited', 'it sends more requests than its "rate"', seconds);
    }
    const bytes = unpacked(body, headers.get('content-encoding'), source.bodyBytesMax);
    if (typeof bytes !== 'number') return { method, headers, query, body: bytes };
    return this.#refuse(bytes, bytes === 413 ? 'too_large' : 'malformed', unpackWords[bytes]);
  }

  /** Undefined: the body proves itself. */
  async #judgedLater(given: {
    readonly headers: Headers;
    readonly body: Uint8Array;
  }): Promise<PushReply | undefined> {
    const { source, now } = this.#deps;
    const { proof } = source;
    if (proof.kind === 'signature') {
      const judged = judgeBody(proof, given, now());
      return typeof judged === 'object' ? this.#unproved(judged) : undefined;
    }
    if (proof.kind !== 'own') return undefined;
    try {
      const why = await proof.judge(given);
      return why === undefined ? undefined : this.#unproved({ why });
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** What a source threw: a body that is none, or something that may work later. */
  #failed(error: unknown): PushReply {
    if (!(error instanceof AdapterError)) throw error;
    const status = error.outcome === 'reject_event' ? 400 : 503;
    return this.#refuse(status, error.reason, error.message);
  }

  async #body(call: PushCall): Promise<Uint8Array | PushReply> {
    const { bodyBytesMax } = this.#deps.source;
    const body = await call.body(bodyBytesMax);
    if (body === 'too_large')
      return this.#refuse(413, 'too_large', `its body has more than ${bodyBytesMax} bytes`);
    if (body === 'broken') return this.#refuse(400, 'interrupted', 'its body broke off');
    return body;
  }

  async #answer(request: PushRequest): Promise<PushReply> {
    const { source, controls, isReady, id } = this.#deps;
    try {
      const asked = await source.answer?.(request);
      if (asked !== undefined) return asked;
    } catch (error) {
      return this.#failed(error);
    }
    if (request.method !== 'POST' && request.method !== 'PUT')
      return { status: 405, headers: { allow: 'POST, PUT' } };
    const pausedMs = controls?.of(`source:${id}`).pausedMs() ?? 0;
    if (pausedMs > 0)
      return this.#refuse(
        503,
        'unavailable',
        'an operator paused the source',
        Math.min(3600, Math.ceil(pausedMs / 1000)),
      );
    if (!isReady()) return this.#refuse(503, 'database', 'the database is not ready');
    const startedAt = performance.now();
    let pushed: Pushed;
    try {
      pushed = source.parse(request);
    } catch (error) {
      return this.#failed(error);
    }
    if (pushed.events.length > eventsMax)
      return this.#refuse(413, 'too_large', `it holds more than ${eventsMax} events at once`);
    return this.#keep(pushed, performance.now() - startedAt);
  }

  async #keep(pushed: Pushed, readMs: number): Promise<PushReply> {
    const { id, writes, act } = this.#deps;
    const late = () => {
      throw new Error(`not stored within ${storeMs / 1000} s`);
    };
    try {
      await within(this.#store(pushed, readMs), storeMs, late);
      for (const one of pushed.acts ?? []) await within(act?.(id, one) ?? done, storeMs, late);
    } catch (error) {
      writes?.failed(`source:${id}`, error);
      return this.#refuse(503, 'database', databaseErrorText(error));
    }
    writes?.passed(`source:${id}`);
    this.#lastSuccessAt = new Date(this.#deps.now()).toISOString();
    this.#deps.metrics.sourcePushes.inc({ source: id, outcome: 'accepted' });
    return { status: 202 };
  }

  async #store({ events }: Pushed, readMs: number): Promise<void> {
    if (events.length === 0) return;
    const { id, tracing, log, metrics, now } = this.#deps;
    const trace = tracing?.page(id);
    trace?.read('ok', events.length);
    trace?.storing();
    const startedAt = performance.now();
    let stored: Stored;
    try {
      stored = await this.#storeIn(events, trace?.parent);
    } catch (error) {
      trace?.failed({ reason: 'database' });
      throw error;
    }
    trace?.stored(stored.events.length, stored.duplicates);
    countStored(
      { id, metrics, nowMs: now(), isPushed: true },
      { events, cursor: null, more: false },
      stored,
    );
    logStored(log, {
      ...{ source: id, outcome: 'ok', more: false, position: undefined },
      ...{ events: stored.events.length, duplicates: stored.duplicates },
      ...{ traceParent: trace?.parent, readMs, storeMs: performance.now() - startedAt },
    });
  }

  /** An operator may begin another generation of the source meanwhile. */
  async #storeIn(events: Pushed['events'], traceParent: string | undefined): Promise<Stored> {
    const { db, id, routes, silences, lanes, tenants, now } = this.#deps;
    const intake = createIntake({
      ...{ db, source: id, fence: null, routes, silences, lanes, tenants, now },
    });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      this.#generation ??= (await readCursor(db, id)).generation;
      const generation = this.#generation;
      const stored = await intake.store({ events, cursor: null, generation, traceParent });
      if (stored !== null) return stored;
      this.#generation = undefined;
    }
    throw new Error('the source is being reset');
  }

  #unproved({ why }: Refused): PushReply {
    return this.#refuse(401, 'auth', why);
  }

  #refuse(
    status: RefusalStatus,
    reason: string,
    why: string,
    seconds = retryAfterSeconds,
  ): PushReply {
    this.#refusals.note(status, reason, why);
    const mayRetry = status === 429 || status === 503;
    return {
      status,
      headers: {
        'content-type': 'application/json',
        ...(mayRetry && { 'retry-after': String(seconds) }),
        ...(status === 401 && { 'www-authenticate': 'Basic realm="tocsin"' }),
      },
      body: JSON.stringify({ error: refusalWords[status] }),
    };
  }
}

const done = Promise.resolve();
type RefusalStatus = keyof typeof refusalWords;

/** For the sender, who learns no more than what to do. */
const refusalWords = {
  400: 'the body is not what this source takes; the log of Tocsin says more',
  401: 'the proof of who you are is missing or wrong; the log of Tocsin says more',
  413: 'the body is too large',
  415: 'the body is packed in a way that is not known: gzip, deflate and br are',
  429: 'too many requests; come back after Retry-After',
  503: 'nothing was stored; come back after Retry-After',
} as const;

const unpackWords = {
  400: 'its packed body is damaged',
  413: 'its body is too large once it is unpacked',
  415: 'its body is packed in a way that is not known',
} as const;
