// Reads a stream on from a cursor: at the end of the list from the newest item that is shown, so
// that what happens below the cursor is seen as well; on the way there page by page. Keeps hints
// only.
import { type Alarm, createAlarm } from './alarm.ts';
import { AnswerTooLongError, type Client } from './client.ts';
import { SureReader } from './confirm.ts';
import { advance, type Cursor, isAt, leapMin, numberBefore, type Place } from './cursor.ts';
import type { Read } from './first-start.ts';
import type { WireItem } from './page.ts';
import { Rereader } from './reread.ts';
import { RereadPlan } from './reread-plan.ts';
import { judge, judgeEnd, judgeReread } from './same-tenant.ts';
import type { Stream } from './stream.ts';
import { TenantEnd } from './tenant-end.ts';

export interface ReaderOptions {
  readonly client: Client;
  readonly stream: Stream;
  /** See the setting of this name. */
  readonly overlap: number;
  /** As people call this source, for `tocsin source reset`. */
  readonly sourceId: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What one reading gave. */
export interface Portion {
  /** By number. Beyond {@link Cursor.start}. */
  readonly items: readonly WireItem[];
  readonly cursor: Cursor;
  /** False if the end was reached. */
  readonly more: boolean;
  /** Known items may be among them. */
  readonly isAgain: boolean;
}

/** They bound one reading. */
const pagesMax = 45;

export class Reader {
  readonly #overlap: number;
  readonly #now: () => number;
  readonly #sure: SureReader;
  readonly #alarm: Alarm;
  readonly #plan: RereadPlan;
  readonly #rereader: Rereader;
  readonly #tenantEnd: TenantEnd;
  #isAtEnd = true;
  /** Of the reading under way; at first there is none. */
  #signal: AbortSignal = AbortSignal.abort();

