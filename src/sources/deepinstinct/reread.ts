// Reads the neighbourhood of the cursor a second time, for items that were stored late and for what
// speaks of the tenant. Judges nothing.
import type { SureReader } from './confirm.ts';
import type { Cursor } from './cursor.ts';
import type { WireItem } from './page.ts';

export interface Reread {
  /** By number; known ones and, behind the cursor and below it, new ones. */
  readonly items: readonly WireItem[];
  /** False if the end was reached. */
  readonly more: boolean;
  /** All numbers up to here were read; infinite if the end was reached. */
  readonly reached: number;
}

export interface RereadOptions {
  readonly sure: Pick<SureReader, 'read'>;
  readonly cursor: Cursor;
  /** The cursor, or one that came before it: from there on everything is read again. */
  readonly from: Cursor;
  /** The cursor whose item must still be as it was, so it is read as well. */
  readonly witness: Cursor;
  /** How many numbers before {@link from} reading begins. */
  readonly overlap: number;
  /** However many numbers lie between. The number of pages is bounded in any case. */
  readonly isWhole: boolean;
  /** Of the plan. What was begun in another turn is not gone on with. */
  readonly turn: number;
}

/** They bound one reading, however far back it begins and however short the server's pages are. */
const numbersMax = 2000;
const pagesMax = 45;
/** What was read longer ago is no picture of the tenant any more. */
const unfinishedMaxMs = 60_000;

/** How far a second reading came, page by page. */
interface Progress {
  readonly items: WireItem[];
  after: number;
  more: boolean;
  pages: number;
}

/** A second reading that failed on its way. */
interface Unfinished {
  readonly turn: number;
  readonly cursorId: number;
  readonly isWhole: boolean;
  /** Milliseconds since the epoch. */
  readonly begunMs: number;
  readonly progress: Progress;
}

/**
 * Goes on where the reading before failed. Of many pages, one may fail again and again, and a
 * reading that began anew each time would never come to its end.
 */
export class Rereader {
  readonly #now: () => number;
  #unfinished: Unfinished | undefined;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws {AdapterError} as {@link SureReader.read} */
  async reread(options: RereadOptions): Promise<Reread> {
    const begun = this.#takeUnfinished(options) ?? this.#begin(options);
    try {
      return await readToCursor(options, begun.progress);
    } catch (error) {
      this.#unfinished = begun;
      throw error;
    }
  }

  /** The next reading begins anew. */
  forget(): void {
    this.#unfinished = undefined;
  }

  /** What failed, if it was a reading of the same and not long ago. */
  #takeUnfinished({ turn, cursor, isWhole }: RereadOptions): Unfinished | undefined {
    const known = this.#unfinished;
    this.#unfinished = undefined;
    if (known === undefined) return undefined;
    const isSame = known.turn === turn && known.cursorId === cursor.id && known.isWhole === isWhole;
    const isFresh = Math.abs(this.#now() - known.begunMs) < unfinishedMaxMs;
    return isSame && isFresh ? known : undefined;
  }

  #begin(options: RereadOptions): Unfinished {
    const { turn, cursor, isWhole } = options;
    const progress = { items: [], after: firstAfter(options), more: true, pages: 0 };
    return { turn, cursorId: cursor.id, isWhole, begunMs: this.#now(), progress };
  }
}

/** @param progress goes on from there, and shows how far it came if this throws */
async function readToCursor({ sure, cursor }: RereadOptions, progress: Progress): Promise<Reread> {
  while (
    progress.pages < pagesMax &&
    progress.more &&
    (progress.pages === 0 || progress.after < cursor.id)
  ) {
    const { after } = progress;
    const page = await sure.read(after, cursor.id);
    progress.items.push(...page.filter(({ id }) => id === undefined || id > after));
    const newest = page.findLast(({ id }) => id !== undefined)?.id ?? 0;
    progress.more = newest > after;
    progress.after = Math.max(after, newest);
    progress.pages += 1;
  }
  const { items, more, after } = progress;
  return { items, more, reached: more ? after : Number.POSITIVE_INFINITY };
}

/** Before the witness in any case, so that its own item is in what is read. */
function firstAfter({ cursor, from, witness, overlap, isWhole }: RereadOptions): number {
  const leastOf = isWhole ? 0 : cursor.id - numbersMax;
  const wanted = Math.max(cursor.start, from.id - overlap, leastOf);
  return Math.max(0, Math.min(wanted, witness.id - 1));
}
