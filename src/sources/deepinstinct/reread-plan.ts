// When to read a second time, from where on, and what to compare with. Hints only: they end with
// the process, and any of them may be wrong.
import type { Cursor } from './cursor.ts';
import type { WireItem } from './page.ts';
import { timeMsOf } from './time.ts';

/**
 * One poll in so many reads a second time what lies before the cursor; so does the first poll of a
 * process.
 */
const pollsBetweenRereads = 10;
/** Where more is behind it, a page has so many items. */
const fullPage = 50;
/** After so many numbers the next one is due, however few polls that took. */
const numbersBetweenRereads = (pollsBetweenRereads - 1) * fullPage;
/**
 * An item that was inserted so lately may have neighbours that are not shown yet. If this were
 * longer, whatever was waiting for us would be read twice.
 */
const newMs = 10_000;

/**
 * Whether an item may still appear between these, late. A full page of old items is one of many on
 * the way through the past. Nothing appears there any more, and reading it twice would cost two
 * thirds of the CPU again. Where clocks differ by more than {@link newMs}, only pages that are not
 * full count as new.
 */
function areNew(items: readonly WireItem[], nowMs: number): boolean {
  const newestMs = timeMsOf(items.at(-1)?.at);
  return items.length < fullPage || newestMs === undefined || nowMs - newestMs < newMs;
}

export class RereadPlan {
  readonly #now: () => number;
  #pollsLeft = 0;
  /** The first place since the last second reading after which something may have come late. */
  #oldest: Cursor | undefined;
  #oldestBefore: Cursor | undefined;
  /** A reading that began in an earlier turn counts no more. */
  #turn = 0;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  isDue({ id }: Cursor): boolean {
    return (
      this.#pollsLeft <= 0 ||
      (this.#oldest !== undefined && id - this.#oldest.id >= numbersBetweenRereads)
    );
  }

  /**
   * The witness is what must still be as it was; `from` is where reading again begins, or a little
   * before it.
   */
  begin(cursor: Cursor): { from: Cursor; witness: Cursor; turn: number } {
    const oldest = this.#oldest;
    const from = oldest !== undefined && oldest.id <= cursor.id ? oldest : cursor;
    return { from, witness: from.at === null ? cursor : from, turn: this.#turn };
  }

  /**
   * A second reading is complete. Not called for one that failed or raised the alarm, so that the
   * next poll tries it again.
   * @param begun in which turn it began
   */
  done(begun: number): void {
    if (begun !== this.#turn) return;
    this.#pollsLeft = pollsBetweenRereads - 1;
    this.#oldestBefore = this.#oldest;
    this.#oldest = undefined;
  }

  /** A poll gave these items, read on from the cursor. */
  reached(cursor: Cursor, items: readonly WireItem[], isEnd: boolean): void {
    if (!isEnd && !areNew(items, this.#now())) return;
    this.#pollsLeft -= 1;
    this.#oldest ??= cursor;
  }

  /** What was given did not get into the store: it is read again, and from as far back. */
  undo(): void {
    this.#startOver(this.#oldestBefore ?? this.#oldest);
  }

  /** Reading goes on from before what was reached. */
  back(cursor: Cursor): void {
    if (this.#oldest !== undefined && this.#oldest.id > cursor.id) this.#oldest = cursor;
    if (this.#oldestBefore !== undefined && this.#oldestBefore.id > cursor.id)
      this.#oldestBefore = cursor;
  }

  /** The numbers have begun anew. */
  forget(): void {
    this.#oldestBefore = undefined;
    this.#startOver(undefined);
  }

  #startOver(from: Cursor | undefined): void {
    this.#turn += 1;
    this.#pollsLeft = 0;
    this.#oldest = from;
  }
}
