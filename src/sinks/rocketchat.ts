// Sink `rocketchat`: one message for each card, as a bot by the REST API, which names the message: it
// can be edited in place and replied to. Its text holds all, since an edit changes nothing else.
import { z } from 'zod';
import type { AdapterContext } from '../kit/adapter.ts';
import { type Limits, word } from '../kit/card.ts';
import { linesBelow, linesOfCard } from '../kit/card-lines.ts';
import { type ChatSyntax, chatLine, chatMarkdown } from '../kit/chat-markdown.ts';
import { AdapterError, type FailureOutcome, type FailureReason } from '../kit/errors.ts';
import { createCaller, jsonOf } from '../kit/http/caller.ts';
import type { HttpAnswer } from '../kit/http/index.ts';
import { answerText } from '../kit/http/status.ts';
import { mentionFrom, mentionsOf } from '../kit/mention.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { Message, Sink, SinkDefinition } from '../kit/sink.ts';
import { webUrl } from '../kit/web-url.ts';

/** One mention. */
const mentionSyntax = /^@[\w.-]{1,100}$/;
const idSyntax = /^[A-Za-z0-9_-]{1,90}$/;

const config = z.strictObject({
  url: webUrl
    .transform((text) => text.replace(/\/+$/, ''))
    .describe('The address of the server, such as https://chat.example.com.'),
  user_id: z.string().regex(idSyntax, 'is no id of a user').describe('The id of the bot’s user.'),
  token: z
    .string()
    .min(10)
    .describe('The personal access token of the bot; whoever has it can post as the bot.'),
  channel: z
    .string()
    .regex(/^[#@]?[\w.-]{1,120}$/, 'is no channel: #name, @name or the id of a room')
    .describe('Where to post: #name, the id of a room, or @name for a direct message.'),
  mention: z
    .string()
    .regex(mentionSyntax, 'is no mention of Rocket.Chat')
    .optional()
    .describe(
      'Whom a CRITICAL event pings, or one from mention_from up: @all, @here, or a user by their name.',
    ),
  mention_from: mentionFrom,
});
const { channel, mention, mention_from } = config.shape;
const routeSettings = z.strictObject({
  channel: channel.optional().describe(channel.description!),
  mention,
  mention_from,
});
type Options = z.output<typeof routeSettings>;

export const rocketchat: SinkDefinition<typeof config> = {
  type: 'rocketchat',
  config,
  routeSettings,
  example: {
    url: 'https://chat.example.com',
    user_id: 'aobEdbYhXfu5hkeqG',
    token: 'xxxgeneratedtokenxxx',
    channel: '#soc',
  },
  secrets: ['token'],
  create,
};

const syntax: ChatSyntax = { strong: '*', link: (url, text) => `[${text}](${url})` };

/** A server takes 5,000 letters a message unless it is set otherwise. */
const limits: Limits = {
  total: 4_600,
  value: 800,
  weigh: (part) => chatMarkdown([part], syntax).length,
};

const message = z.looseObject({
  _id: z.string().regex(idSyntax),
  rid: z.string().regex(idSyntax),
});
const posted = z.looseObject({ success: z.literal(true), message });
const me = z.looseObject({ success: z.literal(true), _id: z.string().min(1) });

function create(settings: z.output<typeof config>, context: AdapterContext): Sink {
  const { url, user_id, token, ...usual } = settings;
  const origin = originOf(new URL(url));
  const headers = { 'x-auth-token': token, 'x-user-id': user_id };
  const options = { product: 'Rocket.Chat', headers, secrets: [token] };
  const refusal = (answer: HttpAnswer, host: string) => refusalOf(answer, host, token);
  const call = createCaller(context, { ...options, accepts: posted, refusal });
  const look = createCaller(context, { ...options, accepts: me });
  const optionsOf = ({ settings: wanted }: Message) => ({
    ...usual,
    ...(wanted as Options | undefined),
  });
  const post = async (room: object, one: Message, deliveryId: string, signal: AbortSignal) => {
    const text = textOf(one, deliveryId, optionsOf(one));
    // The server looks up nothing that a message links to.
    const body = { ...room, text, parseUrls: false };
    const { value, quota } = await call({ url: `${url}/api/v1/chat.postMessage`, body, signal });
    return { remoteId: `${value.message.rid}/${value.message._id}`, quota };
  };
  return {
    origin,
    place: placeOf(origin, user_id, usual.channel),
    limits,
    can: { table: true, mention: true },
    send: (one, { deliveryId, signal }) =>
      post({ channel: optionsOf(one).channel }, one, deliveryId, signal),
    async edit(remoteId, one, { deliveryId, signal }) {
      const [roomId, msgId] = remoteId.split('/');
      const body = { roomId, msgId, text: textOf(one, deliveryId, optionsOf(one)) };
      const { quota } = await call({ url: `${url}/api/v1/chat.update`, body, signal });
      return { quota };
    },
    reply(remoteId, one, { deliveryId, signal }) {
      const [roomId, tmid] = remoteId.split('/');
      return post({ roomId, tmid }, one, deliveryId, signal);
    },
    async check(signal) {
      await look({ method: 'GET', url: `${url}/api/v1/me`, signal });
    },
  };
}

function textOf(one: Message, deliveryId: string, setting: Options): string {
  const lines = linesOfCard(one.card);
  const mentions = mentionsOf(one, setting, mentionSyntax);
  const below = linesBelow(lines);
  const last = [...(below.pop() ?? []), word(` · ${deliveryId}`)];
  return [
    [chatMarkdown(lines.headline, syntax), ...mentions].join(' '),
    ...[...below, last].map((text) => chatLine(text, syntax)),
  ].join('\n');
}

const refused = z.looseObject({
  success: z.literal(false),
  error: z.string().catch(''),
  errorType: z.string().catch(''),
});

type Meaning = readonly [RegExp, FailureOutcome, FailureReason, string];

/** A refusal is a 400 with a code, or with a sentence. */
const meanings: readonly Meaning[] = [
  [
    /no message found/i,
    'reject_event',
    'gone',
    'The message was deleted there. It is not posted again.',
  ],
  [
    /message-size-exceeded/,
    'reject_event',
    'too_large',
    'The message is longer than the server takes (Message_MaxAllowedSize).',
  ],
  [
    /invalid-channel|invalid-room|room-not-found|room-archived/,
    'reject_sink',
    'bad_config',
    'There is no such channel, or it is archived. Check channel of this sink.',
  ],
  [
    /error-not-allowed|not-in-room|muted|blocked|read[ -]?only/i,
    'reject_sink',
    'auth',
    'The bot may not post into the channel. Add it to the channel, and look at its roles.',
  ],
];

function refusalOf(answer: HttpAnswer, host: string, token: string): AdapterError | undefined {
  const { status } = answer;
  const said = status === 400 ? refused.safeParse(jsonOf(answer)).data : undefined;
  if (said === undefined) return undefined;
  // An edit that the server does not allow says nothing of the channel.
  if (/editing|action-not-allowed/i.test(`${said.errorType} ${said.error}`)) return undefined;
  const found = meanings.find(([pattern]) => pattern.test(`${said.errorType} ${said.error}`));
  if (found === undefined) return undefined;
  const [, outcome, reason, words] = found;
  const facts = { status, answer: answerText(answer, [token]) };
  return new AdapterError(outcome, reason, `${host} answered ${status}. ${words}`, facts);
}
