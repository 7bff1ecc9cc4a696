// Do the numbers of this tenant still go on from where we are? Decides by what lies around the
// cursor; what raises the alarm is asked for twice.
import { AdapterError } from '../../kit/errors.ts';
import { type Cursor, isSameTime, latestMsOf, toleranceMs } from './cursor.ts';
import type { Read } from './first-start.ts';
import type { WireItem } from './page.ts';
import { timeMsOf } from './time.ts';

export type Verdict =
  /** Its own item is as it was, or there is nothing that could have changed. */
  | { readonly kind: 'same' }
  /**
   * Its own item is not shown. Archived events vanish from the lists, so that alone proves nothing.
   */
  | { readonly kind: 'missing' }
  /**
   * `another`: its number belongs to another item now. `behind`: it is gone, and lower numbers were
   * inserted after all that was read.
   */
  | { readonly kind: 'another' | 'behind'; readonly seen: WireItem };

/**
 * Pure. Numbers and insertion times rise together. An item that was stored late is the exception:
 * it may lie below the cursor and be younger, but then the item of the cursor is there.
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

/**
 * No tenant archives so many events between two looks. Further beyond its newest event, the cursor
 * is no position in it.
 */
export const farMin = 1_000_000;

interface Alarm {
  readonly host: string;
  /** As people call this source, for `tocsin source reset`. */
  readonly sourceId: string;
  readonly read: Read;
  readonly nowMs: number;
}

/**
 * Asks once more for what speaks against this tenant, and always throws. @throws {AdapterError}
 * `reset`; `malformed` if it is not so
 */
export async function raiseAlarm(
  alarm: Alarm,
  cursor: Cursor,
  verdict: Extract<Verdict, { seen: WireItem }> | { readonly kind: 'far'; readonly seen: WireItem },
): Promise<never> {
  const { kind, seen } = verdict;
  const { items } = await alarm.read(seen.id! - 1);
  const isThere = items.some(({ id, at }) => id === seen.id && at === seen.at);
  const isSame = judge(cursor, items, alarm.nowMs).kind === 'same';
  const isEnd = items.at(-1)?.id === seen.id;
  if (!isThere || isSame || (kind === 'far' && !isEnd)) throw unclear(alarm, cursor, seen);
  throw kind === 'another' ? rebuilt(alarm, cursor, seen) : behind(alarm, cursor, seen);
}

function rebuilt({ host, sourceId }: Alarm, cursor: Cursor, seen: WireItem): AdapterError {
  return new AdapterError(
    'retry',
    'reset',
    `${host}: the numbers of its events have begun anew, as after a rebuild, a restore or with another tenant. Event ${cursor.id} was inserted at ` +
      `${cursor.at}; now event ${seen.id} is said to be from ${seen.at}. Old and new events cannot be told apart, so reading has stopped. ` +
      remedy(sourceId),
  );
}

function behind({ host, sourceId }: Alarm, cursor: Cursor, seen: WireItem): AdapterError {
  return new AdapterError(
    'retry',
    'reset',
    `${host}: its numbers have fallen behind ours, as after a restore from a backup, a rebuild or a wrong answer. We have read up to event ` +
      `${cursor.id}${cursor.at === null ? '' : ` of ${cursor.at}`}; that one is gone, and event ${seen.id} is said to be from ${seen.at}. ` +
      `New events are not seen from here, so reading has stopped. ${remedy(sourceId)}`,
  );
}

function remedy(sourceId: string): string {
  return (
    `If this is the right server, run \`tocsin source reset ${sourceId}\`: it begins again at START_FROM. ` +
    'If not, correct DEEPINSTINCT_URL or TOKENS_KEY.'
  );
}

function unclear({ host }: Alarm, cursor: Cursor, seen: WireItem): AdapterError {
  return new AdapterError(
    'retry',
    'malformed',
    `${host}: its answers contradict each other: event ${seen.id} of ${seen.at}, which does not fit event ${cursor.id} that we have read, was ` +
      'there once and not the next time. Nothing of them was used, and they are asked for again.',
  );
}
