// Decides what a request to an incoming webhook leads to: posts, or a refusal. The checks are in
// the server's order.
import type { Channel } from './directory.ts';
import type { Payload } from './payload.ts';
import { draftPosts, type PostDraft } from './post.ts';

export interface Hook {
  readonly id: string;
  /** The channel's name in URLs. */
  readonly channel: string;
  /** True: may post into its own channel only. */
  readonly isLocked: boolean;
  /** As an administrator sees it; absent: none. */
  readonly name?: string;
}

export interface Refusal {
  readonly status: number;
  /** The server's name for the error. */
  readonly id: string;
  readonly message: string;
}

export interface HookWorld {
  readonly hooks: ReadonlyMap<string, Hook>;
  /** Undefined for one that is archived or that there is not. */
  channel(name: string): Channel | undefined;
  /** Names of the users to whom a hook may write. */
  readonly users: ReadonlySet<string>;
  /** False for a server whose licence or settings forbid priorities. */
  readonly takesPriority: boolean;
  /** Incoming webhooks are switched on. */
  readonly isEnabled: boolean;
  hasPost(id: string, channel: string): boolean;
}

export type HookResult =
  | Refusal
  | { readonly channel: string; readonly drafts: readonly PostDraft[] };

/** Servers use this name for nearly every failure, and repeat the hook's id in the message. */
export function generalRefusal(status: number, hookId: string): Refusal {
  return {
    status,
    id: 'web.incoming_webhook.general.app_error',
    message: `Failed to handle the payload of media type application/json for incoming webhook ${hookId}.`,
  };
}

export function judge(world: HookWorld, hookId: string, payload: Payload | undefined): HookResult {
  const refuse = (status: number) => generalRefusal(status, hookId);
  if (!world.isEnabled) return refuse(501);
  if (payload === undefined) {
    const message = `Failed to decode the payload of media type application/json for incoming webhook ${hookId}.`;
    return { status: 400, id: 'web.incoming_webhook.decode.app_error', message };
  }
  if ((payload.text ?? '') === '' && (payload.attachments ?? []).length === 0) return refuse(400);
  const hook = world.hooks.get(hookId);
  if (hook === undefined) return refuse(400);

  const asked = payload.channel ?? '';
  const isUser = asked.startsWith('@');
  if (isUser && !world.users.has(asked.slice(1))) return refuse(400);
  const name = asked === '' ? hook.channel : asked.replace(/^#/, '');
  const channel = world.channel(name);
  if (channel === undefined && !isUser) return refuse(404);
  if (hook.isLocked && name !== hook.channel) return refuse(403);
  if (channel?.isPrivate && name !== hook.channel) return refuse(403);
  const rootId = payload.root_id ?? '';
  if (rootId !== '' && !world.hasPost(rootId, name)) return refuse(400);
  if (payload.type?.startsWith('system_')) return refuse(400);
  if (payload.priority && typeof payload.priority.priority !== 'string') return refuse(400);

  // The server answers 500 to everything that prevents the making of a post.
  if (payload.priority && !world.takesPriority) return refuse(500);

  const drafts = draftPosts(payload);
  if (drafts === undefined) return refuse(400);
  // The database takes no NUL, and the server answers 500 if it cannot save a post.
  return drafts.some(holdsNul) ? refuse(500) : { channel: name, drafts };
}

/** The database takes none. */
export function holdsNul({ text, props, attachments }: PostDraft): boolean {
  return (
    text.includes('\0') || /(?<!\\)(?:\\\\)*\\u0000/.test(JSON.stringify([props, attachments]))
  );
}
