// Finds messages of the bot by their metadata, in a channel and in a thread. A token without the
// right to read history finds none: a card may then come twice where a process died, as by a webhook.
import { z } from 'zod';
import { codeOf, contentOf, type Far, idOf, refusalOf, type Spot } from './answers.ts';
import type { SlackApi } from './api.ts';
import type { Workspace } from './workspace.ts';

const wireMessage = z.looseObject({
  ts: z.string(),
  thread_ts: z.string().optional(),
  bot_id: z.string().optional(),
  metadata: z
    .looseObject({ event_payload: z.record(z.string(), z.unknown()).optional() })
    .optional(),
});
type WireMessage = z.output<typeof wireMessage>;

const list = z.looseObject({
  ok: z.literal(true),
  messages: z.array(wireMessage),
  response_metadata: z.looseObject({ next_cursor: z.string().optional() }).optional(),
});

const pageSize = 100;
const pagesMax = 3;
/** Nobody can be asked, so nothing can be found. */
const unreadable: readonly string[] = ['missing_scope', 'not_in_channel', 'thread_not_found'];

export class History {
  readonly #api: SlackApi;
  readonly #workspace: Workspace;
  readonly #far: Far;

  constructor(api: SlackApi, workspace: Workspace, far: Far) {
    this.#api = api;
    this.#workspace = workspace;
    this.#far = far;
  }

  /**
   * Ids of cards by the id of their delivery, since `sinceMs`.
   * @throws {AdapterError} the channel could not be read
   */
  async cards(
    channel: string,
    sinceMs: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const oldest = (sinceMs / 1000).toFixed(6);
    const asked = { channel, oldest };
    const found = new Map<string, string>();
    for (const message of await this.#ownOf('conversations.history', asked, signal)) {
      const { ts, thread_ts: thread = ts } = message;
      const id = payloadOf(message).delivery_id;
      if (typeof id === 'string' && thread === ts) found.set(id, idOf({ channel, ts }));
    }
    return found;
  }

  /**
   * The id of the reply below a message that has this mark; undefined if there is none.
   * @throws {AdapterError} the thread could not be read
   */
  async reply(
    { channel, ts }: Spot,
    [key, value]: readonly ['delivery_id' | 'details_of', string],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const messages = await this.#ownOf('conversations.replies', { channel, ts }, signal);
    const found = messages.find((one) => one.ts !== ts && payloadOf(one)[key] === value);
    return found && idOf({ channel, ts: found.ts });
  }

  /** Any app can write our marks into a message; only the bot's own count. */
  async #ownOf(
    method: 'conversations.history' | 'conversations.replies',
    asked: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<WireMessage[]> {
    const own: WireMessage[] = [];
    let cursor = '';
    for (let page = 0; page < pagesMax; page += 1) {
      const paging = { limit: String(pageSize), include_all_metadata: 'true' };
      const more = cursor === '' ? {} : { cursor };
      const answer = await this.#api.get(method, { ...asked, ...paging, ...more }, signal);
      if (unreadable.includes(codeOf(answer))) break;
      const all = contentOf(answer, list);
      if (all === undefined) throw refusalOf(answer, this.#far);
      const { bot_id: me } = await this.#workspace.me(signal);
      own.push(...all.messages.filter(({ bot_id: by }) => by !== undefined && by === me));
      cursor = all.response_metadata?.next_cursor ?? '';
      if (cursor === '') break;
    }
    return own;
  }
}

function payloadOf({ metadata }: WireMessage): Readonly<Record<string, unknown>> {
  return metadata?.event_payload ?? {};
}
