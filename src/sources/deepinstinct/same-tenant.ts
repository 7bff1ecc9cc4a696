// Do the numbers of this tenant still go on from where we are? Decides by what lies around the
// cursor, and says what to do about it. Pure; alarm.ts asks again before it raises the alarm.
import {
  backOf,
  type Cursor,
  isAt,
  isSameTime,
  latestMsOf,
  type Place,
  toleranceMs,
} from './cursor.ts';
import type { WireItem } from './page.ts';
import type { Reread } from './reread.ts';
import { timeMsOf } from './time.ts';

export type Verdict =
  /** Its own item is as it was, or there is nothing that could have changed. */
  | { readonly kind: 'same' }
  /**
   * Its own item is not shown. Archived events vanish from the lists, so that alone proves nothing.
   */
  | { readonly kind: 'missing' }
  | Contradiction;

/** What speaks against this tenant, and the item in which it was seen. */
export interface Contradiction {
  /**
   * `another`: the number of the cursor belongs to another item now. `behind`: the item of the
   * cursor is gone, and lower numbers were inserted after all that was read.
   */
  readonly kind: 'another' | 'behind';
  readonly seen: WireItem;
}

/**
 * Numbers and insertion times rise together. An item that was stored late is the exception: it may
 * lie below the cursor and be younger, but then the item of the cursor is there.
 * @param items read from before the cursor to beyond it
 * @param nowMs since the epoch
 */
export function judge(cursor: Cursor, items: readonly WireItem[], nowMs: number): Verdict {
  if (cursor.id === 0) return { kind: 'same' };
  const own = items.find(({ id }) => id === cursor.id);
  if (own !== undefined)
    return isAnother(cursor, own) ? { kind: 'another', seen: own } : { kind: 'same' };
  const knownMs = latestMsOf(cursor, nowMs);
  if (knownMs === undefined) return { kind: 'missing' };
  const younger = items.find(
    (item) => isBelow(item, cursor) && (timeMsOf(item.at) ?? 0) > knownMs + toleranceMs,
  );
  return younger === undefined ? { kind: 'missing' } : { kind: 'behind', seen: younger };
}

function isAnother(cursor: Cursor, own: WireItem): boolean {
  return isSameTime(cursor.at, own.at) === false;
}

function isBelow({ id }: WireItem, cursor: Cursor): boolean {
  return id !== undefined && id < cursor.id;
}

/** What to do with what was read at the end of the list. */
export type EndStep =
  /** The numbers go on from the cursor: use the items. */
  | { readonly kind: 'go_on' }
  /**
   * The item of the cursor is missing, as it was at the last look, and the end of the list is as
   * it was then: use the items, and remember where the list ends now.
   */
  | { readonly kind: 'still_missing' }
  /** Something below the cursor has changed: read all of it a second time. */
  | { readonly kind: 'look_again' }
  | { readonly kind: 'alarm'; readonly contradiction: Contradiction };

export interface EndReading {
  readonly cursor: Cursor;
  /**
   * The newest item that was shown at the last look, where the item of the cursor was missing
   * already; number 0 if none was shown. Undefined: the item of the cursor was there.
   */
  readonly shown: Place | undefined;
  /** Read from {@link shown}, or from the item of the cursor, that one included. */
  readonly items: readonly WireItem[];
  /** Since the epoch. */
  readonly nowMs: number;
}

/** Judges one reading at the end of the list. */
export function judgeEnd({ cursor, shown, items, nowMs }: EndReading): EndStep {
  const wasEmpty = shown?.id === 0;
  const verdict = judge(wasEmpty ? sinceNothing(cursor) : cursor, items, nowMs);
  if (verdict.kind === 'same') return { kind: 'go_on' };
  const isAsBefore = shown !== undefined && (wasEmpty || items.some((item) => isAt(item, shown)));
  // The leap to the cursor may have been none, or even the item that marked the end has vanished.
  if (cursor.before !== undefined || !isAsBefore) return { kind: 'look_again' };
  if (verdict.kind !== 'missing') return { kind: 'alarm', contradiction: verdict };
  // The tenant showed nothing and shows something now. If that were remembered as its end, whatever
  // came next would seem newer.
  if (wasEmpty && items.some((item) => isBelow(item, cursor))) return { kind: 'look_again' };
  return { kind: 'still_missing' };
}

/**
 * Whatever a tenant shows that had nothing to show is newer than what was read, where no time of
 * what was read is known.
 */
function sinceNothing(cursor: Cursor): Cursor {
  return cursor.at === null && cursor.latest === undefined
    ? { ...cursor, latest: new Date(0).toISOString() }
    : cursor;
}

/** What to do with what was read a second time. */
export type RereadStep =
  /** Nothing speaks against this tenant, or reading did not come as far as the cursor. */
  | { readonly kind: 'go_on' }
  /** The leap to the cursor was none: read on from before it. */
  | { readonly kind: 'go_back'; readonly to: Cursor }
  /** The item of the cursor is missing: find out where this tenant ends. */
  | { readonly kind: 'find_end' }
  /** `about`: the cursor that is contradicted. */
  | { readonly kind: 'alarm'; readonly about: Cursor; readonly contradiction: Contradiction };

export interface SecondReading extends Pick<Reread, 'items' | 'reached'> {
  readonly cursor: Cursor;
  /** An earlier cursor, or the same one, whose item must be as it was. */
  readonly witness: Cursor;
  /** Since the epoch. */
  readonly nowMs: number;
}

/** Judges a second reading of what lies before the cursor. */
export function judgeReread(reading: SecondReading): RereadStep {
  const { cursor, witness, items, reached, nowMs } = reading;
  if (reached >= witness.id) {
    const verdict = judge(witness, items, nowMs);
    if (verdict.kind === 'another')
      return { kind: 'alarm', about: witness, contradiction: verdict };
  }
  // Reading ended before the item of the cursor, so nothing can be said of it.
  if (reached < cursor.id) return { kind: 'go_on' };
  const verdict = judge(cursor, items, nowMs);
  if (verdict.kind === 'same') return { kind: 'go_on' };
  // Nothing between the two ends of the leap was read, whatever lies beyond it.
  const back = backOf(cursor);
  if (back !== undefined) return { kind: 'go_back', to: back };
  return verdict.kind === 'missing'
    ? { kind: 'find_end' }
    : { kind: 'alarm', about: cursor, contradiction: verdict };
}
