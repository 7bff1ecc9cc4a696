// A number from outside moves nothing until a second answer confirms it: decides when to ask a second time, and what both answers prove.
import { AdapterError } from '../../core/errors.ts';
import { leapMin } from './cursor.ts';
import type { Read } from './first-start.ts';
import type { WireItem, WirePage } from './page.ts';

/** Pages in a row that name a `last_id` and show nothing. */
const withheldMax = 45;

/** What has no leap and no claim without an item needs no second answer. */
function isPlain({ items, newestId, lastId }: WirePage, position: number): boolean {
  if (newestId === undefined || newestId <= position) return lastId === undefined || lastId <= position;
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
 * Pure. What may be believed of two answers to one question: a leap beyond `position` only if both show it. What neither has leapt over
 * counts if either shows it.
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

/**
 * Items beyond `after`, by number, those without one last. What they say beyond `position`, to which everything was read, was confirmed
 * by a second answer wherever it leaps.
 * @throws {AdapterError} as {@link Read}; `malformed` if two answers contradict each other, or pages without end show nothing
 */
export type SureRead = (after: number, position: number) => Promise<readonly WireItem[]>;

/** @param host for people */
export function createSureRead(read: Read, host: string): SureRead {
  /** A `last_id` behind which there was nothing. It is not followed twice. */
  let vain: number | undefined;

  async function readSure(after: number, position: number, depth: number): Promise<readonly WireItem[]> {
    const first = await read(after);
    if (isPlain(first, position) || isVain(first, position)) return first.items;
    const second = await read(after);
    const items = agreed(first, second, position);
    if (hasBeyond(items, position)) return items;
    if ((second.newestId ?? 0) > position) throw contradiction(host, first, second);
    const { lastId } = second;
    if (lastId === undefined || lastId <= position) return items;
    return [...items, ...(await beyondWithheld(lastId, depth))];
  }

  async function beyondWithheld(lastId: number, depth: number): Promise<readonly WireItem[]> {
    if (depth >= withheldMax) throw withheld(host, lastId);
    const items = await readSure(lastId, lastId, depth + 1);
    if (depth === 0) vain = hasBeyond(items, lastId) ? undefined : lastId;
    return items;
  }

  function isVain({ newestId, lastId }: WirePage, position: number): boolean {
    return (newestId ?? 0) <= position && lastId === vain;
  }

  return (after, position) => readSure(after, position, 0);
}

function hasBeyond(items: readonly WireItem[], position: number): boolean {
  return items.some(({ id }) => id !== undefined && id > position);
}

function contradiction(host: string, first: WirePage, second: WirePage): AdapterError {
  return new AdapterError(
    'retry',
    'malformed',
    `${host}: two answers to the same question contradict each other: the first went up to event ${first.newestId ?? first.lastId}, the second up to ` +
      `${second.newestId}. Nothing of them was used, and both are asked for again. If this lasts, look for what stands between (proxy, cache).`,
  );
}

function withheld(host: string, lastId: number): AdapterError {
  return new AdapterError(
    'retry',
    'malformed',
    `${host}: ${withheldMax} pages in a row, up to event ${lastId}, name a last_id and show no event. Nothing of them was used, and they are ` +
      'asked for again. Check what the key of TOKENS_KEY may read.',
  );
}
