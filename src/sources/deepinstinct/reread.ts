// Reads the neighbourhood of the cursor a second time, for items that were stored late and for what speaks of the tenant. Judges nothing.
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

/** @throws {AdapterError} as {@link SureRead} */
export async function reread(options: RereadOptions): Promise<Reread> {
  const { read, cursor } = options;
  const items: WireItem[] = [];
  let after = firstAfter(options);
  let more = true;
  for (let pages = 0; pages < pagesMax && more && (pages === 0 || after < cursor.id); pages += 1) {
    const page = await read(after, cursor.id);
    items.push(...page.filter(({ id }) => id === undefined || id > after));
    const newest = page.findLast(({ id }) => id !== undefined)?.id ?? 0;
    more = newest > after;
    after = Math.max(after, newest);
  }
  return { items, more, reached: more ? after : Number.POSITIVE_INFINITY };
}

/** Before the witness in any case, so that its own item is in what is read. */
function firstAfter({ cursor, from, witness, overlap, isWhole }: RereadOptions): number {
  const leastOf = isWhole ? 0 : cursor.id - numbersMax;
  const wanted = Math.max(cursor.start, from.id - overlap, leastOf);
  return Math.max(0, Math.min(wanted, witness.id - 1));
}
