// The contract of a sink: where messages go. Types only.
import type { z } from 'zod';
import type { AdapterDefinition } from './adapter.ts';
import type { MessageForm, StoredEvent } from './event.ts';

export type { MessageForm } from './event.ts';

/** What one call of `send` carries. */
export interface Message {
  readonly event: StoredEvent;
  readonly form: MessageForm;
  /** The events of more than one tenant pass here, so the card must name the tenant. */
  readonly showTenant: boolean;
  /** Set when the card was held up for minutes or more: how long, and what held it. */
  readonly delayed?: { readonly seconds: number; readonly reason: 'sink' | 'backlog' };
  /** What the route that chose this sink says about it, as `routeSettings` of its type parsed it. */
  readonly settings?: unknown;
}

export interface SendContext {
  /** The same on every attempt, so that a far end or a reader can tell a duplicate. */
  readonly deliveryId: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly signal: AbortSignal;
}

export interface Sink {
  /**
   * Scheme, host and port that `send` calls (`https://chat.example:443`), or any name of the place (`stdout:`). Sinks of one
   * origin share one rate limit and are worked by one replica.
   */
  readonly origin: string;
  /**
   * Resolves only once the far end accepted the message. May be called again with the same delivery id. Called concurrently.
   * Never loops, sleeps, logs or counts. @throws {AdapterError}
   */
  send(message: Message, context: SendContext): Promise<void>;
  /** Proves the hook or credentials without posting. @throws {AdapterError} `reject_sink` if this sink cannot work as configured */
  check?(signal: AbortSignal): Promise<void>;
  close?(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds definitions of differing schemas; config.ts parses before create
export interface SinkDefinition<Schema extends z.ZodType = any> extends AdapterDefinition<Schema, Sink> {
  /** What a route may say about a sink of this type, over what the sink says itself; absent: nothing. A strict object, no key required. */
  readonly routeSettings?: z.ZodObject;
}
