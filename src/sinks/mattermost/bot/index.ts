// Sink `mattermost_bot`: posts cards as a bot by the REST API, keeps the id of each, and so can edit
// it in place and reply below it.
import type { AdapterContext } from '../../../kit/adapter.ts';
import type { Chat } from '../../../kit/chat.ts';
import type { AdapterError } from '../../../kit/errors.ts';
import type { HttpAnswer } from '../../../kit/http/index.ts';
import { originOf } from '../../../kit/origin.ts';
import { OwnMessages } from '../../../kit/own-messages.ts';
import { placeOf } from '../../../kit/place.ts';
import type { Quota } from '../../../kit/quota.ts';
import type {
  Message,
  Receipt,
  SendContext,
  Sink,
  SinkDefinition,
  SinkReport,
} from '../../../kit/sink.ts';
import { isServersOwn } from '../answers.ts';
import { chatOf } from '../chat.ts';
import { isUrgent } from '../post.ts';
import { limits } from '../render.ts';
import { Urgency } from '../urgency.ts';
import {
  errorIdOf,
  type Far,
  goneError,
  postIdIn,
  quotaOfServer,
  readJson,
  refusalOf,
  wirePost,
} from './answers.ts';
import { MattermostApi } from './api.ts';
import { Channels } from './channels.ts';
import { type BotConfig, type BotRouteSettings, config, routeSettings } from './config.ts';
import { inspection } from './inspect.ts';
import { OwnPosts } from './own-posts.ts';
import {
  type BotPostOptions,
  cardEdit,
  cardPost,
  detailsPost,
  type NewPost,
  pendingIdOf,
  replyPost,
} from './posts.ts';
import { setup } from './setup/index.ts';

export const mattermostBot: SinkDefinition<typeof config> = {
  type: 'mattermost_bot',
  config,
  routeSettings,
  example: {
    url: 'https://chat.example.com',
    token: 'xxxgeneratedtokenxxx',
    channel: 'secops/soc-alerts',
    mention: '@soc',
  },
  secrets: ['token', 'command_token'],
  setup,
  create: (settings, context) => new BotSink(settings, context),
};

class BotSink implements Sink {
  readonly origin: string;
  readonly place: string;
  readonly limits = limits;
  readonly can = { table: true, mention: true, priority: true, buttons: true } as const;
  readonly titles: 'number' | 'stream';
  readonly chat?: Chat;
  readonly #settings: BotConfig;
  readonly #far: Far;
  readonly #api: MattermostApi;
  readonly #channels: Channels;
  readonly #own: OwnMessages;
  readonly #posts: OwnPosts;
  readonly #urgency = new Urgency((answer) => postIdIn(answer) !== undefined);

