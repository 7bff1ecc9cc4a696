// The contract of a sink: where messages go. Types only.
import type { z } from 'zod';
import type { AdapterContext, AdapterDefinition } from './adapter.ts';
import type { MessageForm, StoredEvent } from './event.ts';
import type { ProductOf } from './product.ts';
import type { Quota } from './quota.ts';

export type { MessageForm } from './event.ts';

/** What one call of `send` sends. */
export interface Message {
  readonly event: StoredEvent;
  readonly form: MessageForm;
  /** True if the sink gets events of several tenants, so that the card must name the tenant. */
  readonly showTenant: boolean;
  /** True if an earlier attempt got no answer, so that readers may have seen it already. */
  readonly mayBeRepeated?: boolean;
  /** Set if the message was held up for minutes or more: how long, and by what. */
  readonly delayed?: { readonly seconds: number; readonly reason: 'sink' | 'backlog' };
  /**
   * What the route that chose this sink sets for it, parsed by the `routeSettings` of its type.
   */
  readonly settings?: unknown;
  /**
   * The rendered template, which replaces the card's own words; made with this sink's
   * `templateWords`. Never set for a bare message or a notice.
   */
  readonly template?: RenderedTemplate;
}

/**
 * The texts are inert already: every value in them was escaped by `TemplateWords.escape`. The sink
 * uses its own words for an absent part.
 */
export interface RenderedTemplate {
  /** One line. */
  readonly title?: string;
  readonly text?: string;
  readonly fields?: readonly RenderedField[];
}

export interface RenderedField {
  readonly title: string;
  readonly value: string;
  /** True if two such fields may be shown side by side. */
  readonly isShort: boolean;
}

/**
 * How a template shows a value: as the sink shows values, as running text, as a part of an address,
 * or unchanged.
 */
export type ValueForm = 'value' | 'text' | 'url' | 'raw';

/** What surrounds a value in a template. */
export interface ValuePlace {
  readonly form: 'value' | 'text';
  readonly part: 'title' | 'text' | 'field title' | 'field value';
  /**
   * All of the template's own text in this part. The value must not contain anything that would
   * end the markup in it.
   */
  readonly own: string;
  /** How much of the value is shown, without what is put around it. */
  readonly codePointsMax: number;
}

/** What core gets from a sink to fill in templates for it. Pure. */
export interface TemplateWords {
  /** The sink's own words in the operator's language, by name. They need no escape. */
  readonly labels: Readonly<Record<string, string>>;
  /** A time for people, which needs no escape. @param iso ISO 8601 in UTC */
  time(iso: string): string;
  /**
   * The address of the console's page, made safe to stand in a text with markup; "" if it cannot
   * be.
   */
  link(url: string): string;
  /** Makes foreign text inert: it is shown, and never obeyed. */
  escape(text: string, place: ValuePlace): string;
}

/** A part of a template. `logic`: a tag, after which anything may follow. */
export type TemplatePiece =
  | { readonly kind: 'own'; readonly text: string }
  | { readonly kind: 'value'; readonly form: ValueForm; readonly isLink: boolean }
  | { readonly kind: 'logic' };

/** What templates may use for a type of sink, and must not. */
export interface TemplateSupport {
  /** Names of the labels that every sink of this type has. */
  readonly labels: readonly string[];
  /**
   * Why the template's own text would make an escaped value active after all, and the index of the
   * piece; undefined if it would not.
   */
  fault?(
    pieces: readonly TemplatePiece[],
  ): { readonly index: number; readonly problem: string; readonly remedy: string } | undefined;
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
  close?(): Promise<void>;
  /** Present if its type renders templates. */
  readonly templateWords?: TemplateWords;
}

export interface SinkContext extends AdapterContext {
  /** Finds the product of an event; absent: no product is known. */
  readonly productOf?: ProductOf;
}

// biome-ignore lint/suspicious/noExplicitAny: the schemas of a registry differ; src/config parses first
export interface SinkDefinition<Schema extends z.ZodType = any>
  extends AdapterDefinition<Schema, Sink, SinkContext> {
  /**
   * What a route may set for a sink of this type, in place of the sink's own settings; absent:
   * nothing. A strict object without required keys.
   */
  readonly routeSettings?: z.ZodObject;
  /** Present if sinks of this type render templates; each of them has `templateWords`. */
  readonly templates?: TemplateSupport;
}
