// Sink `mattermost`: posts a card for each message to a channel, through an incoming webhook. It
// makes one request, and another only without what was refused: the priority or the channel.
import type { AdapterContext } from '../../kit/adapter.ts';
import type { HttpAnswer } from '../../kit/http/index.ts';
import { originOf } from '../../kit/origin.ts';
import { placeOf } from '../../kit/place.ts';
import { quotaOf } from '../../kit/quota.ts';
import type { Message, Sink, SinkDefinition } from '../../kit/sink.ts';
import { isAccepted, probeFailure, refusalOf } from './answers.ts';
import { chatOf } from './chat.ts';
import { config, type MattermostConfig, type RouteSettings, routeSettings } from './config.ts';
import { inspection } from './inspect.ts';
import { isUrgent, type PostOptions, postOf } from './post.ts';
import { limits } from './render.ts';
import { Urgency } from './urgency.ts';

export { mattermostBot } from './bot/index.ts';

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

  function optionsFor({ settings }: Message): PostOptions {
    return settings === undefined ? usual : optionsOf(settings as RouteSettings);
  }

  function post(payload: unknown, signal: AbortSignal): Promise<HttpAnswer> {
    const headers = { 'content-type': 'application/json' };
    return http.request({ method: 'POST', url, headers, body: JSON.stringify(payload), signal });
  }

  const origin = originOf(address);
  const { people, command_token: commandToken } = settings;
  /**
   * The server keeps nothing of the old post that is not sent, and empties one without a text; the
   * name and the picture of the post stay.
   */
  function inAnswer(message: Message): object {
    const deliveryId = `${context.id}-${message.event.id}`;
    const { text, attachments, props } = postOf(message, deliveryId, optionsFor(message));
    return { message: text, props: { ...props, attachments, from_webhook: 'true' } };
  }

  const chat = people === undefined ? undefined : chatOf({ people, commandToken });

  const urgency = new Urgency(isAccepted);

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
    ...(chat !== undefined && { chat, inAnswer }),
    async send(message, { deliveryId, signal }) {
      const card = optionsFor(message);
      const { channel } = card;
      const ask = (options: PostOptions) => post(postOf(message, deliveryId, options), signal);
      const sent = (options: PostOptions) =>
        isUrgent(message, options)
          ? urgency.ask((hasPriority) => ask({ ...options, hasPriority }))
          : ask(options);
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

/** Whether the channel is missing or forbidden; for an unknown user the server answers 400. */
function isRefusedChannel(channel: string, { status }: HttpAnswer): boolean {
  return status === 403 || status === 404 || (status === 400 && channel.startsWith('@'));
}
