// Sink `ntfy`: one notification for each message, published to a topic of an ntfy server. Its
// answer names the message, but nothing there can be edited.
import { z } from 'zod';
import type { Card } from '../kit/card.ts';
import { disarmedLine, linesBelow, linesOfCard } from '../kit/card-lines.ts';
import { createCaller } from '../kit/http/caller.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { SinkDefinition } from '../kit/sink.ts';
import { webUrl } from '../kit/web-url.ts';

const config = z.strictObject({
  url: webUrl.describe('The address of the ntfy server, without the topic.'),
  topic: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'is no topic: 1 to 64 letters, digits, _ and -')
    .describe('Where to publish; whoever knows the topic of a public server can read it.'),
  token: z
    .string()
    .min(1)
    .optional()
    .describe('The access token of a user who may publish to the topic.'),
});

/** ntfy makes an attachment of more than 4,096 bytes; line breaks and names come on top. */
const limits = {
  total: 3_500,
  value: 1_000,
  weigh: ({ text }: { readonly text: string }) => Buffer.byteLength(text),
};
/** Index = severity number. An unknown severity must not arrive in silence. */
const priorities = [4, 1, 2, 3, 4, 5];

const published = z.looseObject({ id: z.string().min(1), event: z.literal('message') });

export const ntfy: SinkDefinition<typeof config> = {
  type: 'ntfy',
  config,
  example: { url: 'https://ntfy.example.com', topic: 'soc-alerts', token: 'tk_xxxexampletokenxxx' },
  secrets: ['topic', 'token'],
  create({ url, topic, token }, context) {
    const address = new URL(url);
    const origin = originOf(address);
    const call = createCaller(context, {
      product: 'ntfy',
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
      secrets: [topic, ...(token === undefined ? [] : [token])],
      accepts: published,
    });
    return {
      origin,
      place: placeOf(origin, topic),
      limits,
      can: { priority: true, table: true },
      async send({ card }, { deliveryId, signal }) {
        const body = { topic, ...notificationOf(card, deliveryId) };
        const { value, quota } = await call({ url: address.href, body, signal });
        return { remoteId: value.id, quota };
      },
    };
  },
};

function notificationOf(card: Card, deliveryId: string) {
  const lines = [card.headline, ...linesBelow(linesOfCard(card))];
  return {
    title: `${card.sign} ${card.level}`,
    message: lines.map(disarmedLine).join('\n'),
    priority: priorities[card.severity],
    tags: [deliveryId],
    // It comes from the configuration, never from the event's text.
    ...(card.link === undefined ? {} : { click: card.link }),
  };
}
