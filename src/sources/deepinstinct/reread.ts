// Reads the neighbourhood of the cursor a second time: for items that were stored late, and for signs that the tenant was rebuilt and its
// numbers start anew.
import { AdapterError } from '../../core/errors.ts';
import type { Client } from './client.ts';
import { advance, type Cursor } from './cursor.ts';
import type { WireItem } from './page.ts';
import type { Stream } from './stream.ts';
import { timeMsOf } from './time.ts';

export interface Reread {
  /** Beyond {@link Cursor.start}, by number; known ones and, behind the cursor, new ones. */
  readonly items: readonly WireItem[];
  readonly cursor: Cursor;
  /** False if the end was reached. */
  readonly more: boolean;
}

export interface RereadOptions {
  readonly client: Client;
  readonly stream: Stream;
  readonly cursor: Cursor;
  /** The cursor, or one that came before it: from there on everything is read again. */
  readonly from: Cursor;
  /** What it says of its item must still be so. Not before {@link from}. */
  readonly witness: Cursor;
  /** How many numbers before {@link from} reading begins. */
  readonly overlap: number;
  /** As people call this source, for `tocsin source reset`. */
  readonly sourceId: string;
}

/** They bound one reading, however far back it begins and however short the server's pages are. */
const numbersMax = 2000;
const pagesMax = 45;

/** @throws {AdapterError} `reset` if the tenant was rebuilt; else as {@link Client.readPage} */
export async function reread(options: RereadOptions, signal: AbortSignal): Promise<Reread> {
  const { client, stream, cursor, witness } = options;
  const items: WireItem[] = [];
  let after = firstAfter(options);
  let more = true;
  for (let pages = 0; pages < pagesMax && more && (pages === 0 || after < cursor.id); pages += 1) {
    const page = await client.readPage(stream, after, signal);
    items.push(...page.items);
    more = page.newestId !== undefined && page.newestId > after;
    if (more) after = page.newestId!;
  }
  // Given up before the witness's item: no verdict about it.
  if (!more || after >= witness.id) await assertSameTenant(options, items, signal);
  return {
    items: items.filter((item) => item.id === undefined || item.id > cursor.start),
    cursor: advance(cursor, Math.max(after, cursor.id), items),
    more,
  };
}

/** Before the witness in any case, so that its own item is in what is read. */
function firstAfter({ cursor, from, witness, overlap }: RereadOptions): number {
  const wanted = Math.max(cursor.start, from.id - overlap, cursor.id - numbersMax);
  return Math.max(0, Math.min(wanted, witness.id - 1));
}

/** Releases may write times with more or fewer digits. */
const toleranceMs = 1000;

/** Undefined if one of the two is no time. */
export function isSameTime(before: string | null, now: string | null): boolean | undefined {
  const [beforeMs, nowMs] = [timeMsOf(before), timeMsOf(now)];
  if (beforeMs === undefined || nowMs === undefined) return undefined;
  return Math.abs(beforeMs - nowMs) <= toleranceMs;
}

/**
 * Merely missing proves nothing: archived events vanish from the lists. Only an item that lies before the witness and yet was inserted
 * after it does, because numbers and insertion times rise together.
 */
async function assertSameTenant(
  options: RereadOptions,
  items: readonly WireItem[],
  signal: AbortSignal,
): Promise<void> {
  const { client, stream, witness } = options;
  const knownMs = timeMsOf(witness.at);
  if (knownMs === undefined) return;
  const own = items.find((item) => item.id === witness.id);
  if (own !== undefined) {
    const ownMs = timeMsOf(own.at);
    if (ownMs !== undefined && Math.abs(ownMs - knownMs) > toleranceMs) throw rebuilt(options, own);
    return;
  }
  const [first] = (await client.readPage(stream, 0, signal)).items;
  const firstMs = timeMsOf(first?.at);
  const isAnother = first?.id !== undefined && first.id < witness.id && firstMs !== undefined;
  if (isAnother && firstMs > knownMs + toleranceMs) throw rebuilt(options, first);
}

function rebuilt({ client, witness, sourceId }: RereadOptions, seen: WireItem): AdapterError {
  return new AdapterError(
    'retry',
    'reset',
    `${client.host}: the numbers of its events have begun anew, as after a rebuild or with another tenant. Event ${witness.id} was inserted at ` +
      `${witness.at}; now event ${seen.id} is said to be from ${seen.at}. Old and new events cannot be told apart, so reading has stopped. ` +
      `If this is the right server, run \`tocsin source reset ${sourceId}\`; if not, correct DEEPINSTINCT_URL or TOKENS_KEY.`,
  );
}
