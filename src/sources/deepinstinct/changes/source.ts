// Later changes of the items of a console, as a polled source: each poll makes one request, the one
// that is the most overdue, or none while the budget is spent. Between calls it keeps hints only.
import { AdapterError } from '../../../kit/errors.ts';
import type { EventDraft } from '../../../kit/event.ts';
import type {
  KnownItems,
  Page,
  PollSource,
  SourceContext,
  SourceFigures,
} from '../../../kit/source.ts';
import { createClient } from '../client.ts';
import { linkOf } from '../normalise.ts';
import type { WireItem, WirePage } from '../page.ts';
import type { Stream } from '../stream.ts';
import { expiryOf } from '../token.ts';
import { Asker } from './asker.ts';
import { Budget } from './budget.ts';
import type { ChangesConfig } from './config.ts';
import { changeOf } from './draft.ts';
import { Outages } from './outages.ts';
import { formatPosition, neverSwept, nowhere, type Position, parsePosition } from './position.ts';
import {
  advanced,
  dueInMs,
  filterOf,
  isHeeded,
  pageSize,
  runOf,
  type SweepTask,
  sweepEveryMs,
  tasksOf,
} from './sweep.ts';
import { Watch, type WatchTask } from './watch.ts';

/** Beyond every number in use, yet within 32 bits: the answer is empty and proves the key. */
const beyondAll = 2 ** 31 - 1;
/** New items come by themselves, and are learnt of at the next poll. */
const waitMaxMs = 60_000;
const waitMinMs = 1000;
const openWords = ['OPEN', 'REOPEN'];

type Task = SweepTask | WatchTask;

/** What one request came to. */
interface Outcome {
  readonly events: readonly EventDraft[];
  readonly position: Position;
  readonly isDisabled?: boolean;
}

export class ChangesSource implements PollSource {
  readonly kind = 'poll';
  readonly console: string;
  readonly #config: ChangesConfig;
  readonly #context: SourceContext;
  readonly #budget: Budget;
  readonly #asker: Asker;
  readonly #tasks: readonly SweepTask[];
  readonly #outages = new Outages();
  #watch: Watch | undefined;
  #position: Position = nowhere;
  /** The last request failed so. */
  #failure: AdapterError | undefined;
  #wasSweep = false;

  constructor(config: ChangesConfig, context: SourceContext) {
    const { url, token, budget } = config;
    const { http, now } = context;
    this.console = `${url} change`;
    this.#config = config;
    this.#context = context;
    this.#budget = new Budget(budget);
    this.#asker = new Asker({ http, url, token, now, budget: this.#budget });
    this.#tasks = tasksOf(config.streams);
  }

