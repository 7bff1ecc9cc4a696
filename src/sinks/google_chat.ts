// Sink `google_chat`: one text message for each card, by a webhook of a space. A webhook cannot edit,
// but it names the thread of each card, and so can reply there.
import { z } from 'zod';
import type { AdapterContext } from '../kit/adapter.ts';
import type { Limits } from '../kit/card.ts';
import { linesBelow, linesOfCard } from '../kit/card-lines.ts';
import { type ChatSyntax, chatLine, chatMarkdown } from '../kit/chat-markdown.ts';
import { createCaller } from '../kit/http/caller.ts';
import { mentionFrom, mentionsOf } from '../kit/mention.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { Message, Sink, SinkDefinition } from '../kit/sink.ts';
import { webUrlOf } from '../kit/web-url.ts';

/** One mention. */
const mentionSyntax = /^users\/(?:all|\d{5,30})$/;
const messagesPath = /\/v1\/spaces\/([\w-]{1,100})\/messages$/;

function faultIn({ pathname, searchParams }: URL): string | undefined {
  const isWhole = ['key', 'token'].every((name) => searchParams.has(name));
  return isWhole && messagesPath.test(pathname)
    ? undefined
    : 'is no webhook, which ends in /v1/spaces/…/messages?key=…&token=…';
}

const config = z.strictObject({
  url: webUrlOf(faultIn).describe(
    'The URL of a webhook of the space (Apps & integrations → Webhooks); whoever has it can post.',
  ),
  mention: z
    .string()
    .regex(mentionSyntax, 'is no mention of Google Chat')
    .optional()
    .describe(
      'Whom a CRITICAL event pings, or one from mention_from up: users/all, or a user by their number, such as users/123456789012345678901.',
    ),
  mention_from: mentionFrom,
});
const { mention, mention_from } = config.shape;
const routeSettings = z.strictObject({ mention, mention_from });
type Mention = z.output<typeof routeSettings>;

export const googleChat: SinkDefinition<typeof config> = {
  type: 'google_chat',
  config,
  routeSettings,
  example: {
    url: 'https://chat.googleapis.com/v1/spaces/AAAAexample/messages?key=xxxkeyofthewebhookxxx&token=xxxgeneratedtokenxxx',
    mention: 'users/all',
  },
  secrets: ['url'],
  create,
};

const syntax: ChatSyntax = { strong: '*', link: (url, text) => `<${url}|${text}>` };

/** Google Chat takes 32 kB a message, of which a reader sees the first lines until asking for more. */
const limits: Limits = {
  total: 16_000,
  value: 2_000,
  weigh: (part) => Buffer.byteLength(chatMarkdown([part], syntax)),
};
/** It takes one message a second in a space, of all its webhooks together. */
const pace = { limit: 1, remaining: 0, resetMs: 1_000 };

const posted = z.looseObject({
  name: z.string().regex(/^spaces\/[^/\s]+\/messages\/\S+$/),
  thread: z.looseObject({ name: z.string().regex(/^spaces\/[^/\s]+\/threads\/\S+$/) }),
});

function create({ url, ...usual }: z.output<typeof config>, context: AdapterContext): Sink {
  const address = new URL(url);
  const { pathname, search, searchParams } = address;
  const [, space = ''] = messagesPath.exec(pathname)!;
  const place = placeOf(originOf(address), space);
  // Without it, the name of a thread in the body is not looked at.
  searchParams.set('messageReplyOption', 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD');
  const secrets = [url, address.href, pathname + search, ...searchParams.values()];
  const call = createCaller(context, { product: 'Google Chat', secrets, accepts: posted });
  const post = async (threadKey: string, message: Message, signal: AbortSignal) => {
    const setting = { ...usual, ...(message.settings as Mention | undefined) };
    const body = { text: textOf(message, setting), thread: { threadKey } };
    const { quota } = await call({ url: address.href, body, signal });
    return { remoteId: threadKey, quota: quota ?? pace };
  };
  return {
    // Each space has a rate of its own, though all are called at one host.
    origin: place,
    place,
    limits,
    can: { table: true, mention: true },
    // A repetition has the same key, and so stands below the first.
    send: (message, { deliveryId, signal }) => post(deliveryId, message, signal),
    reply: (threadKey, message, { signal }) => post(threadKey, message, signal),
  };
}

function textOf(message: Message, setting: Mention): string {
  const lines = linesOfCard(message.card);
  const mentions = mentionsOf(message, setting, mentionSyntax).map((name) => `<${name}>`);
  return [
    [chatMarkdown(lines.headline, syntax), ...mentions].join(' '),
    ...linesBelow(lines).map((text) => chatLine(text, syntax)),
  ].join('\n');
}
