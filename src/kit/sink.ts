// The contract of a sink: where messages go. Types only.
import type { z } from 'zod';
import type { AdapterDefinition } from './adapter.ts';
import type { Card, Field, Limits, Text } from './card.ts';
import type { MessageForm, StoredEvent } from './event.ts';
import type { Quota } from './quota.ts';

export type { MessageForm } from './event.ts';

/** What one call of `send` sends. */
export interface Message {
  /** What it says: made by core, in this sink's language, within its limits. */
  readonly card: Card;
  readonly form: MessageForm;
  /**
   * For a sink that passes on data. One that shows cards takes ids from it and no text: what an
   * event says stands in the card, by kind.
   */
  readonly event: StoredEvent;
  /** True if an earlier attempt got no answer, so that a reader may have seen it; the card says so. */
  readonly mayBeRepeated?: boolean;
  /** Set when it was held up for minutes or more; the card says so. */
  readonly delayed?: { readonly seconds: number; readonly reason: 'sink' | 'backlog' };
  /**
   * What the route that chose this sink sets for it, parsed by the `routeSettings` of its type.
   */
  readonly settings?: unknown;
  /** What a template says; the card has it already. */
  readonly template?: RenderedTemplate;
  /** For a sink that posts elsewhere than it was asked to: that it did, to be added to remarks. */
  elsewhere(place: string): Text;
}

/** A part that is absent stays as the card has it. */
export interface RenderedTemplate {
  /** One line. */
  readonly title?: Text;
  /** By line. */
  readonly text?: readonly Text[];
  readonly fields?: readonly (Field & { readonly isShort: boolean })[];
}

/** What a sink can do with a card; what it cannot, core says in words or leaves out. */
export interface Can {
  /** Rows of a digest in columns or lines of their own. */
  readonly table?: true;
  /** Ping people: a setting of the sink says whom. */
  readonly mention?: true;
  /** Mark the most urgent. */
  readonly priority?: true;
}

export interface SendContext {
  /** The same on every attempt, so that far ends and readers can recognise a duplicate. */
  readonly deliveryId: string;
  /** 1 for the first. */
  readonly attempt: number;
  /**
   * Shared with sends that began at the same time. It may abort after this one has ended, so a
   * listener must be removed at the end.
   */
  readonly signal: AbortSignal;
}

/** What a far end reported when it accepted a message. */
export interface Receipt {
  /**
   * The far end's own id of the message, by which it can be edited and replied to. Kept with the
   * delivery if it has at most 200 UTF-16 units and none of them is a control character.
   */
  readonly remoteId?: string | undefined;
  readonly quota?: Quota | undefined;
}

/** The result of an inspection of a sink that works. */
export interface SinkReport {
  /** What was tried and what could not be, as the end of a sentence: `answers, and …`. */
  readonly tested: string;
  /** What will not work as configured, each as the end of a sentence. */
  readonly remarks: readonly string[];
}

export interface Sink {
  /**
   * Scheme, host and port that `send` calls (`https://chat.example:443`), or any name of the place
   * (`stdout:`). Sinks of one origin share a rate limit, and one replica serves them all.
   */
  readonly origin: string;
  /**
   * Where `send` posts to, without a secret: see `placeOf`. It does not depend on the sink's id.
   * The backlog belongs to this place; if absent, to the id.
   */
  readonly place?: string;
  /** What one message holds; absent: whatever there is. */
  readonly limits?: Limits;
  /** Absent: show text, and nothing else. */
  readonly can?: Can;
  /** What stands over an event's card: its number if absent, else what the original script wrote. */
  readonly titles?: 'number' | 'stream';
  /**
   * Sends one message. Resolves only once the far end has accepted it. Core calls it concurrently,
   * and again with the same delivery id. It never loops, sleeps, logs or counts.
   * @throws {AdapterError}
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to return
  send(message: Message, context: SendContext): Promise<Receipt | void>;
  /**
   * Checks the hook or the credentials without posting.
   * @throws {AdapterError} `reject_sink` if this sink cannot work as configured
   */
  check?(signal: AbortSignal): Promise<void>;
  /**
   * For `tocsin check`: checks as `check` does, and tries everything else that needs no post, with
   * what routes set for this sink.
   * @throws {AdapterError} as `check`
   */
  inspect?(signal: AbortSignal, routeSettings: readonly unknown[]): Promise<SinkReport>;
  /**
   * Puts `message` in the place of the one that `send` gave `remoteId` for. @throws {AdapterError}
   */
  edit?(remoteId: string, message: Message, context: SendContext): Promise<void>;
  /** Posts below that message. @throws {AdapterError} */
  // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to return
  reply?(remoteId: string, message: Message, context: SendContext): Promise<Receipt | void>;
  close?(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the schemas of a registry differ; src/config parses first
export interface SinkDefinition<Schema extends z.ZodType = any>
  extends AdapterDefinition<Schema, Sink> {
  /**
   * What a route may set for a sink of this type, in place of the sink's own settings; absent:
   * nothing. A strict object without required keys.
   */
  readonly routeSettings?: z.ZodObject;
}
