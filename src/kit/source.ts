// The contract of a source: where events come from. Types only.
import type { z } from 'zod';
import type { AdapterContext, AdapterDefinition } from './adapter.ts';
import type { EventDraft, Notice, Severity } from './event.ts';
import type { Product } from './product.ts';

/** What one poll of a source returns. */
export interface Page {
  readonly events: readonly EventDraft[];
  /** Where the next poll continues; opaque to core. Null keeps the stored cursor. */
  readonly cursor: string | null;
  /** True if core should read the next page at once. */
  readonly more: boolean;
  /**
   * When core should look again, in milliseconds from now; absent: by the polling interval. For a
   * source that has a pace of its own.
   */
  readonly waitMs?: number;
  /** Announced once ("watching from …"), stored in the same transaction as the cursor. */
  readonly notice?: Notice;
  /** Facts for metrics. */
  readonly facts?: {
    /** Number of the newest item read, if the vendor numbers its items. */
    readonly position?: number;
    /** The vendor reports that this feature is switched off, which is no error. */
    readonly disabled?: boolean;
    /** The page holds items that were read again on purpose. */
    readonly overlap?: boolean;
  };
}

/**
 * What people look for at the far end itself. All that is given must hold; of a list, one. Texts
 * are as the vendor compares them.
 */
export interface SourceQuery {
  /** Where the answer before ended; null: from the beginning. */
  readonly after: string | null;
  readonly hash?: string | undefined;
  readonly path?: string | undefined;
  /** The vendor's number or name of the device. */
  readonly device?: string | undefined;
  readonly tenant?: string | undefined;
  readonly types?: readonly string[] | undefined;
  readonly statuses?: readonly string[] | undefined;
  readonly actions?: readonly string[] | undefined;
  readonly severities?: readonly Severity[] | undefined;
  /** When the far end got it; milliseconds since the epoch. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

/** One answer of a search. */
export interface FoundItems {
  readonly items: readonly EventDraft[];
  /** Where the search goes on; null: there is nothing more. */
  readonly next: string | null;
}

/** A stored event, as a source sees it that follows items. */
export interface KnownEvent {
  /** Order of arrival. */
  readonly eventId: number;
  /** Id of the source that reported it. */
  readonly source: string;
  readonly externalId: string;
  readonly subject: string;
  readonly stream: string;
  readonly severity: Severity;
  /** The vendor's word. */
  readonly status: string | null;
  /** Milliseconds since the epoch. */
  readonly receivedAtMs: number;
}

/**
 * What is stored of the items that a source follows: the events of the other sources of its
 * console, and its own. Every call may reject, and the source lets that pass.
 */
export interface KnownItems {
  /** Every event up to the one of this id is older. @param ageMs of an event, since it arrived */
  olderThan(ageMs: number): Promise<number>;
  /** By id, the first `limit` after this one. */
  after(eventId: number, limit: number): Promise<readonly KnownEvent[]>;
  /** The vendor's objects by the ids of their events; those that are not stored are absent. */
  raws(eventIds: readonly number[]): Promise<ReadonlyMap<number, string>>;
}

/** What a source gets from core. */
export interface SourceContext extends AdapterContext {
  /** For a source that follows the items of others; absent where nothing is read, as in a check. */
  readonly known?: KnownItems | undefined;
}

/** Of a source that has a budget of requests, for metrics. */
export interface SourceFigures {
  /** Since the call before, failed ones too. */
  readonly requests: number;
  /** How many items it looks at again. */
  readonly watched: number;
  /** Since the sweep that was made the longest ago; undefined until each was made once. */
  readonly sweepAgeMs: number | undefined;
}

export interface PollSource {
  readonly kind: 'poll';
  /**
   * What it reads: the address of its console and the stream. It does not depend on the source's
   * id, holds no secret, and stays the same with a new credential. The stored position belongs to
   * it; if absent, to the id.
   */
  readonly console?: string;
  /**
   * Whether the far end is the one that made this cursor, judged by the items it holds. Undefined
   * if that cannot be known. Changes nothing.
   * @throws {AdapterError} the far end does not answer
   */
  recognises?(cursor: string, signal: AbortSignal): Promise<boolean | undefined>;
  /**
   * Reads one page after `cursor` (null on the very first poll). Core may pass the cursor of a page
   * that is still being stored. The instance may keep hints between calls, but each call must be
   * right for any cursor.
   * @throws {AdapterError} the stored cursor then stays where it was
   */
  poll(cursor: string | null, signal: AbortSignal): Promise<Page>;
  /**
   * The pages of the last polls were not stored, so hints from them are wrong. The next poll starts
   * from the stored cursor.
   */
  notStored?(): void;
  /**
   * Tries credentials and reachability; changes nothing.
   * @returns a sentence about what is odd but no failure
   * @throws {AdapterError}
   */
  check?(signal: AbortSignal): Promise<string | undefined>;
  /**
   * What the far end holds now, for people: one request, whose answer is bounded. Changes nothing,
   * and moves no position.
   * @throws {AdapterError} also for what the vendor cannot look for
   */
  search?(query: SourceQuery, signal: AbortSignal): Promise<FoundItems>;
  /**
   * One item as the far end holds it now. Changes nothing.
   * @param id the vendor's number of it
   * @returns undefined if the far end has none of this number
   * @throws {AdapterError}
   */
  item?(id: string, signal: AbortSignal): Promise<EventDraft | undefined>;
  /** When the credential expires, in milliseconds since the epoch, if it says so. No I/O. */
  credentialExpiresAt?(): number | undefined;
  /** For whoever counts them: each request is in one answer. No I/O. */
  takeFigures?(): SourceFigures;
}

/** A pushed request as the HTTP app passes it on, with its body unparsed. */
export interface RawRequest {
  readonly headers: Headers;
  readonly query: URLSearchParams;
  readonly body: Uint8Array;
}

export interface PushSource {
  readonly kind: 'push';
  /** @throws {AdapterError} unauthenticated, stale */
  verify(request: RawRequest): void | Promise<void>;
  /** Pure; only called when `verify` passed. @throws {AdapterError} malformed, unsupported */
  parse(request: RawRequest): readonly EventDraft[];
}

export type Source = PollSource | PushSource;
// biome-ignore lint/suspicious/noExplicitAny: the schemas of a registry differ; src/config parses first
export type SourceDefinition<Schema extends z.ZodType = any> = AdapterDefinition<
  Schema,
  Source,
  SourceContext
> & {
  /** It reports changes of what the other sources of the same console have reported. */
  readonly follows?: true;
  /** The streams of its events; absent if they are not known. */
  readonly streams?: readonly string[];
  /** The words for its events; absent: sinks use words that fit any event. */
  readonly product?: Product;
  /**
   * The vendor's types of events that get a series of their own in the metrics; all others count as
   * `other`.
   */
  readonly types?: readonly string[];
  /**
   * Describes a stored cursor for people, such as `up to event 17000`. Pure. Undefined if the
   * cursor is none of this source.
   */
  describeCursor?(cursor: string): string | undefined;
  /**
   * The event that `poll` would make of one item, for commands that try out routes. `text` is JSON
   * as the vendor's console or API shows it. Pure. Undefined if the text holds no item of this
   * vendor, or several.
   * @param config undefined where the source is not configured
   */
  readItem?(text: string, config: z.output<Schema> | undefined): EventDraft | undefined;
  /** Every type that the vendor is known to send; its next release may add more. */
  readonly typesKnown?: readonly string[];
  /**
   * The far end that a source with these settings reads, without a secret. The vendor's other
   * sources name it alike.
   */
  consoleOf?(settings: z.output<Schema>): string;
};
