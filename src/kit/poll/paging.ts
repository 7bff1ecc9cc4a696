// From a page to the next one: what asks for it, and when there is none. Never another host, and never
// round in circles. Pure.
import { createHash } from 'node:crypto';
import { AdapterError } from '../errors.ts';
import { originOf } from '../origin.ts';
import { readWebUrl } from '../web-url.ts';
import type { NumberPaging, Paging } from './plan.ts';
import type { Walk } from './position.ts';
import type { Json } from './template.ts';

/** A page that was read, in the middle of a walk. */
export interface Turn {
  readonly paging: Paging;
  readonly walk: Walk;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** The items as they came, and their stamps in milliseconds; those without one are left out. */
  readonly raws: readonly string[];
  readonly stamps: readonly number[];
  /** What was asked. */
  readonly url: string;
}

/** The pages cannot be read on from here. */
export class PagingError extends AdapterError {}

/** A walk of more pages than this has no end. */
export const pagesMax = 20_000;
const markMax = 8000;

/**
 * What asks for the page behind this one. Undefined: this was the last.
 * @throws {PagingError} it leads to another host, or to where it was before, or cannot be used
 */
export function nextMark(turn: Turn): Json | undefined {
  const { paging, walk, url } = turn;
  const mark = markOf(turn);
  if (mark === undefined) return undefined;
  if (JSON.stringify(mark).length > markMax)
    throw broken(url, `the next page has a mark of more than ${markMax} characters`);
  if (JSON.stringify(mark) === JSON.stringify(walk.mark)) {
    if (paging.kind === 'time')
      throw broken(
        url,
        `a page of ${paging.pageSize} items has one and the same time, and further items of that time may follow; make its pages larger`,
      );
    throw broken(url, 'the next page is asked for exactly as this one was');
  }
  if (walk.pages + 1 >= pagesMax) throw broken(url, `after ${pagesMax} pages there is no end`);
  return mark;
}

/** The cursor with which the next poll begins, where the far end's are kept. */
export function keptCursor({ paging, body, url, walk }: Turn): Json | undefined {
  if (paging.kind !== 'cursor' || paging.isKept !== true) return undefined;
  return jsonOf(paging.next(body), url) ?? walk.mark;
}

function markOf({ paging, ...turn }: Turn): Json | undefined {
  const { body, raws, walk, headers, url } = turn;
  switch (paging.kind) {
    case 'none':
      return undefined;
    case 'cursor': {
      const next = jsonOf(paging.next(body), url);
      if (paging.more === undefined) {
        // A cursor that is kept comes with every page, also with the last.
        const isEnd = raws.length === 0 || JSON.stringify(next) === JSON.stringify(walk.mark);
        return paging.isKept && isEnd ? undefined : next;
      }
      if (paging.more(body) !== true) return undefined;
      if (next === undefined) throw broken(url, 'more pages are promised, and no cursor is there');
      return next;
    }
    case 'page':
      return goesOn(paging, body, raws.length) ? numberIn(walk.mark, paging.first) + 1 : undefined;
    case 'offset':
      return goesOn(paging, body, raws.length)
        ? numberIn(walk.mark, paging.first) + raws.length
        : undefined;
    case 'link':
      return sameOrigin(linkedNext(headers.link ?? ''), url);
    case 'next_url': {
      const next = jsonOf(paging.next(body), url);
      if (next !== undefined && typeof next !== 'string')
        throw broken(url, 'the address of the next page is no text');
      return sameOrigin(next, url);
    }
    case 'time':
      return raws.length < paging.pageSize ? undefined : borderOf(paging.order, turn);
  }
}

function goesOn({ pageSize, more }: NumberPaging, body: unknown, count: number): boolean {
  if (more !== undefined) return more(body) === true && count > 0;
  return pageSize === undefined ? count > 0 : count >= pageSize;
}

export function numberIn(mark: Json | undefined, first: number): number {
  return typeof mark === 'number' ? mark : first;
}

