// Reads the neighbourhood of the cursor a second time, for items that were stored late and for what
// speaks of the tenant. Judges nothing.
import type { SureRead } from './confirm.ts';
import type { Cursor } from './cursor.ts';
import type { WireItem } from './page.ts';

export interface Reread {
  /** By number; known ones and, behind the cursor and below it, new ones. */
  readonly items: readonly WireItem[];
  /** False if the end was reached. */
  readonly more: boolean;
  /** All numbers up to here were read. */
  readonly reached: number;
}

export interface RereadOptions {
  readonly read: SureRead;
  readonly cursor: Cursor;
  /** The cursor, or one that came before it: from there on everything is read again. */
  readonly from: Cursor;
  /** What it says of its item must still be so. Not before {@link from}. */
  readonly witness: Cursor;
  /** How many numbers before {@link from} reading begins. */
  readonly overlap: number;
  /** However many numbers lie between. The number of pages is bounded in any case. */
  readonly isWhole: boolean;
}

/** They bound one reading, however far back it begins and however short the server's pages are. */
const numbersMax = 2000;
const pagesMax = 45;

/** How far a second reading came, page by page. */
export interface Progress {
  readonly items: WireItem[];
  after: number;
  more: boolean;
  pages: number;
}

/** Nothing was read yet. */
export function noProgress(options: Omit<RereadOptions, 'read'>): Progress {
  return { items: [], after: firstAfter(options), more: true, pages: 0 };
}

/**
 * @param progress goes on from there, and shows how far it came if this throws
 * @throws {AdapterError} as {@link SureRead}
 */
export async function reread(
  options: RereadOptions,
  progress: Progress = noProgress(options),
): Promise<Reread> {
  const { read, cursor } = options;
  while (
    progress.pages < pagesMax &&
    progress.more &&
    (progress.pages === 0 || progress.after < cursor.id)
  ) {
    const { after } = progress;
    const page = await read(after, cursor.id);
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
function firstAfter({
  cursor,
  from,
  witness,
  overlap,
  isWhole,
}: Omit<RereadOptions, 'read'>): number {
  const leastOf = isWhole ? 0 : cursor.id - numbersMax;
  const wanted = Math.max(cursor.start, from.id - overlap, leastOf);
  return Math.max(0, Math.min(wanted, witness.id - 1));
}