  async poll(cursorText: string | null, signal: AbortSignal): Promise<Page> {
    signal.throwIfAborted();
    const known = this.#known();
    this.#position = (cursorText === null ? undefined : parsePosition(cursorText)) ?? nowhere;
    this.#budget.recall(this.#position.usedMs);
    const watch = this.#watchOf(known);
    await watch.refresh(this.#now());
    const { task, inMs } = this.#next(watch);
    if (task === undefined) return nothing(inMs);
    const freeInMs = this.#budget.freeInMs(this.#now());
    if (freeInMs > 0) return this.#notNow(freeInMs);
    try {
      const { events, position, isDisabled = false } = await this.#do(task, watch, signal);
      this.#failure = undefined;
      return this.#pageOf(events, position, { watch, isDisabled });
    } catch (error) {
      if (error instanceof AdapterError) this.#failure = error;
      throw error;
    }
  }

  async check(signal: AbortSignal): Promise<string | undefined> {
    const { url, token, streams } = this.#config;
    const client = createClient({ http: this.#context.http, url, token, now: this.#context.now });
    await client.readPage('event', beyondAll, signal);
    try {
      if (streams.includes('suspicious')) await client.readPage('suspicious', beyondAll, signal);
    } catch (error) {
      // The key was just found good, so the feature is switched off, which is allowed.
      if (!isUnauthorised(error)) throw error;
    }
    return undefined;
  }

  notStored(): void {
    this.#watch?.notStored();
  }

  credentialExpiresAt(): number | undefined {
    return expiryOf(this.#config.token);
  }

  takeFigures(): SourceFigures {
    const done = this.#tasks.map(({ name }) => this.#position.sweeps[name]?.doneMs ?? null);
    const first = done.includes(null) ? undefined : Math.min(...(done as number[]));
    return {
      requests: this.#asker.takeRequests(),
      watched: this.#watch?.open ?? 0,
      sweepAgeMs: first === undefined ? undefined : Math.max(0, this.#now() - first),
    };
  }

  #now(): number {
    return this.#context.now();
  }

  #known(): KnownItems {
    const { known } = this.#context;
    if (known === undefined) throw new Error('nothing is known of what is stored');
    return known;
  }

  #watchOf(known: KnownItems): Watch {
    const { streams, watch_for: watchForMs } = this.#config;
    const graceMs = 2 * sweepEveryMs('closed', this.#config);
    this.#watch ??= new Watch({ known, streams, watchForMs, graceMs });
    return this.#watch;
  }

  /** A sweep and a look at open items take turns where both are due. */
  #next(watch: Watch): { readonly task: Task | undefined; readonly inMs: number } {
    const nowMs = this.#now();
    const pace = { ...this.#config, nowMs };
    const isOut = (stream: Stream) => this.#outages.isOut(stream, nowMs);
    const sweeps = this.#tasks
      .filter(({ stream, name }) => !isOut(stream) && !this.#outages.isOut(name, nowMs))
      .map((task) => ({ task, inMs: dueInMs(task, this.#position, pace) }))
      .sort((a, b) => a.inMs - b.inMs);
    const [first] = sweeps;
    const look = watch.next(nowMs, isOut);
    const sweep = first !== undefined && first.inMs <= 0 ? first.task : undefined;
    const inMs = Math.min(first?.inMs ?? waitMaxMs, look.inMs);
    if (sweep === undefined || (this.#wasSweep && look.task !== undefined))
      return { task: look.task, inMs };
    return { task: sweep, inMs };
  }

  /** While the budget is spent. A failure goes on until a request passes. */
  #notNow(freeInMs: number): Page {
    if (this.#failure === undefined) return nothing(freeInMs);
    const { reason, message, status, answer, retryAfterMs = 0 } = this.#failure;
    throw new AdapterError('retry', reason, message, {
      ...{ status, answer },
      retryAfterMs: Math.max(retryAfterMs, freeInMs),
    });
  }

  #pageOf(
    events: readonly EventDraft[],
    position: Position,
    { watch, isDisabled }: { readonly watch: Watch; readonly isDisabled: boolean },
  ): Page {
    const nowMs = this.#now();
    this.#position = { ...position, usedMs: this.#budget.used(nowMs) };
    const cursor = formatPosition(this.#position);
    const { task, inMs } = this.#next(watch);
    const waitMs = Math.max(this.#budget.freeInMs(nowMs), task === undefined ? inMs : 0);
    const facts = { facts: { overlap: true, ...(isDisabled && { disabled: true }) } };
    return { events, cursor, more: waitMs === 0, waitMs: within(waitMs), ...facts };
  }

  async #do(task: Task, watch: Watch, signal: AbortSignal): Promise<Outcome> {
    this.#wasSweep = task.kind === 'sweep';
    const stream = task.kind === 'item' ? task.item.stream : task.stream;
    try {
      if (task.kind === 'sweep') return await this.#sweep(task, watch, signal);
      const events =
        task.kind === 'page'
          ? await this.#look(task, watch, signal)
          : await this.#lookAtOne(task.item, watch, signal);
      return { events, position: this.#position };
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      if (stream === 'suspicious' && isUnauthorised(error)) return await this.#disabled(signal);
      // The others go on meanwhile; this one may be what the console cannot do.
      if (task.kind === 'item' && error.status !== undefined && error.reason !== 'rate_limited')
        watch.seen(task.item, this.#now());
      if (task.kind === 'sweep') this.#outages.failed(task.name, error, this.#now());
      if (task.kind === 'page') this.#outages.failed('search', error, this.#now());
      throw error;
    }
  }

  async #sweep(task: SweepTask, watch: Watch, signal: AbortSignal): Promise<Outcome> {
    const { name, stream, sweep: kind } = task;
    const nowMs = this.#now();
    const sweep = this.#position.sweeps[name] ?? neverSwept;
    const run = runOf(task, sweep, { nowMs, watchForMs: this.#config.watch_for });
    const question = { after: run.after, filter: filterOf(kind, run) };
    const page = await this.#asker.search(stream, question, signal);
    if (!isHeeded(kind, run, page)) throw this.#unheeded(kind);
    const events = await this.#changesIn(stream, page, watch);
    const next = advanced(kind, { sweep, run, page, nowMs });
    const sweeps = { ...this.#position.sweeps, [name]: next };
    return { events, position: { ...this.#position, sweeps } };
  }

  /** Reads the open items from one on; where the console cannot search, all of them. */
  async #look(
    { stream, from }: WatchTask & { kind: 'page' },
    watch: Watch,
    signal: AbortSignal,
  ): Promise<EventDraft[]> {
    const after = from - 1;
    const page = this.#outages.isOut('search', this.#now())
      ? await this.#asker.list(stream, after, signal)
      : await this.#asker.search(stream, { after, filter: { status: openWords } }, signal);
    const events = await this.#changesIn(stream, page, watch);
    const isEnd = page.items.length < pageSize;
    const to = isEnd ? Number.POSITIVE_INFINITY : (page.newestId ?? from);
    const present = new Set(page.items.flatMap(({ id }) => id ?? []));
    watch.covered({ stream, from, to }, present, this.#now());
    return events;
  }

  async #lookAtOne(
    item: (WatchTask & { kind: 'item' })['item'],
    watch: Watch,
    signal: AbortSignal,
  ): Promise<EventDraft[]> {
    const { stream, number } = item;
    const found = await this.#asker.item(stream, number, signal);
    if (found === undefined) {
      watch.gone(item, this.#now());
      return [];
    }
    watch.seen(item, this.#now());
    return await this.#changesIn(stream, { items: [found] }, watch);
  }

  /** What is new of those items that are followed. */
  async #changesIn(
    stream: Stream,
    { items }: Pick<WirePage, 'items'>,
    watch: Watch,
  ): Promise<EventDraft[]> {
    const found = items.flatMap((item: WireItem) => {
      const watched = watch.find(stream, item.id);
      return watched === undefined ? [] : [{ item, watched }];
    });
    const raws = await this.#known().raws(found.map(({ watched }) => watched.eventId));
    return found.flatMap(({ item, watched }) => {
      const knownRaw = raws.get(watched.eventId);
      if (knownRaw === undefined) return [];
      const change = changeOf({ item, watched, knownRaw, link: linkOf(this.#config) });
      if (change === undefined) return [];
      watch.hand(watched, this.#now());
      return [change];
    });
  }

  /**
   * A 401 for the suspicious events alone means that they are switched off; the other stream shows
   * whether it is alone.
   */
  async #disabled(signal: AbortSignal): Promise<Outcome> {
    await this.#asker.list('event', beyondAll, signal);
    this.#outages.begin('suspicious', this.#now());
    const isDisabled = this.#config.streams.every((stream) => stream === 'suspicious');
    return { events: [], position: this.#position, isDisabled };
  }

  #unheeded(kind: SweepTask['sweep']): AdapterError {
    return new AdapterError(
      'retry',
      'malformed',
      `${this.#asker.host}: the server ignored the filter of a search for what was ${kind}: it ` +
        'gave events that were not asked for. They are looked for in another way, which takes ' +
        'longer, and the search is tried again in an hour. Its release may have other filters.',
    );
  }
}

function nothing(inMs: number): Page {
  return { events: [], cursor: null, more: false, waitMs: within(inMs) };
}

function within(waitMs: number): number {
  return Math.min(Math.max(waitMs, waitMinMs), waitMaxMs);
}

function isUnauthorised(error: unknown): boolean {
  return error instanceof AdapterError && error.status === 401;
}
