// A number from outside moves nothing until a second answer confirms it: decides when to ask a
// second time, and what both answers prove.
import { AdapterError } from '../../kit/errors.ts';
import { leapMin } from './cursor.ts';
import type { Read } from './first-start.ts';
import type { WireItem, WirePage } from './page.ts';

/** How many pages in a row may name a `last_id` and show nothing. */
const withheldMax = 45;
/** How many may show nothing that has a number. To pass a leap of 2^53 takes some 80 of them. */
const numberlessMax = 150;
/** A page of so many items need not be the last. */
const fullPage = 50;

/**
 * Whether the page has events without a number, and none with a number to read on from: one right
 * behind `after` may be the item of the cursor.
 */
function isUnnumbered(
  { items, newestId = 0, lastId = 0 }: WirePage,
  after: number,
  position: number,
): boolean {
  if (!items.some(({ id }) => id === undefined) || newestId > position || lastId > position)
    return false;
  return newestId === 0 || (newestId <= after + 1 && items.length >= fullPage);
}

/** Whether the page needs no second answer: nothing leaps, and `last_id` claims nothing unseen. */
function isPlain({ items, newestId, lastId }: WirePage, position: number): boolean {
  if (newestId === undefined || newestId <= position)
    return lastId === undefined || lastId <= position;
  return !hasLeap(items, position);
}

function hasLeap(items: readonly WireItem[], position: number): boolean {
  let last = position;
  for (const { id } of items) {
    if (id === undefined || id <= last) continue;
    if (id - last > leapMin) return true;
    last = id;
  }
  return false;
}

/**
 * What may be believed of two answers to one question: a leap beyond `position` only if both show
 * it, and what comes before any leap if one of them shows it. Pure.
 */
export function agreed(first: WirePage, second: WirePage, position: number): readonly WireItem[] {
  const shown = new Map(first.items.map(({ id, at }) => [id, at]));
  let last = position;
  for (const { id, at } of second.items) {
    if (id === undefined || id <= last) continue;
    if (id - last > leapMin && shown.get(id) !== at) break;
    last = id;
  }
  const isBelieved = ({ id }: WireItem) => id === undefined || id <= last;
  const again = new Set(second.items.map(({ id, raw }) => id ?? raw));
  const only = first.items.filter((item) => isBelieved(item) && !again.has(item.id ?? item.raw));
  return [...second.items.filter(isBelieved), ...only].toSorted(byNumber);
}

function byNumber(a: WireItem, b: WireItem): number {
  return (a.id ?? Number.POSITIVE_INFINITY) - (b.id ?? Number.POSITIVE_INFINITY) || 0;
}

/** One question: what lies beyond `after`. */
interface Question {
  readonly after: number;
  /** Everything up to here was read. */
  readonly position: number;
  /** How many pages without a usable item were passed on the way to this question. */
  readonly depth: number;
}

export class SureReader {
  readonly #read: Read;
  readonly #host: string;
  /** A `last_id` behind which there was nothing. It is not followed twice. */
  #deadEnd: number | undefined;

  /** @param host for people */
  constructor(read: Read, host: string) {
    this.#read = read;
    this.#host = host;
  }

  /**
   * Items beyond `after`, by number, those without one last. What they say beyond `position`, to
   * which everything was read, was confirmed by a second answer wherever it leaps.
   * @throws {AdapterError} as {@link Read}; `malformed` if two answers contradict each other, or
   * pages without end show nothing
   */
  read(after: number, position: number): Promise<readonly WireItem[]> {
    return this.#ask({ after, position, depth: 0 });
  }

