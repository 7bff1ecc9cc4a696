// Sink `telegram`: one message for each card, by a bot. It can edit what it posted, and reply below
// it. Telegram knows no repetition again.
import { z } from 'zod';
import type { AdapterContext } from '../../kit/adapter.ts';
import { linesBelow, linesOfCard } from '../../kit/card-lines.ts';
import type { HttpAnswer, HttpClient } from '../../kit/http/index.ts';
import { mentionFrom, mentionsOf } from '../../kit/mention.ts';
import { originOf } from '../../kit/origin.ts';
import { placeOf } from '../../kit/place.ts';
import { type Quota, quotaOf } from '../../kit/quota.ts';
import type {
  Message,
  Receipt,
  SendContext,
  Sink,
  SinkDefinition,
  SinkReport,
} from '../../kit/sink.ts';
import { webUrl } from '../../kit/web-url.ts';
import {
  type Far,
  goneError,
  idOf,
  isUnchanged,
  movedTo,
  refusalOf,
  resultOf,
  type Spot,
  spotIn,
  spotOf,
} from './answers.ts';
import { contentOf, weightOf } from './entities.ts';

const mentionSyntax = /^@[A-Za-z]\w{3,31}$/;
const chatSyntax = /^(?:-?[1-9]\d{0,15}|@[A-Za-z]\w{3,31})$/;
const noChat = 'is no chat: give its number (-1001234567890) or the @name of a channel';

const config = z.strictObject({
  token: z
    .string()
    .trim()
    .regex(/^\d{3,20}:[\w-]{10,100}$/, 'is no token of a bot, such as 123456:ABC…')
    .describe('The token of the bot, from @BotFather; whoever has it can post as the bot.'),
  chat: z
    .union([z.string().regex(chatSyntax, noChat), z.int().refine((id) => id !== 0, noChat)])
    .transform(String)
    .describe(
      'Where to post: the number of a group, a channel or a person, such as -1001234567890, or the @name of a public channel.',
    ),
  topic: z
    .int()
    .min(2)
    .optional()
    .describe('The number of a topic, in a group that has topics; without it, the general one.'),
  mention: z
    .string()
    .regex(mentionSyntax, 'is no mention of Telegram: @ and a username')
    .optional()
    .describe(
      'Whom a CRITICAL event pings, or one from mention_from up: the @username of a member of the group.',
    ),
  mention_from: mentionFrom,
  url: webUrl
    .default('https://api.telegram.org')
    .describe('The address of the Bot API, if you run a server of it yourself.'),
});
type Config = z.output<typeof config>;

const { topic, mention, mention_from } = config.shape;
const routeSettings = z.strictObject({ topic, mention, mention_from });
type RouteSettings = z.output<typeof routeSettings>;

export const telegram: SinkDefinition<typeof config> = {
  type: 'telegram',
  config,
  routeSettings,
  example: { token: '123456789:xxxexampletokenofthebotxxx', chat: '-1001234567890' },
  secrets: ['token'],
  create: (settings, context) => new TelegramSink(settings, context),
};

/** Telegram takes 4,096 UTF-16 units; line breaks, names and a mention come on top. */
const limits = { total: 3_900, value: 1_500, weigh: weightOf };
/** It takes twenty a minute in a group or a channel, one a second in a private chat. */
const [paceOfGroup, paceOfPerson]: [Quota, Quota] = [
  { limit: 1, remaining: 0, resetMs: 3_000 },
  { limit: 1, remaining: 0, resetMs: 1_000 },
];

const me = z.looseObject({ username: z.string() });
const chatAnswer = z.looseObject({
  id: z.int(),
  type: z.string(),
  is_forum: z.boolean().optional(),
});

class TelegramSink implements Sink {
  readonly origin: string;
  readonly place: string;
  readonly limits = limits;
  readonly can = { table: true, mention: true } as const;
  readonly #settings: Config;
  readonly #http: HttpClient;
  readonly #far: Far;
  readonly #base: string;
  /** Another one after the group became a supergroup. */
  #chat: string;

  constructor(settings: Config, { http, now }: AdapterContext) {
    const { url, token, chat } = settings;
    const address = new URL(url);
    this.#settings = settings;
    this.#http = http;
    this.#chat = chat;
    this.#base = `${address.href.replace(/\/+$/, '')}/bot${token}`;
    this.#far = { host: address.host, secrets: [token], now };
    this.place = placeOf(originOf(address), chat, String(settings.topic ?? ''));
    // Each chat has a rate of its own, though all are called at one host.
    this.origin = placeOf(originOf(address), chat);
  }

