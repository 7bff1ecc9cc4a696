// Finds out where a tenant ends whose newest items have vanished, and remembers it. What it
// remembers are hints: they end with the process, and any of them may be wrong.
import type { Alarm } from './alarm.ts';
import {
  type Cursor,
  isAt,
  latestMsOf,
  measuredBy,
  numberBefore,
  type Place,
  toleranceMs,
} from './cursor.ts';
import { findEnd, findLastBefore, type Read } from './first-start.ts';
import type { WireItem } from './page.ts';
import { judge } from './same-tenant.ts';
import { timeMsOf } from './time.ts';

export interface TenantEndOptions {
  readonly read: Read;
  readonly alarm: Alarm;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The newest item that is shown, where the item of the cursor is not; number 0 if none is. */
interface Shown extends Place {
  /** Of the cursor. */
  readonly cursorId: number;
}

/**
 * No tenant archives so many events between two looks. Further beyond its newest event, the cursor
 * is no position in it.
 */
export const farMin = 1_000_000;

export class TenantEnd {
  readonly #read: Read;
  readonly #alarm: Alarm;
  readonly #now: () => number;
  #shown: Shown | undefined;
  /** The last item that is older than all that was read, when that was last looked for. */
  #older: Place | undefined;

  constructor({ read, alarm, now }: TenantEndOptions) {
    this.#read = read;
    this.#alarm = alarm;
    this.#now = now;
  }

  /**
   * The newest item that was shown at the last look, number 0 if none was. Undefined if nobody
   * looked because of this cursor.
   */
  shownBelow(cursor: Cursor): Place | undefined {
    return this.#shown?.cursorId === cursor.id ? this.#shown : undefined;
  }

  /** Remembers the newest of these items that does not lie beyond the cursor. */
  remember(cursor: Cursor, items: readonly WireItem[]): void {
    const newest = items.findLast(({ id }) => id !== undefined && id <= cursor.id);
    if (newest !== undefined) this.#shown = { id: newest.id!, at: newest.at, cursorId: cursor.id };
  }

  /** The numbers have begun anew. */
  forget(): void {
    this.#shown = undefined;
    this.#older = undefined;
  }

  /**
   * Finds the end of a tenant that does not reach the cursor, and remembers it. Some 10 to 30
   * requests, once each time that all the newest items vanish.
   * @param items of a second reading, from before the cursor on; its own item is not among them
   * @returns the cursor, with what else the tenant shows as its measure if it had none
   * @throws {AdapterError} as {@link Alarm}; as {@link Read}
   */
  async find(cursor: Cursor, items: readonly WireItem[]): Promise<Cursor> {
    const numbered = items.filter(({ id }) => id !== undefined);
    const newest = numbered.at(-1);
    if (newest === undefined) return this.#search(cursor);
    await this.#assertNear(cursor, newest);
    await this.#assertOlderBelow(cursor, numbered);
    this.remember(cursor, numbered);
    return measuredBy(cursor, numbered, this.#now());
  }

  async #search(cursor: Cursor): Promise<Cursor> {
    const first = await this.#read(0);
    await this.#assertNotBehind(cursor, first.items);
    const end = await findEnd((after) =>
      after === 0 ? Promise.resolve(first) : this.#read(after),
    );
    if (end.id > cursor.id) return cursor;
    const { items } = await this.#read(numberBefore(end));
    await this.#assertNotBehind(cursor, items);
    const newest = items.at(-1);
    // It is no end, or another one already: the next poll looks again.
    if (newest?.id !== (end.id === 0 ? undefined : end.id)) return cursor;
    if (newest !== undefined && end.id > 0) await this.#assertNear(cursor, newest);
    this.#shown = { ...end, cursorId: cursor.id };
    return measuredBy(cursor, items, this.#now());
  }

  async #assertNear(cursor: Cursor, newest: WireItem): Promise<void> {
    if (cursor.id - newest.id! > farMin) await this.#alarm(cursor, { kind: 'far', seen: newest });
  }

  async #assertNotBehind(cursor: Cursor, items: readonly WireItem[]): Promise<void> {
    const verdict = judge(cursor, items, this.#now());
    if (verdict.kind === 'behind') await this.#alarm(cursor, verdict);
  }

  /**
   * A tenant may have fallen back and passed the cursor since: then lower numbers are younger than
   * all that was read. Two requests, or some 10 to 30 the first time; none if an older neighbour of
   * the cursor is there.
   */
  async #assertOlderBelow(cursor: Cursor, items: readonly WireItem[]): Promise<void> {
    const knownMs = latestMsOf(cursor, this.#now());
    const hasOlder = items.some(({ id, at }) => id! < cursor.id && timeMsOf(at) !== undefined);
    if (knownMs === undefined || hasOlder) return;
    const after = await this.#beforeYounger(knownMs + toleranceMs + 1);
    await this.#assertNotBehind(cursor, (await this.#read(after)).items);
  }

  /**
   * A number behind which the first items are from `ms` or later, or where they were the last time.
   */
  async #beforeYounger(ms: number): Promise<number> {
    const known = this.#older;
    if (known !== undefined && (await this.#isThere(known))) return known.id;
    this.#older = await findLastBefore(this.#read, ms);
    return this.#older.id;
  }

  async #isThere(place: Place): Promise<boolean> {
    const { items } = await this.#read(numberBefore(place));
    return items.some((item) => isAt(item, place));
  }
}
