// Sink `gotify`: one notification for each message, by an application of a Gotify server. Its answer
// names the message, but nothing there can be edited, and a repetition is another message.
import { z } from 'zod';
import type { Card } from '../kit/card.ts';
import { disarmedLine, linesBelow, linesOfCard } from '../kit/card-lines.ts';
import { createCaller } from '../kit/http/caller.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { SinkDefinition } from '../kit/sink.ts';
import { webUrl } from '../kit/web-url.ts';

const config = z.strictObject({
  url: webUrl.describe('The address of the Gotify server, without /message.'),
  token: z
    .string()
    .trim()
    .min(5)
    .describe('The token of an application; whoever has it can post as the application.'),
});

/** Gotify takes any length; a telephone shows some lines, and the rest in the application. */
const limits = { total: 4_000, value: 1_000 };
/**
 * Index = severity number. On telephones 1 to 3 make no sound, and from 8 on a notification stands
 * before whatever is open. An unknown severity must not arrive in silence.
 */
const priorities = [7, 2, 4, 5, 7, 10];

const posted = z.looseObject({ id: z.int().positive(), appid: z.int() });

export const gotify: SinkDefinition<typeof config> = {
  type: 'gotify',
  config,
  example: { url: 'https://gotify.example.com', token: 'AxxxexampletokenX' },
  secrets: ['token'],
  create({ url, token }, context) {
    const address = new URL(url);
    const origin = originOf(address);
    const target = `${address.href.replace(/\/+$/, '')}/message`;
    const call = createCaller(context, {
      product: 'Gotify',
      // In the query, as Gotify takes it too, it would stand in each log on the way.
      headers: { 'x-gotify-key': token },
      secrets: [token],
      accepts: posted,
    });
    return {
      origin,
      place: placeOf(origin, token),
      limits,
      can: { priority: true, table: true },
      async send({ card }, { deliveryId, signal }) {
        const body = notificationOf(card, deliveryId);
        const { value, quota } = await call({ url: target, body, signal });
        return { remoteId: `${value.id}`, quota };
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
    extras: {
      'client::display': { contentType: 'text/plain' },
      // It comes from the configuration, never from the event's text.
      ...(card.link !== undefined && {
        'client::notification': { click: { url: card.link } },
      }),
      'tocsin::delivery': { id: deliveryId },
    },
  };
}
