// The contract of a sink: where messages go. Types only.
import type { z } from 'zod';
import type { AdapterDefinition } from './adapter.ts';
import type { Card, Field, Limits, Text } from './card.ts';
import type { Chat, ChatAnswer } from './chat.ts';
import type { MessageForm, StoredEvent } from './event.ts';
import type { Quota } from './quota.ts';
import type { Setup } from './setup.ts';

export type { MessageForm } from './event.ts';

/** What one call of `send` sends. */
export interface Message {
  /** What it says: made by core, in this sink's language, within its limits. */
  readonly card: Card;
  readonly form: MessageForm;
  /**
   * For sinks that pass on data. A sink that shows cards takes ids from it, and never text: the
   * card has all text of the event, in typed parts.
   */
  readonly event: StoredEvent;
  /**
   * True if an earlier attempt got no answer, so that readers may have seen it already. The card
   * says so.
   */
  readonly mayBeRepeated?: boolean;
  /** Set if it was held up for minutes or more: how long, and by what. The card says so. */
  readonly delayed?: { readonly seconds: number; readonly reason: 'sink' | 'backlog' | 'pause' };
  /**
   * What the route that chose this sink sets for it, parsed by the `routeSettings` of its type.
   */
  readonly settings?: unknown;
  /** Where the card's actions call; absent: it has none. */
  readonly actionsUrl?: string;
  /** The rendered template, which is in the card already; never of a bare message or a notice. */
  readonly template?: RenderedTemplate;
  /** A remark for a sink that posts to another place than the configured one, which it names. */
  elsewhere(place: string): Text;
}

/** The card keeps its own text for an absent part. */
export interface RenderedTemplate {
  /** One line. */
  readonly title?: Text;
  /** One text a line. */
  readonly text?: readonly Text[];
  readonly fields?: readonly (Field & { readonly isShort: boolean })[];
}

/** What a sink can do with a card. Core says the rest in words, or leaves it out. */
export interface Can {
  /** Show the rows of a digest in columns, or each on a line. */
  readonly table?: true;
  /** Mention people, whom the settings of the sink name. */
  readonly mention?: true;
  /** Mark the most urgent messages. */
  readonly priority?: true;
  /** Offer the actions of a card, which call {@link Message.actionsUrl}. */
  readonly buttons?: true;
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
  /** The message was there already, and may show an earlier state of its incident. */
  readonly isEarlier?: boolean | undefined;
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
  /** How much one message may hold; absent: any amount. */
  readonly limits?: Limits;
  /** Absent: it shows text only. */
  readonly can?: Can;
  /** The title of an event's card: its number (the default), or what the original script wrote. */
  readonly titles?: 'number' | 'stream';
  /**
   * Sends one message. Resolves only once the far end has accepted it. Core calls it concurrently,
   * and again with the same delivery id. It never loops, sleeps, logs or counts.
   * @throws {AdapterError}
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to return
  send(message: Message, context: SendContext): Promise<Receipt | void>;
  /**
   * What the far end gets of this message, as text, for people who try out their settings. Absent:
   * the body of the first call of `send`. Calls nobody, and holds no credential.
   */
  preview?(message: Message, deliveryId: string): string;
  /**
   * Looks for the message of this delivery, which a process may have sent that died. @returns its
   * id; undefined: it was not sent. Absent: nobody can tell.
   * @throws {AdapterError}
   */
  find?(message: Message, context: SendContext): Promise<string | undefined>;
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
   * Replaces the message for which `send` returned `remoteId`. Called again with the same content
   * it changes nothing. The delivery id is that of the message.
   * @returns a quota of edits alone, which no card counts against; nothing if there is none
   * @throws {AdapterError} `reject_event` with the reason `gone` if there is no such message
   */
  edit?(
    remoteId: string,
    message: Message,
    context: SendContext,
    // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to return
  ): Promise<Pick<Receipt, 'quota'> | void>;
  /** Replies to that message. @throws {AdapterError} as `edit` */
  // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to return
  reply?(remoteId: string, message: Message, context: SendContext): Promise<Receipt | void>;
  /** What people press and write there; absent: they cannot. */
  readonly chat?: Chat;
  /**
   * Of a sink that cannot edit: what its message becomes by the answer to a press, for
   * {@link ChatAnswer.message}; absent: it stays as it is. Pure.
   */
  inAnswer?(message: Message): object;
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
  /** Absent: nothing has to be set up at the product, or nobody can do it from here. */
  readonly setup?: Setup;
}
