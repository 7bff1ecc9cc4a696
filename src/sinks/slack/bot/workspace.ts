// Who the bot is in its workspace, what its token allows, and whether it may post into a channel.
import { z } from 'zod';
import {
  archived,
  codeOf,
  contentOf,
  errorOf,
  type Far,
  notInChannel,
  refusalOf,
  scopesIn,
} from './answers.ts';
import type { SlackApi } from './api.ts';

const identity = z.looseObject({
  ok: z.literal(true),
  user_id: z.string().min(1),
  user: z.string().optional(),
  team: z.string().optional(),
  bot_id: z.string().optional(),
});
type Identity = z.output<typeof identity>;

const channelAnswer = z.looseObject({
  ok: z.literal(true),
  channel: z.looseObject({
    is_archived: z.boolean().optional(),
    is_member: z.boolean().optional(),
    is_private: z.boolean().optional(),
  }),
});

export interface Bot extends Identity {
  /** Undefined if Slack did not say. */
  readonly scopes: ReadonlySet<string> | undefined;
}

/** What was seen of a channel; `unseen`: the token does not let the bot look. */
export type ChannelKind = 'public' | 'private' | 'unseen';

export class Workspace {
  readonly #api: SlackApi;
  readonly #far: Far;
  #me: Bot | undefined;

  constructor(api: SlackApi, far: Far) {
    this.#api = api;
    this.#far = far;
  }

  /** Who the token belongs to. @throws {AdapterError} */
  async me(signal: AbortSignal): Promise<Bot> {
    this.#me ??= await this.readMe(signal);
    return this.#me;
  }

  /** As `me`, and asks each time, which shows whether the token works. */
  async readMe(signal: AbortSignal): Promise<Bot> {
    const answer = await this.#api.post('auth.test', {}, signal);
    const user = contentOf(answer, identity);
    if (user === undefined) throw refusalOf(answer, this.#far);
    this.#me = { ...user, scopes: scopesIn(answer) };
    return this.#me;
  }

  /**
   * Checks that the bot may post into the channel, as far as its token lets it look.
   * @throws {AdapterError} `reject_sink` if it may not, with what somebody must do
   */
  async check(id: string, signal: AbortSignal): Promise<ChannelKind> {
    const answer = await this.#api.get('conversations.info', { channel: id }, signal);
    // To post, a bot needs no right to read.
    if (codeOf(answer) === 'missing_scope') return 'unseen';
    const channel = contentOf(answer, channelAnswer)?.channel;
    if (channel === undefined) throw refusalOf(answer, this.#far);
    if (channel.is_archived === true) throw errorOf(archived, answer, this.#far);
    const { scopes } = await this.me(signal);
    if (channel.is_member === false && scopes?.has('chat:write.public') !== true)
      throw errorOf(notInChannel, answer, this.#far);
    return channel.is_private === true ? 'private' : 'public';
  }
}
