// A source that is polled over HTTP by time: asks for one page at a time, from a little before the
// newest stamp on, so that what was stored late is found. What was found before has its id, and is
// stored once. Between calls it keeps hints alone; any call is right for any position.
import type { AdapterContext } from '../adapter.ts';
import { AdapterError } from '../errors.ts';
import type { EventDraft } from '../event.ts';
import type { HttpAnswer } from '../http/index.ts';
import { type JsonPieces, parsePieces } from '../json-pieces.ts';
import { rawOf, timeOf } from '../pushed-item.ts';
import type { Page, PollSource } from '../source.ts';
import { Clock } from './clock.ts';
import { Credential } from './credential.ts';
import { type Asked, noPage, pollFailure } from './failure.ts';
import { guardOf, keptCursor, nextMark, PagingError } from './paging.ts';
import type { OpenPage, PollPlan } from './plan.ts';
import { formatPosition, type Position, parsePosition, type Walk } from './position.ts';
import { requestOf } from './request.ts';
import { Restarts } from './restarts.ts';
import { placesIn } from './template.ts';

const timeoutMs = 30_000;
const bodyBytesMax = 32 * 1024 * 1024;
/** Longer texts of an item are cut before anything looks at them; what is kept is whole. */
const textMax = 4000;
const itemsMax = 10_000;
const dayMs = 86_400_000;

export class PolledSource implements PollSource {
  readonly kind = 'poll';
  readonly console?: string;
  readonly #plan: PollPlan;
  readonly #context: AdapterContext;
  readonly #credential: Credential;
  readonly #clock: Clock;
  readonly #restarts: Restarts;
  /** The far end is told since when. */
  readonly #asksSince: boolean;

  constructor(plan: PollPlan, context: AdapterContext) {
    if (plan.console !== undefined) this.console = plan.console;
    this.#plan = plan;
    this.#context = context;
    this.#credential = new Credential(plan.credential, context);
    this.#clock = new Clock(context.now);
    this.#restarts = new Restarts(context.now);
    const { query, body = null } = plan.request;
    this.#asksSince = placesIn([query, body]).has('since');
  }