  constructor({ client, stream, overlap, sourceId, now }: ReaderOptions) {
    const read: Read = (after) => client.readPage(stream, after, this.#signal);
    const { host } = client;
    this.#overlap = overlap;
    this.#now = now;
    this.#sure = new SureReader(read, host);
    this.#alarm = createAlarm({ host, sourceId, read, now });
    this.#plan = new RereadPlan(now);
    this.#rereader = new Rereader(now);
    this.#tenantEnd = new TenantEnd({ read, alarm: this.#alarm, now });
  }

  /**
   * One reading from this cursor, which may be any. Not to be called while another is under way.
   * @throws {AdapterError} `reset` if the tenant's numbers do not go on from the cursor; else as
   * {@link Client.readPage}
   */
  async read(cursor: Cursor, signal: AbortSignal): Promise<Portion> {
    this.#signal = signal;
    const wasAtEnd = this.#isAtEnd;
    // Until this reading has shown otherwise, also if it fails.
    this.#isAtEnd = true;
    const portion = await this.#readAs(cursor, wasAtEnd);
    this.#isAtEnd = !portion.more;
    return portion;
  }

  /** What was given did not get into the store, so it is read again. */
  notStored(): void {
    this.#plan.undo();
    this.#isAtEnd = true;
  }

  /** The numbers have begun anew. */
  forget(): void {
    this.#plan.forget();
    this.#rereader.forget();
    this.#tenantEnd.forget();
    this.#isAtEnd = true;
  }

  #readAs(cursor: Cursor, wasAtEnd: boolean): Promise<Portion> {
    if (this.#plan.isDue(cursor)) return this.#readAgain(cursor, false);
    // A leap may have been none, which only the item of the cursor can show.
    return wasAtEnd || cursor.before !== undefined
      ? this.#readFromEnd(cursor)
      : this.#readOn(cursor);
  }

  /** @param turn of the second reading in whose place this one is, if it is */
  async #readOn(cursor: Cursor, turn?: number): Promise<Portion> {
    const items = await this.#sure.read(cursor.id, cursor.id);
    // Its own item was not asked for. That it is missing says nothing, but what lies below it may.
    const verdict = judge(cursor, items, this.#now());
    if (verdict.kind === 'another' || verdict.kind === 'behind')
      return this.#alarm(cursor, verdict);
    return this.#use({ cursor, items, turn });
  }

  /**
   * One request, as reading on is, unless the item of the cursor has vanished.
   * @param turn as of {@link #readOn}
   */
  async #readFromEnd(cursor: Cursor, turn?: number): Promise<Portion> {
    const shown = this.#tenantEnd.shownBelow(cursor);
    const items =
      shown === undefined
        ? await unlessTooLong(this.#sure.read(numberBefore(cursor), cursor.id))
        : await this.#readPast(shown, cursor);
    // The answer has the item of the cursor and what follows. That one is there, so skip it.
    if (items === undefined) return this.#readOn(cursor, turn);
    const step = judgeEnd({ cursor, shown, items, nowMs: this.#now() });
    if (step.kind === 'look_again') return this.#readAgain(cursor, true);
    if (step.kind === 'alarm') return this.#alarm(cursor, step.contradiction);
    if (step.kind === 'still_missing') this.#tenantEnd.remember(cursor, items);
    return this.#use({ cursor, items, known: shown ?? cursor, turn });
  }

  /**
   * Reads from the newest item that was shown until nothing follows, or beyond the cursor: mostly
   * one page.
   */
  async #readPast(shown: Place, cursor: Cursor): Promise<readonly WireItem[]> {
    const items: WireItem[] = [];
    let after = numberBefore(shown);
    for (let pages = 0; pages < pagesMax; pages += 1) {
      const page = await this.#sure.read(after, cursor.id);
      items.push(...page.filter(({ id }) => id === undefined || id > after));
      const newest = page.findLast(({ id }) => id !== undefined)?.id ?? 0;
      if (newest <= Math.max(after, shown.id) || newest > cursor.id) break;
      after = newest;
    }
    return items;
  }

  /**
   * @param isWhole however many numbers lie between, because something below the cursor is not as
   * it was
   */
  async #readAgain(cursor: Cursor, isWhole: boolean): Promise<Portion> {
    const { from, witness, turn } = this.#plan.begin(cursor);
    const overlap = isWhole ? Math.max(this.#overlap, leapMin) : this.#overlap;
    const options = { sure: this.#sure, cursor, from, witness, overlap, isWhole, turn };
    const reading = this.#rereader.reread(options);
    const reread = isWhole ? await reading : await unlessTooLong(reading);
    if (reread === undefined) {
      this.#rereader.forget();
      return this.#readFromEnd(cursor, turn);
    }
    const { items, more, reached } = reread;
    const step = judgeReread({ cursor, witness, items, reached, nowMs: this.#now() });
    if (step.kind === 'alarm') return this.#alarm(step.about, step.contradiction);
    if (step.kind === 'go_back') return this.#readBack(step.to);
    const measured = step.kind === 'find_end' ? await this.#tenantEnd.find(cursor, items) : cursor;
    this.#plan.done(turn);
    this.#plan.reached(measured, items, !more);
    const next = advance(measured, items, this.#now());
    return { items: announced(items, cursor), cursor: next, more, isAgain: true };
  }

  /** Reads on from before a leap that was none, all of it: it may hide hundreds of events. */
  #readBack(cursor: Cursor): Promise<Portion> {
    this.#plan.back(cursor);
    return this.#readAgain(cursor, true);
  }

  /**
   * What these items give beyond the cursor.
   * @param known the item of this place is not given once more
   * @param turn as of {@link #readOn}; it is done before it counts that this was read
   */
  #use(reading: {
    readonly cursor: Cursor;
    readonly items: readonly WireItem[];
    readonly known?: Place;
    readonly turn: number | undefined;
  }): Portion {
    const { cursor, items, known, turn } = reading;
    const next = advance(cursor, items, this.#now());
    const more = next.id > cursor.id;
    if (turn !== undefined) this.#plan.done(turn);
    this.#plan.reached(cursor, items, !more);
    const isNew = (item: WireItem) =>
      known === undefined || known.at === null || !isAt(item, known);
    const wanted = announced(items, cursor).filter(isNew);
    const isAgain = wanted.some(({ id }) => id !== undefined && id <= cursor.id);
    return { items: wanted, cursor: next, more, isAgain };
  }
}

/** What was there before the first start is never announced. */
function announced(items: readonly WireItem[], { start }: Cursor): readonly WireItem[] {
  return items.filter(({ id }) => id === undefined || id > start);
}

/**
 * Undefined if the answer is too long: then what lies beyond the cursor is read alone, so that it
 * need not wait for what makes the answer so long.
 */
async function unlessTooLong<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AnswerTooLongError) return undefined;
    throw error;
  }
}