  constructor(settings: BotConfig, { http, now }: AdapterContext) {
    const { url, token, channel } = settings;
    const address = new URL(url);
    this.#settings = settings;
    this.origin = originOf(address);
    this.place = placeOf(this.origin, 'bot', address.pathname, channel);
    this.titles = settings.title;
    this.#far = { host: address.host, secrets: [token], now };
    this.#api = new MattermostApi({ http, url, token });
    this.#channels = new Channels(this.#api, this.#far);
    this.#posts = new OwnPosts(this.#api, this.#channels, this.#far);
    this.#own = new OwnMessages({
      now,
      // By the pending_post_id.
      recognisesRepetition: true,
      cards: (...asked) => this.#posts.cards(...asked),
    });
    if (settings.people !== undefined)
      this.chat = chatOf({
        ...{ people: settings.people, commandToken: settings.command_token },
        isMember: (person, signal) => this.#channels.isMember(channel, person, signal),
        emailOf: (person, signal) => this.#channels.emailOf(person, signal),
      });
  }

  async send(message: Message, context: SendContext): Promise<Receipt> {
    const { deliveryId, signal } = context;
    const options = this.#optionsOf(message);
    const channelId = await this.#channels.idOf(options.channel, signal);
    const found = await this.#own.card({ channelId, deliveryId, message, signal });
    const card =
      found === undefined ? await this.#postCard(message, channelId, context) : undefined;
    const remoteId = found ?? idOf(card!, this.#far);
    const place = { channelId, pendingId: this.#pendingIdOf('details', deliveryId) };
    const details = detailsPost(message, deliveryId, place, options);
    const earlier = found === undefined ? {} : { isEarlier: true };
    if (details === undefined) return { ...this.#receipt(remoteId, deliveryId, card), ...earlier };
    this.#own.remember(deliveryId, remoteId);
    if (found !== undefined && (await this.#hasDetails(remoteId, context)))
      return { ...this.#receipt(remoteId, deliveryId, card), ...earlier };
    const reply = await this.#post({ ...details, root_id: remoteId }, signal);
    idOf(reply, this.#far);
    return { ...this.#receipt(remoteId, deliveryId, reply, 2), ...earlier };
  }

  async find(message: Message, { deliveryId, signal }: SendContext): Promise<string | undefined> {
    const channelId = await this.#channels.idOf(this.#optionsOf(message).channel, signal);
    const doubtful = { ...message, mayBeRepeated: true };
    return this.#own.card({ channelId, deliveryId, message: doubtful, signal });
  }

  async edit(remoteId: string, message: Message, { deliveryId, signal }: SendContext) {
    const edit = cardEdit(message, deliveryId, this.#optionsOf(message));
    const answer = await this.#api.send(`PUT /posts/${idForPath(remoteId)}/patch`, edit, signal);
    if (postIdIn(answer) === remoteId) return;
    throw await this.#refusalOf(answer, remoteId, signal);
  }

  async reply(remoteId: string, message: Message, context: SendContext): Promise<Receipt> {
    const { deliveryId, signal } = context;
    const options = this.#optionsOf(message);
    const mark = ['delivery_id', deliveryId] as const;
    const found = this.#own.isReplyDoubtful(message, deliveryId, remoteId)
      ? await this.#posts.reply(remoteId, mark, signal)
      : undefined;
    if (found !== undefined) return { remoteId: found };
    const pendingId = this.#pendingIdOf('reply', deliveryId);
    const ask = (channelId: string) => {
      const post = replyPost(message, deliveryId, { channelId, pendingId }, options);
      return this.#post({ ...post, root_id: remoteId }, signal);
    };
    let answer = await ask(await this.#channels.idOf(options.channel, signal));
    // The message was posted into another channel than is configured now.
    if (errorIdOf(answer).includes('channel_root_id'))
      answer = await ask(await this.#channelOf(remoteId, signal));
    if (postIdIn(answer) === undefined) throw await this.#refusalOf(answer, remoteId, signal);
    return this.#receipt(idOf(answer, this.#far), deliveryId, answer);
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#channels.readMe(signal);
    await this.#channels.check(this.#settings.channel, signal);
  }

  async inspect(signal: AbortSignal, ofRoutes: readonly unknown[]): Promise<SinkReport> {
    await this.check(signal);
    const me = await this.#channels.me(signal);
    const routes = ofRoutes as readonly BotRouteSettings[];
    return inspection({ me, settings: this.#settings, routes }, (channel) =>
      this.#channels.check(channel, signal),
    );
  }

  /** The settings of the route come before those of the sink. */
  #optionsOf({ settings }: Message): BotPostOptions {
    const { channel, mention, mention_from: from, priority, pin } = this.#settings;
    const wanted = (settings ?? {}) as BotRouteSettings;
    return {
      ...{ style: this.#settings.card, hasThread: this.#settings.details === 'thread' },
      channel: wanted.channel ?? channel,
      mention: wanted.mention ?? mention,
      mentionFrom: wanted.mention_from ?? from,
      hasPriority: wanted.priority ?? priority,
      pinFrom: wanted.pin ?? pin,
    };
  }

  #postCard(message: Message, channelId: string, { deliveryId, signal }: SendContext) {
    const options = this.#optionsOf(message);
    const place = { channelId, pendingId: this.#pendingIdOf('card', deliveryId) };
    const ask = (hasPriority: boolean) =>
      this.#post(cardPost(message, deliveryId, place, { ...options, hasPriority }), signal);
    return isUrgent(message, options) ? this.#urgency.ask(ask) : ask(false);
  }

  async #post(post: NewPost, signal: AbortSignal): Promise<HttpAnswer> {
    const answer = await this.#api.send('POST /posts', post, signal);
    this.#own.active();
    return answer;
  }

  async #hasDetails(rootId: string, { deliveryId, signal }: SendContext): Promise<boolean> {
    return (await this.#posts.reply(rootId, ['details_of', deliveryId], signal)) !== undefined;
  }

  /** @param requests how many a message takes: the server counts each */
  #receipt(
    remoteId: string,
    deliveryId: string,
    answer: HttpAnswer | undefined,
    requests = 1,
  ): Receipt {
    this.#own.forget(deliveryId);
    const quota = answer && quotaOfServer(answer.headers, this.#far.now());
    return { remoteId, quota: quota && shared(quota, requests) };
  }

  #pendingIdOf(...what: readonly string[]): string {
    return pendingIdOf(this.#settings.token, ...what);
  }

  async #channelOf(postId: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#api.get(`/posts/${idForPath(postId)}`, signal);
    const post = answer.status === 200 ? readJson(wirePost, answer.body) : undefined;
    if (post === undefined)
      throw answer.status === 404 && isServersOwn(answer)
        ? goneError(answer, this.#far)
        : refusalOf(answer, this.#far);
    return post.channel_id;
  }

  /**
   * Why an edit or a reply was refused. The server answers alike for a post that is gone and for a
   * bot that may not edit; what tells them apart costs a request only now.
   */
  async #refusalOf(answer: HttpAnswer, postId: string, signal: AbortSignal): Promise<AdapterError> {
    const refusal = refusalOf(answer, this.#far);
    if (answer.status !== 403 && answer.status !== 400) return refusal;
    const post = await this.#api.get(`/posts/${idForPath(postId)}`, signal);
    return post.status === 404 && isServersOwn(post) ? goneError(post, this.#far) : refusal;
  }
}

/** A message of two requests may be sent half as often. */
function shared({ limit, remaining, resetMs }: Quota, requests: number): Quota {
  return { limit: limit / requests, remaining: remaining / requests, resetMs };
}

/** @throws {AdapterError} the post was not accepted */
function idOf(answer: HttpAnswer, far: Far): string {
  const id = postIdIn(answer);
  if (id === undefined) throw refusalOf(answer, far);
  return id;
}

function idForPath(remoteId: string): string {
  return encodeURIComponent(remoteId);
}