  async poll(text: string | null, signal: AbortSignal): Promise<Page> {
    const isFirst = text === null;
    const position = isFirst ? this.#begin() : this.#restarts.resume(parsePosition(text));
    const { walk, url, answer } = await this.#askOn(position, signal);
    const corrected = this.#begin();
    if (isFirst && corrected.from < position.from)
      // Our clock is ahead of theirs: what comes next would have stamps from before the start.
      return {
        ...{ events: [], cursor: formatPosition(corrected), more: true },
        notice: this.#watching(corrected),
      };
    const page = this.#open(answer);
    const turned = this.#turn({ position, walk, url, answer, page });
    const cursor = formatPosition(turned.position);
    this.#restarts.turned(turned.position.walk === undefined);
    return {
      events: this.#eventsOf(page, position, walk),
      cursor: cursor === text ? null : cursor,
      more: turned.more,
      facts: { overlap: true },
      ...(isFirst && { notice: this.#watching(position) }),
    };
  }

  async check(signal: AbortSignal): Promise<string | undefined> {
    const nowMs = this.#clock.nowMs();
    const [from, at] = [nowMs - dayMs, nowMs];
    const walk = { since: from, until: at, newest: from, pages: 0 };
    const { answer } = await this.#ask(walk, signal);
    const page = this.#open(answer);
    const drafts = this.#draftsOf(page);
    const strange = drafts.filter(({ type }) => type === 'UNRECOGNISED').length;
    return strange === 0
      ? undefined
      : `${strange} of the ${page.items.length} items of the last day are not understood, and would be announced as UNRECOGNISED.`;
  }

  /**
   * The events of an answer of the far end, whenever they are from.
   * @throws {AdapterError} it is no page
   */
  readAnswer(text: string): readonly EventDraft[] {
    const answer = { status: 200, headers: {}, body: text, truncated: false };
    const refuse = (problem: string) =>
      new AdapterError('retry', 'malformed', `The answer ${problem}.`);
    return this.#draftsOf(this.#open(answer, refuse));
  }

  #begin(): Position {
    const { startFrom } = this.#plan;
    const nowMs = this.#clock.nowMs();
    if (startFrom === 'now') return { from: nowMs, at: nowMs };
    const startMs = startFrom.kind === 'date' ? startFrom.ms : nowMs - startFrom.ms;
    const from = Math.max(0, Math.min(startMs, nowMs));
    return { from, at: from };
  }

  #watching({ from }: Position) {
    const { id } = this.#context;
    const values = { source: id, from: new Date(from).toISOString(), host: this.#host };
    return { kind: 'watching', values } as const;
  }

  get #host(): string {
    return new URL(this.#plan.request.url).host;
  }

  /** The walk that a position is in the middle of, or a new one. */
  #walkOf({ from, at, walk, kept }: Position): Walk {
    if (walk !== undefined) return walk;
    const since = Math.max(from, at - this.#plan.overlapMs);
    const nowMs = this.#clock.nowMs();
    // A clock that lies behind what was seen already knows of no end.
    const until = nowMs < at ? at + dayMs : Math.max(since, nowMs - this.#plan.lagMs);
    return { since, until, newest: since, pages: 0, ...(kept !== undefined && { mark: kept }) };
  }

  /** Asks for the next page, or for the first one again where the far end knows its mark no longer. */
  async #askOn(position: Position, signal: AbortSignal): Promise<Asking> {
    const walk = this.#walkOf(position);
    try {
      return await this.#ask(walk, signal);
    } catch (error) {
      if (walk.mark === undefined || !this.#restarts.mayFollow(error)) throw error;
      const { from, at } = position;
      return await this.#ask(this.#walkOf({ from, at }), signal);
    }
  }

  async #ask(walk: Walk, signal: AbortSignal): Promise<Asking> {
    const { headers, ...request } = requestOf(this.#plan, walk);
    const send = async () => {
      const proved = await this.#credential.prove(signal);
      const sentMs = this.#context.now();
      const bounds = { timeoutMs, bodyBytesMax, signal };
      const answer = await this.#context.http.request({
        ...{ ...request, ...bounds, headers: { ...headers, ...proved.headers } },
      });
      this.#clock.heard(answer.headers.date, sentMs);
      return { answer, isOld: proved.isOld };
    };
    let { answer, isOld } = await send();
    if (answer.status === 401) this.#credential.forget();
    if (answer.status === 401 && isOld) ({ answer } = await send());
    const failure = pollFailure(answer, this.#asked());
    if (failure !== undefined) throw failure;
    return { walk, url: request.url, answer };
  }

  #asked(): Asked {
    const { secrets } = this.#credential;
    return { host: this.#host, secrets, nowMs: this.#context.now() };
  }

  /** @throws {AdapterError} `malformed` */
  #open(
    answer: HttpAnswer,
    refuse = (problem: string) => noPage(answer, this.#asked(), problem),
  ): OpenPage {
    if (answer.status === 204) return { pieces: parsePieces('[]'), items: [] };
    if (answer.truncated)
      throw refuse(`is longer than ${bodyBytesMax / 1024 / 1024} MB; make its pages smaller`);
    const pieces = parsed(answer.body, refuse);
    const { items, fault } = this.#plan.read(pieces.value);
    if (fault !== undefined) throw refuse(fault);
    if (items === undefined) throw refuse('has no list of items where one should be');
    if (items.length > itemsMax)
      throw refuse(`has more than ${itemsMax} items; make its pages smaller`);
    return { pieces, items };
  }

  #turn({ position, walk, url, answer, page }: Asking & Opened) {
    const { paging, isAscending = false } = this.#plan;
    const { pieces, items } = page;
    const raws = items.map((item) => rawOf(pieces, item));
    const stamps = items.flatMap((item) => this.#stampMs(pieces, item) ?? []);
    const { headers } = answer;
    const turn = { paging, walk, url, raws, stamps, headers, body: pieces.value };
    const [mark, guard, kept] = this.#followed(() => [
      nextMark(turn),
      guardOf(turn),
      keptCursor(turn),
    ]);
    // A stamp from the future says nothing about how far was read.
    const newest = Math.max(walk.newest, ...stamps.filter((one) => one <= walk.until));
    const reached = Math.max(position.at, newest);
    const { from } = position;
    if (mark === undefined)
      return { position: { from, at: reached, ...(kept !== undefined && { kept }) }, more: false };
    const next: Walk = {
      ...{ since: walk.since, until: walk.until, newest, pages: walk.pages + 1, mark },
      ...guard,
    };
    return { position: { from, at: isAscending ? reached : position.at, walk: next }, more: true };
  }

  #followed<const Value>(follow: () => Value): Value {
    try {
      return follow();
    } catch (error) {
      if (error instanceof PagingError) this.#restarts.failed();
      throw error;
    }
  }

  #stampMs(pieces: JsonPieces, item: unknown): number | undefined {
    const time = timeOf(this.#plan.stampOf({ pieces, item }));
    return time === undefined ? undefined : Date.parse(time);
  }

  #eventsOf({ pieces, items }: OpenPage, { from }: Position, { since }: Walk): EventDraft[] {
    const { createdOf, draftsOf } = this.#plan;
    return items.flatMap((item) => {
      const given = { pieces, item };
      const created = timeOf(createdOf?.(given));
      // Where the far end was not told since when, what is from before the start is left out here.
      const stamp =
        created === undefined && !this.#asksSince
          ? this.#stampMs(pieces, item)
          : Date.parse(created ?? '');
      if (stamp !== undefined && stamp < from) return [];
      const drafts = draftsOf(given, this.#context.id);
      // It was announced long ago, and may be stored no longer.
      const isOld = created !== undefined && Date.parse(created) < since - dayMs;
      return isOld ? drafts.filter(({ body }) => body.change !== undefined) : drafts;
    });
  }

  #draftsOf({ pieces, items }: OpenPage): EventDraft[] {
    return items.flatMap((item) => this.#plan.draftsOf({ pieces, item }, this.#context.id));
  }
}

interface Asking {
  /** What was asked for: another walk where the one before was given up. */
  readonly walk: Walk;
  readonly url: string;
  readonly answer: HttpAnswer;
}

interface Opened {
  readonly position: Position;
  readonly page: OpenPage;
}

function parsed(body: string, refuse: (problem: string) => AdapterError): JsonPieces {
  try {
    return parsePieces(body, textMax);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refuse(error.message);
  }
}
