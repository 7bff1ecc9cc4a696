// The contract of a source: where events come from. Types only.
import type { z } from 'zod';
import type { AdapterContext, AdapterDefinition } from './adapter.ts';
import type { EventDraft, Notice, Severity } from './event.ts';
import type { Product } from './product.ts';
import type { Proof } from './proof.ts';

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
  /**
   * The events that `poll` would make of an answer of the far end, whenever they are from; for people
   * who try out their settings. Pure.
   * @throws {AdapterError} `malformed`: it is no answer of this far end
   */
  readAnswer?(answer: string): readonly EventDraft[];
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

/** Any request to the address of a source that is pushed to. */
export interface PushRequest extends RawRequest {
  readonly method: string;
}

/** What a product has to be answered that asks something before it sends events. */
export interface PushAnswer {
  readonly status: 200 | 202 | 204;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Somebody did something to an incident in another product, which happens here as well. */
export interface PushedAct {
  readonly kind: 'acknowledged' | 'resolved' | 'reopened';
  /** The same for a repetition of the request: nothing is done twice. */
  readonly id: string;
  /** Tocsin's number of the event, out of the name that a sink gave it; see `kit/incident-key.ts`. */
  readonly event: number;
  /** Who, as that product names them. */
  readonly person: string;
  readonly note?: string;
}

/** What one request holds. */
export interface Pushed {
  /** Stored in one transaction before the sender is answered. None: that is answered alike. */
  readonly events: readonly EventDraft[];
  readonly acts?: readonly PushedAct[];
}

/**
 * A source whose product calls us, at `/hooks/<id>`. It says what proves a caller and makes events
 * of bytes; core judges the proof, limits, stores, and answers. Nothing here does I/O but a proof of
 * the kind `own`, and an answer that is a call.
 */
export interface PushSource {
  readonly kind: 'push';
  readonly proof: Proof;
  /** Networks from which alone it may be called, beside the proof; absent: from anywhere. */
  readonly from?: readonly string[] | undefined;
  /** The longest body, unpacked. */
  readonly bodyBytesMax: number;
  /** Requests a second, on the average, for each process of Tocsin. */
  readonly perSecond: number;
  /**
   * The product asks whether we are there, or wants a text back: such a request holds no events.
   * Called once the proof holds; a proof of its body is judged first.
   * @returns undefined: it is no such request
   * @throws {AdapterError} what it takes to answer failed: the sender is to come again
   */
  answer?(request: PushRequest): PushAnswer | undefined | Promise<PushAnswer | undefined>;
  /**
   * An item that cannot be understood is an event of type `UNRECOGNISED`: the sender would repeat or
   * drop all of the others with it.
   * @throws {AdapterError} `malformed`: the body as a whole is not what the product sends
   */
  parse(request: RawRequest): Pushed;
}

export type Source = PollSource | PushSource;
// biome-ignore lint/suspicious/noExplicitAny: the schemas of a registry differ; src/config parses first
export type SourceDefinition<Schema extends z.ZodType = any> = AdapterDefinition<
  Schema,
  Source,
  SourceContext
> & {
  /** Its product calls us: {@link PushSource}. Absent: it is polled. */
  readonly isPushed?: true;
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
