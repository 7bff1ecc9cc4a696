// Sink `goalert`: an alert for each event, by a generic API key of a service of GoAlert. Its dedup key
// is the same on every attempt, so that a repetition opens no second one. All that this API can do to
// an open alert is to close it.
import { z } from 'zod';
import type { Card } from '../kit/card.ts';
import { linesBelow, linesOfCard } from '../kit/card-lines.ts';
import { commonMarkLines, commonMarkWeight } from '../kit/common-mark.ts';
import { AdapterError } from '../kit/errors.ts';
import { createCaller } from '../kit/http/caller.ts';
import type { HttpAnswer } from '../kit/http/index.ts';
import { failureOf } from '../kit/http/status.ts';
import { incidentKey, incidentPrefix } from '../kit/incident-key.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { Message, SinkDefinition } from '../kit/sink.ts';
import { titleLine } from '../kit/title-line.ts';
import { webUrl } from '../kit/web-url.ts';

const config = z.strictObject({
  url: webUrl.describe('The address of GoAlert, without /api.'),
  token: z
    .string()
    .min(10)
    .describe(
      'The integration key of the service, of the type Generic API: what is behind token=.',
    ),
  prefix: incidentPrefix,
});

/** GoAlert cuts a summary at 1,024 characters and details at 6,144. */
const summaryMax = 1_000;
const limits = { total: 5_500, value: 1_500, weigh: commonMarkWeight };

const accepted = z.looseObject({ AlertID: z.int().min(0), IsNew: z.boolean() });

export const goalert: SinkDefinition<typeof config> = {
  type: 'goalert',
  config,
  example: {
    url: 'https://goalert.example.com',
    token: '01234567-89ab-cdef-0123-456789abcdef',
  },
  secrets: ['token'],
  create({ url, token, prefix }, context) {
    const address = `${url.replace(/\/+$/, '')}/api/v2/generic/incoming`;
    const origin = originOf(new URL(url));
    const secrets = [token];
    const call = createCaller(context, {
      product: 'GoAlert',
      // Within the address, as its documents have it, the key would be in the logs of proxies.
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      secrets,
      accepts: accepted,
      refusal: (answer, host) => refusalOf(answer, host, secrets, context.now()),
    });
    return {
      origin,
      place: placeOf(origin, token),
      limits,
      can: { table: true },
      async send(message, { deliveryId, signal }) {
        const dedup = incidentKey(prefix, message.event);
        const body = alertOf(dedup, message, deliveryId);
        const { quota } = await call({ url: address, body, signal });
        return { remoteId: dedup, quota };
      },
      /** Of an open alert nothing can be changed, and whoever sends a closed one again pages anew. */
      async edit(dedup, message, { deliveryId, signal }) {
        const kind = message.card.state?.kind;
        if (kind === 'resolved')
          await call({ url: address, body: { action: 'close', dedup }, signal });
        if (kind === 'open')
          await call({ url: address, body: alertOf(dedup, message, deliveryId), signal });
      },
    };
  },
};

function alertOf(dedup: string, { card }: Message, deliveryId: string) {
  return {
    summary: titleLine(card, summaryMax),
    details: detailsOf(card),
    dedup,
    meta: { delivery_id: deliveryId, severity: card.level },
  };
}

/** GoAlert reads them as Markdown. */
function detailsOf(card: Card): string {
  const lines = linesOfCard(card);
  return commonMarkLines([lines.headline, ...linesBelow(lines)]);
}

/** A service takes so many open alerts and no more: 409 until somebody closes some. */
function refusalOf(
  answer: HttpAnswer,
  host: string,
  secrets: readonly string[],
  now: number,
): AdapterError | undefined {
  if (answer.status !== 409) return undefined;
  const facts = failureOf(answer, host, secrets, now)!;
  const why = `${host} answered 409: the service has as many open alerts as it may have. It is tried again; close some there, or raise the limit.`;
  return new AdapterError('retry', 'rate_limited', why, {
    ...{ status: 409, retryAfterMs: facts.retryAfterMs, quota: facts.quota, answer: facts.answer },
  });
}
