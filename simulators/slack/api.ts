// The methods of the simulated Web API, each with its checks in the order that was observed or is
// documented. Differences from Slack:
// - One workspace, whose tokens are those of bots; no people, files, connected or shared channels.
// - Blocks are sections, contexts and dividers; whatever else is `invalid_blocks`.
// - `Content-Type` and `charset` of a request are not looked at, and there are no warnings.
// - The rate of each method is that of a channel or of nothing; no tiers.
// - Who may edit until when is one switch; Slack has it by role.
import { z } from 'zod';
import { content, cutNotification, faultOfContent } from './content.ts';
import type { SlackBot, SlackChannel, SlackMessage, SlackWorkspace } from './workspace.ts';

export interface SlackCall {
  readonly workspace: SlackWorkspace;
  readonly bot: SlackBot;
  /** Of the query and of the body. */
  readonly asked: Readonly<Record<string, unknown>>;
  /** Nobody may edit a message any more. */
  readonly isEditingOver: boolean;
}

/** What Slack says with `ok: false`. */
export class SlackRefusal extends Error {
  readonly more: object;

  constructor(code: string, more: object = {}) {
    super(code);
    this.more = more;
  }
}

type Method = (call: SlackCall) => object;

export const methods: Readonly<Record<string, Method>> = {
  'auth.test': ({ bot }) => ({
    ...{ url: 'https://example.slack.com/', team: 'Example', team_id: 'T000000001' },
    ...{ user: bot.name, user_id: bot.userId, bot_id: bot.botId },
  }),
  'conversations.info': info,
  'conversations.history': history,
  'conversations.replies': replies,
  'chat.postMessage': post,
  'chat.update': update,
  'chat.delete': remove,
};

function needs({ scopes }: SlackBot, scope: string): void {
  if (!scopes.includes(scope))
    throw new SlackRefusal('missing_scope', { needed: scope, provided: scopes.join(',') });
}

/** A private channel is unknown to whoever is not in it. */
function channelOf({ workspace, bot, asked }: SlackCall): SlackChannel {
  const channel = workspace.channels.get(String(asked.channel));
  if (channel === undefined || (channel.isPrivate && !channel.members.has(bot.botId)))
    throw new SlackRefusal('channel_not_found');
  return channel;
}

function info(call: SlackCall): object {
  const kind = call.workspace.channels.get(String(call.asked.channel))?.isPrivate;
  needs(call.bot, kind === true ? 'groups:read' : 'channels:read');
  const channel = channelOf(call);
  return {
    channel: {
      ...{ id: channel.id, name: channel.name, is_channel: true, is_private: channel.isPrivate },
      is_archived: channel.isArchived,
      is_member: channel.members.has(call.bot.botId),
    },
  };
}

function post(call: SlackCall): object {
  const { workspace, bot, asked } = call;
  needs(bot, 'chat:write');
  const channel = channelOf(call);
  if (channel.isArchived) throw new SlackRefusal('is_archived');
  if (!channel.members.has(bot.botId) && !bot.scopes.includes('chat:write.public'))
    throw new SlackRefusal('not_in_channel');
  const said = contentIn(asked);
  const threadTs = threadIn(call, channel);
  const message = workspace.keep({
    ...{ channel: channel.id, botId: bot.botId, text: cutNotification(said.text ?? '') },
    ...{ blocks: said.blocks ?? [], attachments: said.attachments ?? [] },
    ...(threadTs !== undefined && { threadTs }),
    ...(said.metadata && { metadata: said.metadata }),
  });
  return { channel: channel.id, ts: message.ts, message: wire(message, true) };
}

function contentIn(asked: SlackCall['asked']) {
  const read = content.safeParse(asked);
  if (!read.success) throw new SlackRefusal('invalid_arguments');
  const fault = faultOfContent(read.data);
  if (fault !== undefined) throw new SlackRefusal(fault);
  return read.data;
}

/**
 * The thread of a message that is there, or that left its place behind. Of any other Slack says
 * nothing, and the message stands in the channel.
 */
function threadIn({ workspace, asked }: SlackCall, { id }: SlackChannel): string | undefined {
  const root = workspace.message(id, String(asked.thread_ts ?? ''));
  if (root === undefined) return undefined;
  const isThere = !root.isDeleted || workspace.repliesTo(root).length > 0;
  return isThere ? (root.threadTs ?? root.ts) : undefined;
}

