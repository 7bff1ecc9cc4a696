// Sink `opsgenie`: an alert for each event, in Opsgenie or its successor JSM, by its Alert API.
// Its alias is the same on every attempt, so that a repetition opens no second one. The API takes
// requests and carries them out later; what becomes of one there is not waited for.
import { z } from 'zod';
import type { AdapterContext } from '../kit/adapter.ts';
import type { Card, Part } from '../kit/card.ts';
import { disarmedLine, linesBelow, linesOfCard } from '../kit/card-lines.ts';
import { defanged } from '../kit/defang.ts';
import { AdapterError } from '../kit/errors.ts';
import { htmlFree } from '../kit/html-free.ts';
import { createCaller, jsonOf } from '../kit/http/caller.ts';
import type { HttpAnswer } from '../kit/http/index.ts';
import { failureOf } from '../kit/http/status.ts';
import { incidentKey, incidentPrefix } from '../kit/incident-key.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { Message, Sink, SinkDefinition } from '../kit/sink.ts';
import { titleLine } from '../kit/title-line.ts';
import { webUrl } from '../kit/web-url.ts';

const config = z.strictObject({
  api_key: z.string().min(10).describe('The key of an API integration, not that of a user.'),
  url: webUrl
    .default('https://api.opsgenie.com/v2/alerts')
    .describe(
      'The Alert API; in Europe https://api.eu.opsgenie.com/v2/alerts, of JSM https://api.atlassian.com/jsm/ops/integration/v2/alerts.',
    ),
  prefix: incidentPrefix,
});

const messageMax = 130;
/** A description has 15,000 characters; an address of others is written longer. */
const limits = {
  total: 14_000,
  value: 2_000,
  weigh: (part: Part) =>
    htmlFree(defanged(part.text)).length + (part.kind === 'link' ? part.url.length + 1 : 0),
};
/** Index = severity number. An unknown severity must wake somebody. */
const priorities = ['P2', 'P5', 'P4', 'P3', 'P2', 'P1'] as const;
/** What the API does to an alert beside creating it. */
const actions = {
  open: 'unacknowledge',
  acknowledged: 'acknowledge',
  snoozed: 'acknowledge',
  resolved: 'close',
} as const;
/** By it the source of the same name knows its own doings again. */
const actor = { user: 'Tocsin', source: 'Tocsin' };

const accepted = z.looseObject({ result: z.string().min(1), requestId: z.string().min(1) });

export const opsgenie: SinkDefinition<typeof config> = {
  type: 'opsgenie',
  config,
  example: { api_key: '01234567-89ab-cdef-0123-456789abcdef' },
  secrets: ['api_key'],
  create,
};

function create({ api_key, url, prefix }: z.output<typeof config>, context: AdapterContext): Sink {
  const origin = originOf(new URL(url));
  const secrets = [api_key];
  const call = createCaller(context, {
    product: 'Opsgenie',
    headers: { authorization: `GenieKey ${api_key}` },
    secrets,
    accepts: accepted,
    refusal: (answer, host) => refusalOf(answer, host, secrets, context.now()),
  });
  const base = url.replace(/\/+$/, '');
  const addressOf = (alias: string, what: string) =>
    `${base}/${encodeURIComponent(alias)}/${what}?identifierType=alias`;
  return {
    origin,
    place: placeOf(origin, api_key),
    limits,
    can: { table: true },
    async send(message, { deliveryId, signal }) {
      const alias = incidentKey(prefix, message.event);
      const { quota } = await call({
        url: base,
        body: alertOf(alias, message, deliveryId),
        signal,
      });
      return { remoteId: alias, quota };
    },
    /** A closed alert cannot be opened again: a new one of its name is made. */
    async edit(alias, message, { deliveryId, signal }) {
      const { card } = message;
      const kind = card.state?.kind;
      if (kind === 'open')
        await call({ url: base, body: alertOf(alias, message, deliveryId), signal });
      const put = (what: 'message' | 'description', text: string) =>
        call({
          ...{ method: 'PUT', url: addressOf(alias, what), signal },
          body: { [what]: text, ...actor },
        });
      await put('message', messageOf(card));
      await put('description', descriptionOf(card));
      if (kind !== undefined)
        await call({ url: addressOf(alias, actions[kind]), body: actor, signal });
    },
  };
}

function alertOf(alias: string, { card }: Message, deliveryId: string) {
  return {
    message: messageOf(card),
    alias,
    description: descriptionOf(card),
    tags: ['tocsin', card.level],
    details: { delivery_id: deliveryId },
    priority: priorities[card.severity],
    ...actor,
  };
}

function messageOf(card: Card): string {
  return htmlFree(titleLine(card, messageMax));
}

/** The headline too, since that of a message may be cut. Opsgenie reads HTML in some places. */
function descriptionOf(card: Card): string {
  const lines = linesOfCard(card);
  return [lines.headline, ...linesBelow(lines)]
    .map((line) => htmlFree(disarmedLine(line)))
    .join('\n');
}

/** A key that is none is a 422 there, and the pace a header of its own. */
function refusalOf(
  answer: HttpAnswer,
  host: string,
  secrets: readonly string[],
  now: number,
): AdapterError | undefined {
  const failure = failureOf(answer, host, secrets, now);
  if (failure === undefined) return undefined;
  const { status, quota, answer: text } = failure;
  const { message } = (jsonOf(answer) ?? {}) as { message?: unknown };
  if (status === 422 && typeof message === 'string' && /^key\b/i.test(message)) {
    const why = `${host} answered 422: the api_key is no key. Take that of an API integration.`;
    return new AdapterError('reject_sink', 'auth', why, { status, answer: text });
  }
  const seconds = Number(answer.headers['x-ratelimit-period-in-sec']);
  if (status !== 429 || failure.retryAfterMs !== undefined || !(seconds > 0)) return failure;
  const facts = { status, retryAfterMs: seconds * 1000, quota, answer: text };
  return new AdapterError(failure.outcome, failure.reason, failure.message, facts);
}
