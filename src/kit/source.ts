// The contract of a source: where events come from. Types only.
import type { z } from 'zod';
import type { AdapterDefinition } from './adapter.ts';
import type { EventDraft, Notice } from './event.ts';
import type { Product } from './product.ts';

/** One step of a polled source. */
export interface Page {
  readonly events: readonly EventDraft[];
  /** Where to read on from; opaque to core. Null leaves the stored cursor as it is. */
  readonly cursor: string | null;
  /** True if the next page should be read at once. */
  readonly more: boolean;
  /** Said in the channel once, in the same transaction as the cursor ("watching from …"). */
  readonly notice?: Notice;
  /** Facts for metrics. */
  readonly facts?: {
    /** Number of the newest item read, if the vendor numbers its items. */
    readonly position?: number;
    /** The vendor says that this feature is switched off; not an error. */
    readonly disabled?: boolean;
    /** Items of an overlap that were read on purpose a second time. */
    readonly overlap?: boolean;
  };
}

export interface PollSource {
  readonly kind: 'poll';
  /**
   * What it reads, the same whatever people call the source: the address of its console and the
   * stream. No secret, nothing that a new credential changes. The stored position belongs to it;
   * absent: to the id alone.
   */
  readonly console?: string;
  /**
   * Whether the far end is the one that this cursor was made with, by what it has there. Undefined:
   * that cannot be told. Changes nothing. @throws {AdapterError} it does not answer
   */
  recognises?(cursor: string, signal: AbortSignal): Promise<boolean | undefined>;
  /**
   * One page after `cursor` (null on the first poll ever). May be called with the cursor of a page
   * that is still being stored. The instance may keep hints between calls, but any call must be
   * right for any cursor.
   * @throws {AdapterError} the stored cursor then stays where it was
   */
  poll(cursor: string | null, signal: AbortSignal): Promise<Page>;
  /**
   * What polls gave lately did not get into the store: no hint may go by it. The next poll is asked
   * for what is stored.
   */
  notStored?(): void;
  /**
   * Tries credentials and reachability; changes nothing. @returns what is odd but no failure, in a
   * sentence. @throws {AdapterError}
   */
  check?(signal: AbortSignal): Promise<string | undefined>;
  /** When the credential ends, in milliseconds since the epoch, if it says so. No I/O. */
  credentialExpiresAt?(): number | undefined;
}

/** A pushed request as the HTTP app hands it over; `body` is what came, unparsed. */
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
export type SourceDefinition<Schema extends z.ZodType = any> = AdapterDefinition<Schema, Source> & {
  /** The streams that its events may come in; absent if nobody knows. */
  readonly streams?: readonly string[];
  /** How people are told of its events; absent: in words that fit any event. */
  readonly product?: Product;
  /**
   * The vendor's words for what happened that are worth a series of their own in the metrics; all
   * others count as `other`.
   */
  readonly types?: readonly string[];
  /**
   * A stored cursor in words for people, such as `up to event 17000`. Pure; undefined if it is none
   * of this source's.
   */
  describeCursor?(cursor: string): string | undefined;
  /**
   * The event that `poll` would make of one item: JSON text as the vendor's console or API shows
   * it, for commands that try what would become of one. Pure; undefined if the text holds no item
   * of this vendor, or more than one.
   * @param config undefined where the source is not configured
   */
  readItem?(text: string, config: z.output<Schema> | undefined): EventDraft | undefined;
  /** Every type that the vendor is known to send; the next release may bring more. */
  readonly typesKnown?: readonly string[];
  /**
   * The far end that a source of these settings reads, without a secret; the vendor's other sources
   * name it the same.
   */
  consoleOf?(settings: z.output<Schema>): string;
};