  async send(message: Message, context: SendContext): Promise<Receipt> {
    const chat = this.#chat;
    const { topic } = this.#optionsOf(message);
    const answer = await this.#post('sendMessage', this.#to({ chat, topic }, message), context);
    const spot = spotIn(answer);
    if (spot !== undefined) return { remoteId: idOf(spot), quota: this.#quotaOf(answer) };
    this.#chat = movedTo(answer) ?? chat;
    throw refusalOf(answer, this.#far);
  }

  async edit(remoteId: string, message: Message, context: SendContext) {
    const { chat, message: message_id } = this.#spotOf(remoteId);
    const edit = { ...this.#to({ chat }, message), message_id };
    const answer = await this.#post('editMessageText', edit, context);
    if (spotIn(answer)?.message !== message_id && !isUnchanged(answer))
      throw refusalOf(answer, this.#far);
    return { quota: this.#quotaOf(answer) };
  }

  async reply(remoteId: string, message: Message, context: SendContext): Promise<Receipt> {
    const { message: message_id, ...where } = this.#spotOf(remoteId);
    const reply = { ...this.#to(where, message), reply_parameters: { message_id } };
    const answer = await this.#post('sendMessage', reply, context);
    const spot = spotIn(answer);
    if (spot === undefined) throw refusalOf(answer, this.#far);
    return { remoteId: idOf(spot), quota: this.#quotaOf(answer) };
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#chatOf(signal);
  }

  async inspect(signal: AbortSignal): Promise<SinkReport> {
    const chat = await this.#chatOf(signal);
    const answer = await this.#call('getMe', {}, signal);
    const bot = resultOf(answer, me);
    if (bot === undefined) throw refusalOf(answer, this.#far);
    const isTopicLost = this.#settings.topic !== undefined && chat.is_forum !== true;
    return {
      tested: `answers, knows the bot @${bot.username} and its chat, a ${chat.type}. Not tried, since only a message shows it: whether the bot may write there`,
      remarks: isTopicLost ? ['the chat has no topics, so topic does nothing'] : [],
    };
  }

  /** @throws {AdapterError} the token or the chat is wrong */
  async #chatOf(signal: AbortSignal): Promise<z.output<typeof chatAnswer>> {
    const answer = await this.#call('getChat', { chat_id: this.#chat }, signal);
    const chat = resultOf(answer, chatAnswer);
    if (chat === undefined) throw refusalOf(answer, this.#far);
    return chat;
  }

  #to({ chat, topic }: Omit<Spot, 'message'>, message: Message): object {
    const lines = linesOfCard(message.card);
    const mentions = mentionsOf(message, this.#optionsOf(message), mentionSyntax);
    return {
      chat_id: chat,
      ...(topic !== undefined && { message_thread_id: topic }),
      ...contentOf([lines.headline, ...linesBelow(lines)], mentions),
      link_preview_options: { is_disabled: true },
    };
  }

  /** The settings of the route come before those of the sink. */
  #optionsOf({ settings }: Message): RouteSettings {
    const { topic, mention, mention_from } = this.#settings;
    return { topic, mention, mention_from, ...(settings as RouteSettings | undefined) };
  }

  /** @throws {AdapterError} `gone`: another product gave this id */
  #spotOf(remoteId: string): Spot {
    const spot = spotOf(remoteId);
    if (spot === undefined) throw goneError(this.#far);
    return spot;
  }

  #quotaOf({ headers }: HttpAnswer): Quota {
    const pace = /^\d/.test(this.#chat) ? paceOfPerson : paceOfGroup;
    return quotaOf(headers, this.#far.now()) ?? pace;
  }

  #post(method: string, body: object, { deliveryId, signal }: SendContext): Promise<HttpAnswer> {
    return this.#call(method, body, signal, { 'x-tocsin-delivery': deliveryId });
  }

  #call(method: string, body: object, signal: AbortSignal, more: Record<string, string> = {}) {
    return this.#http.request({
      method: 'POST',
      url: `${this.#base}/${method}`,
      headers: { 'content-type': 'application/json', ...more },
      body: JSON.stringify(body),
      signal,
    });
  }
}
