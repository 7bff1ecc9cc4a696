// Sink `pagerduty`: an incident for each event, by the Events API v2. Its name is the same on every
// attempt, so that a repetition opens no second one; what becomes of the event here happens there.
import { z } from 'zod';
import { type Card, headlineText, plainText } from '../kit/card.ts';
import { disarmedLine, linesBelow, linesOfCard } from '../kit/card-lines.ts';
import { defanged } from '../kit/defang.ts';
import { createCaller } from '../kit/http/caller.ts';
import { incidentKey, incidentPrefix } from '../kit/incident-key.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { Message, SinkDefinition } from '../kit/sink.ts';
import { webUrl } from '../kit/web-url.ts';

const config = z.strictObject({
  routing_key: z
    .string()
    .regex(/^[A-Za-z0-9]{32}$/, 'is no integration key: 32 letters and digits')
    .describe('The integration key of the service, for the Events API v2.'),
  url: webUrl
    .default('https://events.pagerduty.com/v2/enqueue')
    .describe(
      'Where events are sent; for accounts in Europe https://events.eu.pagerduty.com/v2/enqueue.',
    ),
  prefix: incidentPrefix,
});

/** PagerDuty takes 512 KB a request, of which a summary has 1,024 characters. */
const limits = { total: 20_000, value: 2_000 };
/** PagerDuty takes some 120 a minute for each key, and says so only when it refuses. */
const pace = { limit: 2, remaining: 0, resetMs: 1_000 };
/** Index = severity number. An unknown severity must wake somebody. */
const severities = ['error', 'info', 'info', 'warning', 'error', 'critical'] as const;
const actions = {
  open: 'trigger',
  acknowledged: 'acknowledge',
  snoozed: 'acknowledge',
  resolved: 'resolve',
} as const;

const accepted = z.looseObject({ status: z.literal('success'), dedup_key: z.string().min(1) });

export const pagerduty: SinkDefinition<typeof config> = {
  type: 'pagerduty',
  config,
  example: { routing_key: '0123456789abcdef0123456789abcdef' },
  secrets: ['routing_key'],
  create({ routing_key, url, prefix }, context) {
    const origin = originOf(new URL(url));
    const secrets = [routing_key];
    const call = createCaller(context, { product: 'PagerDuty', secrets, accepts: accepted });
    const bodyOf = (action: string, key: string, message: Message, deliveryId: string) => ({
      routing_key,
      event_action: action,
      dedup_key: key,
      ...(action === 'trigger' && { client: 'Tocsin', client_url: message.card.link }),
      payload: payloadOf(message, deliveryId),
      links: linksOf(message.card),
    });
    return {
      origin,
      place: placeOf(origin, routing_key),
      limits,
      can: { table: true },
      async send(message, { deliveryId, signal }) {
        const body = bodyOf('trigger', incidentKey(prefix, message.event), message, deliveryId);
        const { value, quota } = await call({ url, body, signal });
        return { remoteId: value.dedup_key, quota: quota ?? pace };
      },
      /** What an acknowledged incident is told to be again, it is already. */
      async edit(remoteId, message, { deliveryId, signal }) {
        const action = actions[message.card.state?.kind ?? 'open'];
        await call({ url, body: bodyOf(action, remoteId, message, deliveryId), signal });
      },
    };
  },
};

function payloadOf({ card, event }: Message, deliveryId: string) {
  const lines = linesBelow(linesOfCard(card)).map(disarmedLine);
  return {
    summary: defanged(`${card.sign} ${card.level} · ${headlineText(card)}`),
    source: event.source,
    severity: severities[card.severity],
    timestamp: event.occurredAt ?? event.receivedAt,
    custom_details: { tocsin: lines.join('\n'), delivery_id: deliveryId },
  };
}

/** It comes from the configuration, never from the event's text. */
function linksOf({ link, title }: Card): { href: string; text: string }[] {
  return link === undefined ? [] : [{ href: link, text: defanged(plainText(title)) }];
}