  async #ask(question: Question): Promise<readonly WireItem[]> {
    const { after, position, depth } = question;
    const first = await this.#read(after);
    if (isUnnumbered(first, after, position)) return this.#beyondUnnumbered(first, question);
    if (isPlain(first, position) || this.#isDeadEnd(first, position)) return first.items;
    const second = await this.#read(after);
    const items = agreed(first, second, position);
    if (hasBeyond(items, position)) return items;
    if ((second.newestId ?? 0) > position) throw contradiction(this.#host, first, second);
    const { lastId } = second;
    if (lastId === undefined || lastId <= position) return items;
    return [...items, ...(await this.#beyondWithheld(lastId, depth))];
  }

  async #beyondWithheld(lastId: number, depth: number): Promise<readonly WireItem[]> {
    if (depth >= withheldMax) throw withheld(this.#host, lastId);
    const items = await this.#ask({ after: lastId, position: lastId, depth: depth + 1 });
    if (depth === 0) this.#deadEnd = hasBeyond(items, lastId) ? undefined : lastId;
    return items;
  }

  /**
   * Finds items with a number beyond those without. Each item has a number of its own even if it
   * does not show it. So where n items lie beyond a number, nothing unseen is skipped by asking n
   * numbers further on, nor by asking beyond that as long as one of the n is shown again.
   * @param first answer to the question
   */
  async #beyondUnnumbered(
    first: WirePage,
    { after, position, depth }: Question,
  ): Promise<readonly WireItem[]> {
    const second = await this.#read(after);
    const seen = new Map(inBoth(first, second).map((item) => [item.raw, item]));
    if (seen.size === 0) throw numberless(this.#host, after);
    let sure = nextAfter(first, after);
    /** From here on unseen items would be skipped. */
    let tooFar: number | undefined;
    let further = 0;
    for (let pages = depth; pages < numberlessMax; pages += 1) {
      const next = sure + further;
      const page = await this.#read(next);
      const isShownAgain = page.items.some(({ raw }) => seen.has(raw));
      if (further > 0 && !isShownAgain) {
        tooFar = next;
        further = Math.floor(further / 2);
        continue;
      }
      if (!isUnnumbered(page, next, position)) {
        const rest = await this.#ask({ after: next, position, depth: pages + 1 });
        return [...rest.filter(({ raw }) => !seen.has(raw)), ...seen.values()];
      }
      for (const item of page.items) seen.set(item.raw, item);
      sure = nextAfter(page, next);
      if (tooFar !== undefined && tooFar <= sure) tooFar = undefined;
      if (!isShownAgain) further = 0;
      else further = tooFar === undefined ? further * 4 + 1 : Math.floor((tooFar - sure) / 2);
    }
    throw numberless(this.#host, after);
  }

  #isDeadEnd({ newestId, lastId }: WirePage, position: number): boolean {
    return (newestId ?? 0) <= position && lastId === this.#deadEnd;
  }
}

/** The number to ask beyond next: it skips nothing unseen, and no numbered item comes twice. */
function nextAfter({ items, newestId = 0 }: WirePage, after: number): number {
  return Math.max(after + items.length, newestId);
}

/** The items that both answers show, by their text. What differs each time is no event. */
function inBoth(first: WirePage, second: WirePage): readonly WireItem[] {
  const texts = new Set(first.items.map(({ raw }) => raw));
  return second.items.filter(({ raw }) => texts.has(raw));
}

function hasBeyond(items: readonly WireItem[], position: number): boolean {
  return items.some(({ id }) => id !== undefined && id > position);
}

function contradiction(host: string, first: WirePage, second: WirePage): AdapterError {
  return new AdapterError(
    'retry',
    'malformed',
    `${host}: two answers to the same question contradict each other: the first went up to event ` +
      `${first.newestId ?? first.lastId}, the second up to ${second.newestId}. Nothing of them ` +
      'was used, and both are asked for again. If this lasts, look for what stands between (proxy, ' +
      'cache).',
  );
}

function numberless(host: string, after: number): AdapterError {
  return new AdapterError(
    'retry',
    'malformed',
    `${host}: a page of events without any number beyond ${after}, and they are others each ` +
      'time, or there is no end to them, so there is no way to read on. Nothing of it was used. Check ' +
      'DEEPINSTINCT_URL and what stands between (proxy, portal).',
  );
}

function withheld(host: string, lastId: number): AdapterError {
  return new AdapterError(
    'retry',
    'malformed',
    `${host}: ${withheldMax} pages in a row, up to event ${lastId}, name a last_id and show no ` +
      'event. Nothing of them was used, and they are asked for again. Check what the key of ' +
      'TOKENS_KEY may read.',
  );
}