/** One millisecond is added where what is asked for lies before: stamps may be finer than that. */
function borderOf(
  order: 'oldest_first' | 'newest_first',
  { stamps, url }: Omit<Turn, 'paging'>,
): number {
  if (stamps.length === 0)
    throw broken(url, 'a full page has no item with a time from which the next could be asked for');
  // The lists of pages are bounded, and so are the arguments.
  return order === 'oldest_first' ? Math.max(...stamps) : Math.min(...stamps) + 1;
}

/**
 * Nothing, an empty text and false are no mark.
 * @throws {PagingError} a number that lost digits when it was read, or what is no JSON
 */
function jsonOf(value: unknown, url: string): Json | undefined {
  if (value === undefined || value === null || value === '' || value === false) return undefined;
  let isExact = true;
  const text = JSON.stringify(value, (_key, one: unknown) => {
    if (typeof one !== 'bigint' && typeof one !== 'number') return one;
    isExact &&= Math.abs(Number(one)) <= Number.MAX_SAFE_INTEGER;
    return Number(one);
  });
  if (text === undefined) throw broken(url, 'the cursor is no JSON');
  if (!isExact)
    throw broken(
      url,
      'the cursor is a number of more than 15 digits, which cannot be kept exactly',
    );
  return JSON.parse(text) as Json;
}

/** RFC 8288: `<https://…?page=2>; rel="next", <…>; rel="last"`. */
function linkedNext(header: string): string | undefined {
  for (const [, target, parameters = ''] of header.matchAll(/<([^>]*)>((?:\s*;[^,<]*)*)/g)) {
    const [, quoted, bare] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters) ?? [];
    if ((quoted ?? bare ?? '').toLowerCase().split(/\s+/).includes('next')) return target;
  }
  return undefined;
}

/** A credential must never go to another host, nor unencrypted. */
function sameOrigin(target: string | undefined, url: string): string | undefined {
  if (target === undefined) return undefined;
  const next = URL.canParse(target, url) ? new URL(target, url) : undefined;
  if (next === undefined || !/^https?:$/.test(next.protocol))
    throw broken(url, 'the next page has an address that is none');
  if (originOf(next) !== originOf(new URL(url)))
    throw broken(
      url,
      `the next page is said to be at ${next.protocol}//${next.host}, and the credential must go nowhere but to the address of the configuration`,
    );
  next.hash = '';
  next.username = '';
  next.password = '';
  const read = readWebUrl(next.href);
  if ('fault' in read) throw broken(url, `the address of the next page ${read.fault}`);
  return next.href;
}

/** New items push the others to later pages, so a page may come again a few times. */
const repeatsMax = 3;

/**
 * The hash of a page to compare later ones with (Brent's way: it is taken anew at each power of two,
 * so a circle of any length is found), and how many pages came again.
 * @throws {PagingError} pages that were read before come again and again
 */
export function guardOf({
  walk,
  raws,
  url,
}: Pick<Turn, 'walk' | 'raws' | 'url'>): Pick<Walk, 'guard' | 'repeats'> {
  const { guard, repeats = 0, pages } = walk;
  const kept = { ...(guard !== undefined && { guard }), ...(repeats > 0 && { repeats }) };
  if (raws.length === 0) return kept;
  const hash = createHash('sha256').update(raws.join('\n')).digest('base64url').slice(0, 16);
  const again = hash === guard ? repeats + 1 : repeats;
  if (again > repeatsMax)
    throw broken(url, 'the same page came again where the next one was asked for');
  const isTaken = ((pages + 1) & pages) === 0;
  return { ...kept, ...(isTaken && { guard: hash }), ...(again > 0 && { repeats: again }) };
}

function broken(url: string, problem: string): PagingError {
  const { host } = new URL(url);
  return new PagingError(
    'retry',
    'malformed',
    `${host}: ${problem}. Nothing of this page was used, and it is read again; what lies behind it is not seen until this is mended.`,
  );
}
