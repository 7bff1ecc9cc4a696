// What every route of the simulated REST API works on, and how it answers.

import type { Directory, User } from './directory.ts';
import type { Hook, Refusal } from './hook.ts';
import type { Ledger } from './ledger.ts';

export interface ApiWorld {
  readonly directory: Directory;
  readonly ledger: Ledger;
  /** By trigger. */
  readonly commands: Map<string, SlashCommand>;
  readonly hooks: Map<string, Hook>;
  readonly settings: ServerSettings;
  /** What was shown to one user alone. */
  readonly ephemerals: Ephemeral[];
  /** By `pending_post_id`. */
  readonly pending: Map<string, { readonly postId: string; readonly atMs: number }>;
  /** How long a `pending_post_id` is remembered. */
  readonly pendingMs: number;
  /** False for a server whose settings forbid priorities. */
  readonly takesPriority: boolean;
}

/** Of the server; those that a setup meets. */
export interface ServerSettings {
  /** Whoever is no administrator sees the addresses of others. */
  ShowEmailAddress: boolean;
  EnableBotAccountCreation: boolean;
  EnableCommands: boolean;
  EnableIncomingWebhooks: boolean;
  EnablePostUsernameOverride: boolean;
  EnablePostIconOverride: boolean;
  /** Hosts and networks, with blanks or commas between them. */
  AllowedUntrustedInternalConnections: string;
}

export interface Ephemeral {
  readonly userId: string;
  readonly text: string;
  /** Of the post whose button was pressed; absent: the answer to a slash command. */
  readonly postId?: string;
}

export interface SlashCommand {
  readonly id: string;
  readonly token: string;
  readonly trigger: string;
  readonly url: string;
}

export interface ApiCall {
  readonly world: ApiWorld;
  readonly user: User;
  /** What the path holds in its variable places. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** Parsed; undefined if there was none. */
  readonly body: unknown;
}

/** `status` and what the body is as JSON. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

export const done: ApiAnswer = { status: 200, body: { status: 'OK' } };

/** What the server answers in its own form. */
export class ApiRefusal extends Error {
  readonly refusal: Refusal;

  constructor(status: number, id: string, message = 'Refused.') {
    super(id);
    this.refusal = { status, id, message };
  }
}

/** @param permission as the server names it in `detailed_error` of a developer's server */
export function forbidden(permission: string): ApiRefusal {
  const message = `You do not have the appropriate permissions (${permission}).`;
  return new ApiRefusal(403, 'api.context.permissions.app_error', message);
}

export function invalidBody(): ApiRefusal {
  return new ApiRefusal(400, 'api.context.invalid_body_param.app_error');
}
