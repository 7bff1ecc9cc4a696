// Sink `webex`: one message for each card into a space, as a bot by the REST API, which names the
// message: it can be edited in place and replied to.
import { z } from 'zod';
import type { AdapterContext } from '../kit/adapter.ts';
import { type Limits, word } from '../kit/card.ts';
import { linesBelow, linesOfCard } from '../kit/card-lines.ts';
import { type ChatSyntax, chatLine, chatMarkdown } from '../kit/chat-markdown.ts';
import { AdapterError } from '../kit/errors.ts';
import { createCaller } from '../kit/http/caller.ts';
import type { HttpAnswer } from '../kit/http/index.ts';
import { answerText } from '../kit/http/status.ts';
import { mentionFrom, mentionsOf } from '../kit/mention.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { Message, SendContext, Sink, SinkDefinition } from '../kit/sink.ts';
import { webUrl } from '../kit/web-url.ts';

/** One mention. */
const mentionSyntax = /^(?:@all|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)$/;
const idSyntax = /^[\w=-]{20,200}$/;

const config = z.strictObject({
  token: z
    .string()
    .regex(/^[\w-]{10,500}$/, 'is no access token: letters, digits, - and _')
    .describe('The access token of a bot (developer.webex.com → My Webex Apps).'),
  room: z
    .string()
    .regex(idSyntax, 'is no id of a space')
    .describe('The id of the space to post to, as GET /v1/rooms says it; the bot must be in it.'),
  mention: z
    .string()
    .regex(mentionSyntax, 'is no mention of Webex')
    .optional()
    .describe(
      'Whom a CRITICAL event pings, or one from mention_from up: @all, or somebody in the space by their e-mail address.',
    ),
  mention_from: mentionFrom,
  url: webUrl.default('https://webexapis.com').describe('The address of the API.'),
});
const { mention, mention_from } = config.shape;
const routeSettings = z.strictObject({ mention, mention_from });
type Mention = z.output<typeof routeSettings>;

export const webex: SinkDefinition<typeof config> = {
  type: 'webex',
  config,
  routeSettings,
  example: { token: 'xxxgeneratedtokenxxx', room: 'Y2lzY29zcGFyazovL3VzL1JPT00vMTIz' },
  secrets: ['token'],
  create,
};

const syntax: ChatSyntax = { strong: '**', link: (url, text) => `[${text}](${url})` };

/** Webex takes 7,439 bytes a message, of which line breaks and the delivery's id take some. */
const limits: Limits = {
  total: 6_600,
  value: 1_000,
  weigh: (part) => Buffer.byteLength(chatMarkdown([part], syntax)),
};

const room = z.looseObject({ id: z.string().regex(idSyntax) });
const posted = z.looseObject({ id: z.string().regex(idSyntax), roomId: z.string().min(1) });

function create(settings: z.output<typeof config>, context: AdapterContext): Sink {
  const { token, room: roomId, url, ...usual } = settings;
  const origin = originOf(new URL(url));
  const headers = { authorization: `Bearer ${token}` };
  const options = { product: 'Webex', headers, secrets: [token] };
  const call = createCaller(context, { ...options, accepts: posted });
  const look = createCaller(context, { ...options, accepts: room });
  const callBack = createCaller(context, {
    ...{ ...options, accepts: posted },
    refusal: (answer, host) => goneIn(answer, host, token),
  });
  const addressOf = (path: string) => new URL(path, url).href;
  const bodyOf = (message: Message, deliveryId: string) => {
    const setting = { ...usual, ...(message.settings as Mention | undefined) };
    return { roomId, markdown: markdownOf(message, deliveryId, setting) };
  };
  return {
    origin,
    place: placeOf(origin, roomId),
    limits,
    can: { table: true, mention: true },
    async send(message, { deliveryId, signal }) {
      const body = bodyOf(message, deliveryId);
      const { value, quota } = await call({ url: addressOf('/v1/messages'), body, signal });
      return { remoteId: value.id, quota };
    },
    async edit(remoteId, message, { deliveryId, signal }: SendContext) {
      const address = addressOf(`/v1/messages/${encodeURIComponent(remoteId)}`);
      const body = bodyOf(message, deliveryId);
      const { quota } = await callBack({ method: 'PUT', url: address, body, signal });
      return { quota };
    },
    async reply(parentId, message, { deliveryId, signal }: SendContext) {
      const body = { parentId, ...bodyOf(message, deliveryId) };
      const { value, quota } = await callBack({ url: addressOf('/v1/messages'), body, signal });
      return { remoteId: value.id, quota };
    },
    async check(signal) {
      const address = addressOf(`/v1/rooms/${encodeURIComponent(roomId)}`);
      await look({ method: 'GET', url: address, signal });
    },
  };
}

/** Where a message is spoken of, it is this that is not there. */
function goneIn(answer: HttpAnswer, host: string, token: string): AdapterError | undefined {
  const { status } = answer;
  if (status !== 404) return undefined;
  const words = `${host} has no such message. The message was deleted there. It is not posted again.`;
  const facts = { status, answer: answerText(answer, [token]) };
  return new AdapterError('reject_event', 'gone', words, facts);
}

/** A line ends with two blanks: otherwise the next goes on in it. */
function markdownOf(message: Message, deliveryId: string, setting: Mention): string {
  const lines = linesOfCard(message.card);
  const mentions = mentionsOf(message, setting, mentionSyntax).map(shownMention);
  const below = linesBelow(lines);
  const last = [...(below.pop() ?? []), word(` · ${deliveryId}`)];
  return [
    [chatMarkdown(lines.headline, syntax), ...mentions].join(' '),
    ...[...below, last].map((text) => chatLine(text, syntax)),
  ].join('  \n');
}

function shownMention(name: string): string {
  return name === '@all' ? '<@all>' : `<@personEmail:${name}>`;
}