function update(call: SlackCall): object {
  const { workspace, bot, asked, isEditingOver } = call;
  needs(bot, 'chat:write');
  const channel = channelOf(call);
  const message = messageIn(call, channel);
  if (channel.isArchived) throw new SlackRefusal('is_inactive');
  if (message.botId !== bot.botId) throw new SlackRefusal('cant_update_message');
  if (isEditingOver) throw new SlackRefusal('edit_window_closed');
  const { text, blocks, attachments, metadata } = contentIn(asked);
  const said = {
    text: cutNotification(text ?? message.text),
    // A text without blocks replaces them.
    blocks: blocks ?? (text === undefined ? message.blocks : []),
    attachments: attachments ?? message.attachments,
    ...(metadata && { metadata }),
  };
  const isSame = JSON.stringify({ ...message, ...said }) === JSON.stringify(message);
  const edits = message.edits + (isSame ? 0 : 1);
  const changed = workspace.change(message, { ...said, edits });
  return { channel: channel.id, ts: message.ts, text: said.text, message: wire(changed, false) };
}

function remove(call: SlackCall): object {
  needs(call.bot, 'chat:write');
  const channel = channelOf(call);
  const message = messageIn(call, channel);
  if (message.botId !== call.bot.botId) throw new SlackRefusal('cant_delete_message');
  call.workspace.change(message, { isDeleted: true });
  return { channel: channel.id, ts: message.ts };
}

function messageIn({ workspace, asked }: SlackCall, { id }: SlackChannel): SlackMessage {
  const message = workspace.message(id, String(asked.ts));
  if (message === undefined || message.isDeleted) throw new SlackRefusal('message_not_found');
  return message;
}

function readable(call: SlackCall): SlackChannel {
  const isPrivate = call.workspace.channels.get(String(call.asked.channel))?.isPrivate === true;
  needs(call.bot, isPrivate ? 'groups:history' : 'channels:history');
  const channel = channelOf(call);
  if (!channel.members.has(call.bot.botId)) throw new SlackRefusal('not_in_channel');
  return channel;
}

function history(call: SlackCall): object {
  const { id } = readable(call);
  const oldest = Number(call.asked.oldest ?? 0);
  const since = call.workspace.timeline(id).filter(({ ts }) => Number(ts) > oldest);
  return paged(call, since);
}

function replies(call: SlackCall): object {
  const { workspace, asked } = call;
  const { id } = readable(call);
  const root = workspace.message(id, String(asked.ts));
  const below = root === undefined ? [] : workspace.repliesTo(root);
  if (root === undefined || (root.isDeleted && below.length === 0))
    throw new SlackRefusal('thread_not_found');
  return paged(call, [root, ...below]);
}

const page = z.object({
  limit: z.coerce.number().int().min(1).max(999).default(100),
  cursor: z.coerce.number().int().min(0).default(0),
  include_all_metadata: z.coerce.string().default('false'),
});

/** @param messages in the order of the method */
function paged({ asked }: SlackCall, messages: readonly SlackMessage[]): object {
  const read = page.safeParse(asked);
  if (!read.success) throw new SlackRefusal('invalid_arguments');
  const { limit, cursor, include_all_metadata: all } = read.data;
  const next = cursor + limit;
  const hasMore = messages.length > next;
  return {
    messages: messages.slice(cursor, next).map((one) => wire(one, all === 'true')),
    has_more: hasMore,
    response_metadata: { next_cursor: hasMore ? String(next) : '' },
  };
}

function wire(message: SlackMessage, hasMetadata: boolean): object {
  const { ts, threadTs, botId, text, blocks, attachments, metadata, isDeleted } = message;
  if (isDeleted)
    return {
      ...{ type: 'message', subtype: 'tombstone', user: 'USLACKBOT', ts, thread_ts: ts },
      text: 'This message was deleted.',
    };
  return {
    ...{ type: 'message', ts, bot_id: botId, text, blocks, attachments },
    ...(threadTs !== undefined && { thread_ts: threadTs }),
    ...(hasMetadata && metadata !== undefined && { metadata }),
  };
}
