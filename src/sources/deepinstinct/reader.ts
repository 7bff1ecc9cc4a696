// Reads a stream on from a cursor: at the end of the list from the newest item that is shown, so
// that what happens below the cursor is seen as well; on the way there page by page. Keeps hints
// only.
import { AnswerTooLongError, type Client } from './client.ts';
import { createSureRead, type SureRead } from './confirm.ts';
import {
  advance,
  backOf,
  type Cursor,
  latestMsOf,
  leapMin,
  measuredBy,
  toleranceMs,
} from './cursor.ts';
import { findEnd, findLastBefore, type Place, type Read } from './first-start.ts';
import type { WireItem } from './page.ts';
import { noProgress, type Progress, type Reread, type RereadOptions, reread } from './reread.ts';
import { createRereadPlan } from './reread-plan.ts';
import { farMin, judge, raiseAlarm, type Verdict } from './same-tenant.ts';
import type { Stream } from './stream.ts';
import { timeMsOf } from './time.ts';

export interface ReaderOptions {
  readonly client: Client;
  readonly stream: Stream;
  /** See the setting of this name. */
  readonly overlap: number;
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

/** The newest item that is shown, where the item of the cursor is not; number 0 if none is. */
interface Shown extends Place {
  /** Of the cursor. */
  readonly cursorId: number;
}

/** A second reading that failed on its way. */
interface Halfway {
  readonly turn: number;
  readonly cursorId: number;
  readonly isForced: boolean;
  /** Milliseconds since the epoch. */
  readonly begunMs: number;
  readonly progress: Progress;
}

/** They bound one reading. */
const pagesMax = 45;
/** What was read again before that is no picture of the tenant any more. */
const halfwayMaxMs = 60_000;

export type Reader = ReturnType<typeof createReader>;

export function createReader({ client, stream, overlap, sourceId, now }: ReaderOptions) {
  const plan = createRereadPlan(now);
  let isAtEnd = true;
  let shown: Shown | undefined;
  let halfway: Halfway | undefined;
  /** The last item that is older than all that was read, when that was last looked for. */
  let older: Place | undefined;
  /** Of the reading under way. */
  let signal: AbortSignal;
  const readPage: Read = (after) => client.readPage(stream, after, signal);
  const readSure: SureRead = createSureRead(readPage, client.host);
  const alarm = (cursor: Cursor, verdict: Parameters<typeof raiseAlarm>[2]) =>
    raiseAlarm({ host: client.host, sourceId, read: readPage, nowMs: now() }, cursor, verdict);

  /** @param onRead before it counts that this was read */
  async function readOn(cursor: Cursor, onRead = () => {}): Promise<Portion> {
    const items = await readSure(cursor.id, cursor.id);
    // Its own item was not asked for. That it is missing says nothing, but what lies below it may.
    const verdict = judge(cursor, items, now());
    if (verdict.kind === 'another' || verdict.kind === 'behind') return alarm(cursor, verdict);
    const next = advance(cursor, items, now());
    const more = next.id > cursor.id;
    onRead();
    plan.reached(cursor, items, !more);
    return portion(cursor, items, next, more);
  }

  /**
   * One request, as reading on is, unless the item of the cursor has vanished. @param onRead as of
   * {@link readOn}
   */
  async function readFromEnd(cursor: Cursor, onRead = () => {}): Promise<Portion> {
    const known = shown?.cursorId === cursor.id ? shown : undefined;
    const place = known ?? cursor;
    const items =
      known === undefined
        ? await unlessTooLong(readSure(before(cursor), cursor.id))
        : await readPast(known, cursor);
    // The item of the cursor and what follows: it is there, so that it need not be seen.
    if (items === undefined) return readOn(cursor, onRead);
    const verdict = judge(known?.id === 0 ? sinceNothing(cursor) : cursor, items, now());
    const isAsBefore =
      known !== undefined && (known.id === 0 || items.some((item) => isAt(item, known)));
    if (verdict.kind !== 'same') {
      if (cursor.before !== undefined || !isAsBefore) return readAgain(cursor, true);
      if (verdict.kind !== 'missing') return alarm(cursor, verdict);
      // Else whatever comes next would seem newer.
      if (known.id === 0 && items.some(({ id }) => id !== undefined && id < cursor.id))
        return readAgain(cursor, true);
      remember(cursor, items);
    }
    const next = advance(cursor, items, now());
    const more = next.id > cursor.id;
    onRead();
    plan.reached(cursor, items, !more);
    const isNew = (item: WireItem) => place.at === null || !isAt(item, place);
    return portion(cursor, items.filter(isNew), next, more);
  }

  /**
   * From the newest item that was shown until nothing follows, or until it lies beyond the cursor:
   * mostly one page.
   */
  async function readPast(known: Place, cursor: Cursor): Promise<readonly WireItem[]> {
    const items: WireItem[] = [];
    let after = before(known);
    for (let pages = 0; pages < pagesMax; pages += 1) {
      const page = await readSure(after, cursor.id);
      items.push(...page.filter(({ id }) => id === undefined || id > after));
      const newest = page.findLast(({ id }) => id !== undefined)?.id ?? 0;
      if (newest <= Math.max(after, known.id) || newest > cursor.id) break;
      after = newest;
    }
    return items;
  }

  async function readAgain(cursor: Cursor, isForced: boolean): Promise<Portion> {
    const { from, witness, turn } = plan.begin(cursor);
    const back = isForced ? Math.max(overlap, leapMin) : overlap;
    const options = { read: readSure, cursor, from, witness, overlap: back, isWhole: isForced };
    const going = goOnRereading(options, { turn, cursorId: cursor.id, isForced });
    const read = isForced ? await going : await unlessTooLong(going);
    if (read === undefined) {
      halfway = undefined;
      return readFromEnd(cursor, () => plan.done(turn));
    }
    const { items, more } = read;
    const judged = await judgeAll(cursor, witness, read);
    if (judged === undefined) return readBack(backOf(cursor)!);
    const next = advance(judged, items, now());
    plan.done(turn);
    plan.reached(judged, items, !more);
    return { ...portion(cursor, items, next, more), isAgain: true };
  }

  /**
   * From where it failed, if it did: of many pages one fails again and again, and none would ever
   * be read on.
   */
  async function goOnRereading(
    options: RereadOptions,
    key: Pick<Halfway, 'turn' | 'cursorId' | 'isForced'>,
  ): Promise<Reread> {
    const { turn, cursorId, isForced } = key;
    const known = halfway;
    halfway = undefined;
    const isSame =
      known?.turn === turn && known.cursorId === cursorId && known.isForced === isForced;
    const isFresh = known !== undefined && Math.abs(now() - known.begunMs) < halfwayMaxMs;
    const begun =
      isSame && isFresh ? known : { ...key, begunMs: now(), progress: noProgress(options) };
    try {
      return await reread(options, begun.progress);
    } catch (error) {
      halfway = begun;
      throw error;
    }
  }

  /** To the end, if that is what it was: a leap that was none may hide hundreds of events. */
  function readBack(cursor: Cursor): Promise<Portion> {
    plan.back(cursor);
    return readAgain(cursor, true);
  }

  /** @returns the cursor with what was learnt of it; undefined if the leap to it was none */
  async function judgeAll(
    cursor: Cursor,
    witness: Cursor,
    { items, reached }: Reread,
  ): Promise<Cursor | undefined> {
    if (reached >= witness.id) {
      const verdict = judge(witness, items, now());
      if (verdict.kind === 'another') await alarm(witness, verdict);
    }
    // Given up before its item: no verdict.
    if (reached < cursor.id) return cursor;
    const verdict = judge(cursor, items, now());
    if (verdict.kind === 'same') return cursor;
    // Between there and here nothing was read, whatever lies beyond.
    if (cursor.before !== undefined) return undefined;
    if (verdict.kind === 'another') return alarm(cursor, verdict);
    return lookBelow(cursor, items, verdict);
  }

  /**
   * Where does the tenant end, if it does not reach us? Some 10 to 30 requests, once for each time
   * that all the newest items vanish.
   */
  async function lookBelow(
    cursor: Cursor,
    items: readonly WireItem[],
    verdict: Verdict,
  ): Promise<Cursor> {
    if (verdict.kind === 'behind') await alarm(cursor, verdict);
    const numbered = items.filter(({ id }) => id !== undefined);
    const newestRead = numbered.at(-1);
    if (newestRead !== undefined) {
      await assertNear(cursor, newestRead);
      await assertOlderBelow(cursor, items);
      remember(cursor, items);
      return measuredBy(cursor, numbered, now());
    }
    const first = await readPage(0);
    const below = judge(cursor, first.items, now());
    if (below.kind === 'behind') await alarm(cursor, below);
    const end = await findEnd((after) => (after === 0 ? Promise.resolve(first) : readPage(after)));
    if (end.id > cursor.id) return cursor;
    const newest = (await readPage(before(end))).items;
    const atEnd = judge(cursor, newest, now());
    if (atEnd.kind === 'behind') await alarm(cursor, atEnd);
    // It is no end, or another one already: the next poll looks again.
    if (newest.at(-1)?.id !== (end.id === 0 ? undefined : end.id)) return cursor;
    if (end.id > 0) await assertNear(cursor, newest.at(-1)!);
    shown = { ...end, cursorId: cursor.id };
    return measuredBy(cursor, newest, now());
  }

  async function assertNear(cursor: Cursor, newest: WireItem): Promise<void> {
    if (cursor.id - newest.id! > farMin) await alarm(cursor, { kind: 'far', seen: newest });
  }

  /**
   * A tenant that fell back and has passed the cursor since: lower numbers are younger than all
   * that was read. Two requests, or some 10 to 30 for the first time, and none if an older
   * neighbour of the cursor is there.
   */
  async function assertOlderBelow(cursor: Cursor, items: readonly WireItem[]): Promise<void> {
    const knownMs = latestMsOf(cursor, now());
    if (
      knownMs === undefined ||
      items.some(({ id, at }) => id! < cursor.id && timeMsOf(at) !== undefined)
    )
      return;
    const { items: next } = await readPage(await beforeYounger(knownMs + toleranceMs + 1));
    const verdict = judge(cursor, next, now());
    if (verdict.kind === 'behind') await alarm(cursor, verdict);
  }

  /**
   * A number behind which the first items are from `ms` or later, or where they were the last time.
   */
  async function beforeYounger(ms: number): Promise<number> {
    const known = older;
    if (
      known !== undefined &&
      (await readPage(before(known))).items.some((item) => isAt(item, known))
    )
      return known.id;
    older = await findLastBefore(readPage, ms);
    return older.id;
  }

  /** The newest of these that does not lie beyond the cursor. */
  function remember(cursor: Cursor, items: readonly WireItem[]): void {
    const newest = items.findLast(({ id }) => id !== undefined && id <= cursor.id);
    if (newest !== undefined) shown = { id: newest.id!, at: newest.at, cursorId: cursor.id };
  }

  function portion(
    cursor: Cursor,
    items: readonly WireItem[],
    next: Cursor,
    more: boolean,
  ): Portion {
    const wanted = items.filter(({ id }) => id === undefined || id > cursor.start);
    const isAgain = wanted.some(({ id }) => id !== undefined && id <= cursor.id);
    return { items: wanted, cursor: next, more, isAgain };
  }

  return {
    /**
     * @throws {AdapterError} `reset` if the tenant's numbers do not go on from the cursor; else as
     * {@link Client.readPage}
     */
    async read(cursor: Cursor, within: AbortSignal): Promise<Portion> {
      signal = within;
      const isDue = plan.isDue(cursor);
      const wasAtEnd = isAtEnd;
      isAtEnd = true;
      const found = await (isDue
        ? readAgain(cursor, false)
        : wasAtEnd || cursor.before !== undefined
          ? readFromEnd(cursor)
          : readOn(cursor));
      isAtEnd = !found.more;
      return found;
    },
    /** What was given did not get into the store. */
    notStored(): void {
      plan.undo();
      isAtEnd = true;
    },
    /** The numbers have begun anew. */
    forget(): void {
      plan.forget();
      halfway = undefined;
      shown = undefined;
      older = undefined;
      isAtEnd = true;
    },
  };
}

/**
 * Undefined if it is longer than an answer may be: what lies beyond the cursor must not wait for
 * what makes it so.
 */
async function unlessTooLong<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AnswerTooLongError) return undefined;
    throw error;
  }
}

/** Of a tenant that showed nothing, whatever it shows is newer, if there is no other measure. */
function sinceNothing(cursor: Cursor): Cursor {
  return cursor.at === null && cursor.latest === undefined
    ? { ...cursor, latest: new Date(0).toISOString() }
    : cursor;
}

/** The number behind which this place itself is shown. */
function before({ id }: Pick<Place, 'id'>): number {
  return Math.max(0, id - 1);
}

/** The very item of this place. */
function isAt(item: WireItem, { id, at }: Place): boolean {
  return item.id === id && item.at === at;
}
