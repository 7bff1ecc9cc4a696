// What a source that is polled over HTTP is told: how to ask, how pages follow one another, and what
// the items are. Types only.
import type { EventDraft } from '../event.ts';
import type { GivenItem } from '../item-meaning.ts';
import type { JsonPieces } from '../json-pieces.ts';
import type { Past } from '../past.ts';
import type { CredentialPlan } from './credential.ts';
import type { Template } from './template.ts';

/** How times are written in a request. */
export type TimeForm = 'iso' | 'iso_seconds' | 'unix' | 'unix_ms';

export interface RequestPlan {
  readonly method: 'GET' | 'POST';
  /** What its query has, it keeps. */
  readonly url: string;
  /** Lower-case names; without the credential. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Sent as JSON; absent: none. */
  readonly body?: Template | undefined;
  readonly times: TimeForm;
}

/** The next page has what `next` finds as its `{cursor}`. What both find is checked here. */
export interface CursorPaging {
  readonly kind: 'cursor';
  /** Nothing, an empty text or false: there is no further page. */
  next(body: unknown): unknown;
  /** Absent: as long as there is a cursor. */
  readonly more?: ((body: unknown) => unknown) | undefined;
  /** The last cursor is where the next poll begins. */
  readonly isKept?: boolean | undefined;
}

export interface NumberPaging {
  readonly kind: 'page' | 'offset';
  /** The number of the first page, or of its first item. */
  readonly first: number;
  /** How many items a full page has: a shorter one is the last. */
  readonly pageSize?: number | undefined;
  readonly more?: ((body: unknown) => unknown) | undefined;
}

/** The answer has the whole address of the next page. */
export interface AddressPaging {
  readonly kind: 'next_url';
  next(body: unknown): unknown;
}

/** From the last stamp of a full page on: the border is asked for again, so that none is lost. */
export interface TimePaging {
  readonly kind: 'time';
  readonly order: 'oldest_first' | 'newest_first';
  readonly pageSize: number;
}

/** There is one page alone, or the header `Link` has the next one with `rel="next"`. */
export interface PlainPaging {
  readonly kind: 'none' | 'link';
}

export type Paging = CursorPaging | NumberPaging | AddressPaging | TimePaging | PlainPaging;

/** What an answer holds. */
export interface Sheet {
  /** Undefined: there is no list where one should be. */
  readonly items: readonly unknown[] | undefined;
  /** The far end says in a good answer that it failed: the rest of "the answer …". */
  readonly fault?: string | undefined;
}

export interface PollPlan {
  readonly request: RequestPlan;
  readonly credential: CredentialPlan;
  readonly paging: Paging;
  /** Where the very first reading begins. */
  readonly startFrom: Past | 'now';
  /** How far before the newest stamp each reading begins again. */
  readonly overlapMs: number;
  /** How far behind the far end's clock a reading ends. */
  readonly lagMs: number;
  /** Pages come by their stamps, oldest first: what was read of a walk counts if it breaks off. */
  readonly isAscending?: boolean | undefined;
  read(body: unknown): Sheet;
  /** The time that `since` and `until` are about. */
  stampOf(given: GivenItem): unknown;
  /**
   * When the item was made, where the stamp is about its last change: then what was made long before
   * the time that was asked for is no news, and only its changes are.
   */
  createdOf?: ((given: GivenItem) => unknown) | undefined;
  /** Never throws; an item that cannot be understood is an event of type `UNRECOGNISED`. */
  draftsOf(given: GivenItem, source: string): readonly EventDraft[];
  readonly console?: string | undefined;
}

/** A page in the hand: parsed, and found to be one. */
export interface OpenPage {
  readonly pieces: JsonPieces;
  readonly items: readonly unknown[];
}
