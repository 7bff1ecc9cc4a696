// The contract of a sink: where messages go. Types only.
import type { z } from 'zod';
import type { AdapterContext, AdapterDefinition } from './adapter.ts';
import type { MessageForm, StoredEvent } from './event.ts';
import type { ProductOf } from './product.ts';
import type { Quota } from './quota.ts';

export type { MessageForm } from './event.ts';

/** What one call of `send` carries. */
export interface Message {
  readonly event: StoredEvent;
  readonly form: MessageForm;
  /** The events of more than one tenant pass here, so the card must name the tenant. */
  readonly showTenant: boolean;
  /** True if an earlier attempt got no answer, so that a reader may have seen it already. */
  readonly mayBeRepeated?: boolean;
  /** Set when the card was held up for minutes or more: how long, and what held it. */
  readonly delayed?: { readonly seconds: number; readonly reason: 'sink' | 'backlog' };
  /**
   * What the route that chose this sink says about it, as `routeSettings` of its type parsed it.
   */
  readonly settings?: unknown;
  /**
   * What a template says in place of the card's own words, made with this sink's `templateWords`;
   * never in a bare message or a notice.
   */
  readonly template?: RenderedTemplate;
}

/**
 * Inert already: every value in it went through `TemplateWords.escape`. A part that is absent stays
 * as the sink has it.
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
  /** Two of them may stand side by side. */
  readonly isShort: boolean;
}

/**
 * How a template wants a value shown: as the sink shows values, as running text, as a part of an
 * address, or as it came.
 */
export type ValueForm = 'value' | 'text' | 'url' | 'raw';

/** What surrounds a value in a template. */
export interface ValuePlace {
  readonly form: 'value' | 'text';
  readonly part: 'title' | 'text' | 'field title' | 'field value';
  /**
   * All of the template's own text in this part: what of its markup a value might end, the value
   * must not hold.
   */
  readonly own: string;
  /** As much is shown of it; what is put around it is on top. */
  readonly codePointsMax: number;
}

/** What a sink lends to core, which fills in templates for it. Pure. */
export interface TemplateWords {
  /** By name: the sink's own words in the operator's language. They are shown as they are. */
  readonly labels: Readonly<Record<string, string>>;
  /** A time for people; what it gives is shown as it is. @param iso ISO 8601 in UTC */
  time(iso: string): string;
  /**
   * The console's page as an address that stands in a text and ends none of its markup; "" if it
   * cannot.
   */
  link(url: string): string;
  /** Text of others made inert: shown, never obeyed. */
  escape(text: string, place: ValuePlace): string;
}

/**
 * A part of a template, in the order in which it is written. `logic`: a tag, after which anything
 * may follow.
 */
export type TemplatePiece =
  | { readonly kind: 'own'; readonly text: string }
  | { readonly kind: 'value'; readonly form: ValueForm; readonly isLink: boolean }
  | { readonly kind: 'logic' };

/** What a type of sinks says of templates. */
export interface TemplateSupport {
  /** Names of the labels that every sink of the type has. */
  readonly labels: readonly string[];
  /**
   * Why the template's own text would make a value that is escaped active after all, and at which
   * piece; undefined if it does not.
   */
  fault?(
    pieces: readonly TemplatePiece[],
  ): { readonly index: number; readonly problem: string; readonly remedy: string } | undefined;
}

export interface SendContext {
  /** The same on every attempt, so that a far end or a reader can tell a duplicate. */
  readonly deliveryId: string;
  /** 1 for the first. */
  readonly attempt: number;
  /**
   * Shared with sends that began at the same time: it may abort after this one has ended, so a
   * listener must be taken away again.
   */
  readonly signal: AbortSignal;
}

/** What a far end that accepted a message said besides. */
export interface Receipt {
  readonly quota?: Quota | undefined;
}

/** What there is to say of a sink that works. */
export interface SinkReport {
  /** A sentence's end about what was tried, and what could not be: `answers, and …`. */
  readonly tested: string;
  /** Each a sentence's end about what will not be as configured. */
  readonly remarks: readonly string[];
}

export interface Sink {
  /**
   * Scheme, host and port that `send` calls (`https://chat.example:443`), or any name of the place
   * (`stdout:`). Sinks of one origin share one rate limit and are worked by one replica.
   */
  readonly origin: string;
  /**
   * Where `send` posts to, the same whatever people call the sink, and without a secret: see
   * `placeOf`. The backlog belongs to it; absent: to the id alone.
   */
  readonly place?: string;
  /**
   * Resolves only once the far end accepted the message. May be called again with the same delivery
   * id. Called concurrently. Never loops, sleeps, logs or counts. @throws {AdapterError}
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to return
  send(message: Message, context: SendContext): Promise<Receipt | void>;
  /**
   * Proves the hook or credentials without posting. @throws {AdapterError} `reject_sink` if this
   * sink cannot work as configured
   */
  check?(signal: AbortSignal): Promise<void>;
  /**
   * For `tocsin check`: as `check`, and looks at all that can be tried without posting, also for
   * what routes say about this sink. @throws {AdapterError} as `check`
   */
  inspect?(signal: AbortSignal, routeSettings: readonly unknown[]): Promise<SinkReport>;
  close?(): Promise<void>;
  /** Present if its type renders templates. */
  readonly templateWords?: TemplateWords;
}

export interface SinkContext extends AdapterContext {
  /** Whose events these are; absent: nobody knows. */
  readonly productOf?: ProductOf;
}

// biome-ignore lint/suspicious/noExplicitAny: the schemas of a registry differ; src/config parses first
export interface SinkDefinition<Schema extends z.ZodType = any>
  extends AdapterDefinition<Schema, Sink, SinkContext> {
  /**
   * What a route may say about a sink of this type, over what the sink says itself; absent:
   * nothing. A strict object, no key required.
   */
  readonly routeSettings?: z.ZodObject;
  /** Present if sinks of this type render templates: then each has `templateWords`. */
  readonly templates?: TemplateSupport;
}
