// Sink `mattermost`: posts a card for each message to a channel, through an incoming webhook. It
// makes one request, and another only without what was refused: the priority or the channel.
import type { AdapterContext } from '../../kit/adapter.ts';
import type { HttpAnswer } from '../../kit/http/index.ts';
import { originOf } from '../../kit/origin.ts';
import { placeOf } from '../../kit/place.ts';
import { quotaOf } from '../../kit/quota.ts';
import type { Sink, SinkDefinition } from '../../kit/sink.ts';
import { isAccepted, mayBeOfPriority, probeFailure, refusalOf } from './answers.ts';
import { chatOf } from './chat.ts';
import { config, type MattermostConfig, type RouteSettings, routeSettings } from './config.ts';
import { inspection } from './inspect.ts';
import { isUrgent, type PostOptions, postOf } from './post.ts';
import { limits } from './render.ts';

export const mattermost: SinkDefinition<typeof config> = {
  type: 'mattermost',
  config,
  routeSettings,
  example: {
    url: 'https://chat.example.com/hooks/xxxgeneratedkeyxxx',
    channel: 'soc-alerts',
    mention: '@soc',
  },
  secrets: ['url', 'command_token'],
  create,
};

/**
 * No server has a channel of this name: names have at most 64 characters, and no capitals.
 */
const noSuchChannel =
  'Tocsin-checks-its-webhook-by-a-channel-whose-name-is-too-long-to-exist-anywhere';

function create(settings: MattermostConfig, context: AdapterContext): Sink {
  const { http, now } = context;
  const { url } = settings;
  const address = new URL(url);
  const { host, pathname } = address;
  const hook = { host, secrets: [url, pathname, pathname.slice(pathname.lastIndexOf('/') + 1)] };
  const options = {
    style: settings.card,
    username: settings.username,
    iconUrl: settings.icon_url,
  };

  const usual = optionsOf(undefined);

  /** The settings of the route come before those of the sink. */
  function optionsOf(wanted: RouteSettings | undefined): PostOptions {
    return {
      ...options,
      channel: wanted?.channel ?? settings.channel,
      mention: wanted?.mention ?? settings.mention,
      mentionFrom: wanted?.mention_from ?? settings.mention_from,
      hasPriority: wanted?.priority ?? settings.priority,
    };
  }

  function post(payload: unknown, signal: AbortSignal): Promise<HttpAnswer> {
    const headers = { 'content-type': 'application/json' };
    return http.request({ method: 'POST', url, headers, body: JSON.stringify(payload), signal });
  }

  const origin = originOf(address);
  const { people, command_token: commandToken } = settings;
  const chat = people === undefined ? undefined : chatOf({ people, commandToken });

  const urgency = createUrgency();

  async function check(signal: AbortSignal): Promise<void> {
    const text = 'Tocsin checks this webhook.';
    const failure = probeFailure(await post({ text, channel: noSuchChannel }, signal), hook);
    if (failure !== undefined) throw failure;
  }

  return {
    origin,
    place: placeOf(origin, url, settings.channel ?? ''),
    limits,
    can: { table: true, mention: true, priority: true, buttons: true },
    titles: settings.title,
    ...(chat !== undefined && { chat }),
    async send(message, { deliveryId, signal }) {
      const card =
        message.settings === undefined ? usual : optionsOf(message.settings as RouteSettings);
      const { channel } = card;
      const ask = (options: PostOptions) => post(postOf(message, deliveryId, options), signal);
      const sent = (options: PostOptions) =>
        isUrgent(message, options) ? urgency.ask(options, ask) : ask(options);
      let answer = await sent(card);
      if (channel !== undefined && isRefusedChannel(channel, answer)) {
        answer = await sent({ ...card, channel: undefined, refusedChannel: channel });
      }
      if (!isAccepted(answer)) throw refusalOf(answer, hook);
      return { quota: quotaOf(answer.headers, now()) };
    },
    check,
    async inspect(signal, routeSettings) {
      await check(signal);
      const wanted = [usual, ...routeSettings.map((one) => optionsOf(one as RouteSettings))];
      return inspection(wanted, settings, (payload) => post(payload, signal));
    },
  };
}

/** Posts with a priority until the server has refused them; shared by all posts of a sink. */
function createUrgency() {
  // A short fault of the server looks like a refusal of the priority, so one is not enough.
  const refusalsMax = 2;
  let refusals = 0;
  return {
    /** Posts again without the priority if the server refuses it. */
    async ask(
      options: PostOptions,
      ask: (options: PostOptions) => Promise<HttpAnswer>,
    ): Promise<HttpAnswer> {
      const plain = { ...options, hasPriority: false };
      if (refusals >= refusalsMax) return ask(plain);
      const answer = await ask(options);
      if (isAccepted(answer)) refusals = 0;
      if (!mayBeOfPriority(answer)) return answer;
      const without = await ask(plain);
      if (isAccepted(without)) refusals += /priority/i.test(answer.body) ? refusalsMax : 1;
      return without;
    },
  };
}

/** Whether the channel is missing or forbidden; for an unknown user the server answers 400. */
function isRefusedChannel(channel: string, { status }: HttpAnswer): boolean {
  return status === 403 || status === 404 || (status === 400 && channel.startsWith('@'));
}
