// Sink `slack_bot`: posts cards as a bot by the Web API, keeps where each is, and so can edit it in
// place and reply below it. Its cards have no buttons: nothing here takes a press from Slack.
import type { AdapterContext } from '../../../kit/adapter.ts';
import { originOf } from '../../../kit/origin.ts';
import { OwnMessages } from '../../../kit/own-messages.ts';
import { placeOf } from '../../../kit/place.ts';
import { type Quota, quotaOf } from '../../../kit/quota.ts';
import type {
  Message,
  Receipt,
  SendContext,
  Sink,
  SinkDefinition,
  SinkReport,
} from '../../../kit/sink.ts';
import type { Mention } from '../config.ts';
import { detailsOf, limits, type Post, postOf, withoutPreviews } from '../post.ts';
import { acceptedIn, type Far, goneError, idOf, refusalOf, type Spot, spotOf } from './answers.ts';
import { SlackApi } from './api.ts';
import { type BotConfig, type BotRouteSettings, config, routeSettings } from './config.ts';
import { History } from './history.ts';
import { inspection } from './inspect.ts';
import { Workspace } from './workspace.ts';

export const slackBot: SinkDefinition<typeof config> = {
  type: 'slack_bot',
  config,
  routeSettings,
  example: { token: 'xoxb-xxxgeneratedtokenxxx', channel: 'C012AB3CD', mention: '!here' },
  secrets: ['token'],
  create: (settings, context) => new BotSink(settings, context),
};

/** Slack takes one message a second in a channel, and says so only when it refuses. */
const messageMs = 1_000;
/** It takes some fifty edits a minute of an app in a workspace. */
const editPace: Quota = { limit: 1, remaining: 0, resetMs: 1_200 };

/** What was posted: where it is, and what Slack said of the rate. */
interface Posted extends Spot {
  readonly thread: string | undefined;
  readonly isThreadKnown: boolean;
  readonly quota: Quota | undefined;
}

class BotSink implements Sink {
  readonly origin: string;
  readonly place: string;
  readonly limits = limits;
  readonly can = { table: true, mention: true } as const;
  readonly #settings: BotConfig;
  readonly #far: Far;
  readonly #api: SlackApi;
  readonly #workspace: Workspace;
  readonly #history: History;
  readonly #own: OwnMessages;

  constructor(settings: BotConfig, { http, now }: AdapterContext) {
    const { url, token, channel } = settings;
    const address = new URL(url);
    this.#settings = settings;
    this.place = placeOf(originOf(address), 'bot', address.pathname, channel);
    // Each channel has a rate of its own, though all are called at one host.
    this.origin = this.place;
    this.#far = { host: address.host, secrets: [token], now };
    this.#api = new SlackApi({ http, url, token });
    this.#workspace = new Workspace(this.#api, this.#far);
    this.#history = new History(this.#api, this.#workspace, this.#far);
    this.#own = new OwnMessages({
      now,
      recognisesRepetition: false,
      cards: (...asked) => this.#history.cards(...asked),
    });
  }

  async send(message: Message, context: SendContext): Promise<Receipt> {
    const { deliveryId, signal } = context;
    const { channel, ...mention } = this.#optionsOf(message);
    const found = await this.#own.card({ channelId: channel, deliveryId, message, signal });
    const earlier = found === undefined ? {} : { isEarlier: true };
    const isSplit = this.#isSplit(message);
    const shown = isSplit ? { ...message.card, details: [] } : message.card;
    const post = postOf(message, deliveryId, mention, shown);
    const card = found === undefined ? await this.#post({ channel, ...post }, context) : undefined;
    const remoteId = found ?? idOf(card!);
    const receipt = (last: Posted | undefined, requests: number): Receipt => {
      this.#own.forget(deliveryId);
      return { remoteId, quota: last && (last.quota ?? paceOf(requests)), ...earlier };
    };
    const details = isSplit ? detailsOf(message, deliveryId) : undefined;
    if (details === undefined) return receipt(card, 1);
    this.#own.remember(deliveryId, remoteId);
    const spot = spotOf(remoteId)!;
    if (found !== undefined && (await this.#hasDetails(spot, context))) return receipt(card, 1);
    const reply = await this.#postBelow(spot, details, context);
    return receipt(reply, found === undefined ? 2 : 1);
  }

  find(message: Message, { deliveryId, signal }: SendContext): Promise<string | undefined> {
    const { channel: channelId } = this.#optionsOf(message);
    const doubtful = { ...message, mayBeRepeated: true };
    return this.#own.card({ channelId, deliveryId, message: doubtful, signal });
  }

  async edit(remoteId: string, message: Message, { deliveryId, signal }: SendContext) {
    const spot = this.#spotOf(remoteId);
    const { channel: _, ...mention } = this.#optionsOf(message);
    const { card } = message;
    const shown = this.#isSplit(message) ? { ...card, details: [] } : card;
    const edit = { ...spot, ...postOf(message, deliveryId, mention, shown) };
    const answer = await this.#api.post('chat.update', edit, signal);
    if (acceptedIn(answer)?.ts !== spot.ts) throw refusalOf(answer, this.#far);
    return { quota: quotaOf(answer.headers, this.#far.now()) ?? editPace };
  }

  async reply(remoteId: string, message: Message, context: SendContext): Promise<Receipt> {
    const { deliveryId, signal } = context;
    const spot = this.#spotOf(remoteId);
    const mark = ['delivery_id', deliveryId] as const;
    const found = this.#own.isReplyDoubtful(message, deliveryId, remoteId)
      ? await this.#history.reply(spot, mark, signal)
      : undefined;
    if (found !== undefined) return { remoteId: found };
    const { channel: _, ...mention } = this.#optionsOf(message);
    const post = postOf(message, deliveryId, mention);
    const posted = await this.#postBelow(spot, post, context);
    this.#own.forget(deliveryId);
    return { remoteId: idOf(posted), quota: posted.quota ?? paceOf(1) };
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#workspace.readMe(signal);
    await this.#workspace.check(this.#settings.channel, signal);
  }

  async inspect(signal: AbortSignal, ofRoutes: readonly unknown[]): Promise<SinkReport> {
    const settings = this.#settings;
    const me = await this.#workspace.readMe(signal);
    const kind = await this.#workspace.check(settings.channel, signal);
    const routes = ofRoutes as readonly BotRouteSettings[];
    return inspection({ me, kind, settings, routes }, (channel) =>
      this.#workspace.check(channel, signal),
    );
  }

  /** The settings of the route come before those of the sink. */
  #optionsOf({ settings }: Message): Mention & { readonly channel: string } {
    const { channel, mention, mention_from } = this.#settings;
    const wanted = settings as (Mention & { readonly channel?: string }) | undefined;
    return { channel, mention, mention_from, ...wanted };
  }

  /** A bare message and a notice are all that there is, and short. */
  #isSplit({ card, form }: Message): boolean {
    return this.#settings.details === 'thread' && form !== 'bare' && card.kind !== 'notice';
  }

  /** @throws {AdapterError} `gone`: another product, or another sink, gave this id */
  #spotOf(remoteId: string): Spot {
    const spot = spotOf(remoteId);
    if (spot === undefined) throw goneError(this.#far);
    return spot;
  }

  /** @throws {AdapterError} it was not accepted */
  async #post(
    post: Post & { readonly channel: string; readonly thread_ts?: string },
    { deliveryId, signal }: SendContext,
  ): Promise<Posted> {
    const body = { ...post, ...withoutPreviews };
    const answer = await this.#api.post('chat.postMessage', body, signal);
    this.#own.active();
    const accepted = acceptedIn(answer);
    if (accepted !== undefined) {
      const { channel, ts, message } = accepted;
      const quota = quotaOf(answer.headers, this.#far.now());
      const isThreadKnown = message !== undefined;
      return { channel, ts, quota, thread: message?.thread_ts, isThreadKnown };
    }
    const refusal = refusalOf(answer, this.#far);
    // Of such a fault Slack says itself that a part may have been done.
    if (refusal.reason === 'server_error') this.#own.doubt(deliveryId);
    throw refusal;
  }

  /**
   * Slack posts a reply to a message that is gone into the channel, and says so only by leaving the
   * thread out of its answer: such a one is taken away again.
   */
  async #postBelow({ channel, ts }: Spot, post: Post, context: SendContext): Promise<Posted> {
    const posted = await this.#post({ channel, thread_ts: ts, ...post }, context);
    if (!posted.isThreadKnown || posted.thread === ts) return posted;
    const stray = { channel: posted.channel, ts: posted.ts };
    // Whether or not that works: another attempt would post it again.
    await this.#api.post('chat.delete', stray, context.signal).catch(() => undefined);
    throw goneError(this.#far);
  }

  async #hasDetails(spot: Spot, { deliveryId, signal }: SendContext): Promise<boolean> {
    const mark = ['details_of', deliveryId] as const;
    return (await this.#history.reply(spot, mark, signal)) !== undefined;
  }
}

/** @param requests how many a message took: Slack counts each */
function paceOf(requests: number): Quota {
  return { limit: 1, remaining: 0, resetMs: requests * messageMs };
}
