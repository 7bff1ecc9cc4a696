// Sink `webhook`: an event as data, signed by Standard Webhooks 1.0.0, to whatever takes it. The
// delivery's id is the same on every attempt, so that a receiver tells duplicates.
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { AdapterContext } from '../../kit/adapter.ts';
import { plainText } from '../../kit/card.ts';
import { failureOf } from '../../kit/http/status.ts';
import { originOf } from '../../kit/origin.ts';
import { placeOf } from '../../kit/place.ts';
import { quotaOf } from '../../kit/quota.ts';
import { shortEvent } from '../../kit/short-event.ts';
import type { Message, Sink, SinkDefinition } from '../../kit/sink.ts';
import { readWebUrl } from '../../kit/web-url.ts';
import { findingOf } from './ocsf.ts';

const secret = z
  .string()
  .regex(
    /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/,
    'is no secret of Standard Webhooks: whsec_ and 24 to 64 bytes in base64',
  );

const config = z.strictObject({
  url: z
    .string()
    .trim()
    .refine((text) => 'url' in readWebUrl(text), 'is no https or http URL')
    .describe('Where events are posted to.'),
  secret: secret
    .optional()
    .describe(
      'Signs each request (Standard Webhooks): whsec_ and 24 to 64 random bytes in base64.',
    ),
  old_secret: secret
    .optional()
    .describe('Signs as well, until every receiver knows the new secret.'),
  format: z
    .enum(['json', 'cloudevents', 'ocsf'])
    .default('json')
    .describe(
      'json: {type, timestamp, data}. cloudevents: CloudEvents 1.0, structured. ocsf: a Detection Finding (class 2004) of OCSF 1.8.',
    ),
  authorization: z
    .string()
    .regex(/^[\x21-\x7E][\x20-\x7E]{0,4095}$/, 'is no value of a header')
    .optional()
    .describe('The header Authorization, such as Bearer ….'),
});
type Config = z.output<typeof config>;

export const webhook: SinkDefinition<typeof config> = {
  type: 'webhook',
  config,
  example: {
    url: 'https://siem.example.com/events',
    format: 'cloudevents',
    secret: `whsec_${'A'.repeat(43)}=`,
  },
  secrets: ['url', 'secret', 'old_secret', 'authorization'],
  create,
};

function create(settings: Config, { http, now }: AdapterContext): Sink {
  const { url, format, authorization } = settings;
  const address = new URL(url);
  const origin = originOf(address);
  const keys = [settings.secret, settings.old_secret].flatMap((one) => (one ? [keyOf(one)] : []));
  const secrets = [
    url,
    `${address.pathname}${address.search}`,
    ...(authorization ? [authorization] : []),
  ];
  return {
    origin,
    place: placeOf(origin, url),
    async send(message, { deliveryId, signal }) {
      const body = JSON.stringify(formats[format](message, deliveryId));
      const headers = {
        'content-type':
          format === 'cloudevents'
            ? 'application/cloudevents+json; charset=utf-8'
            : 'application/json',
        ...(authorization !== undefined && { authorization }),
        ...signed(body, deliveryId, Math.floor(now() / 1000), keys),
      };
      const answer = await http.request({ method: 'POST', url, headers, body, signal });
      const failure = failureOf(answer, address.host, secrets, now());
      if (failure !== undefined) throw failure;
      return { quota: quotaOf(answer.headers, now()) };
    },
  };
}

function keyOf(text: string): Buffer {
  return Buffer.from(text.slice('whsec_'.length), 'base64');
}

/** The id of a delivery holds the name of a sink, which may have a full stop; signed text must not. */
function signed(body: string, deliveryId: string, seconds: number, keys: readonly Buffer[]) {
  const id = deliveryId.replaceAll('.', '_');
  const content = `${id}.${seconds}.${body}`;
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`,
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  };
}

type Format = (message: Message, deliveryId: string) => object;

const formats: Readonly<Record<Config['format'], Format>> = {
  json: (message) => ({
    type: `tocsin.${message.card.kind}`,
    timestamp: timeOf(message),
    data: dataOf(message),
  }),
  cloudevents: (message, deliveryId) => ({
    specversion: '1.0',
    id: deliveryId,
    source: `urn:tocsin:${encodeURIComponent(message.event.source)}`,
    type: `org.tocsin.${message.card.kind}`,
    time: timeOf(message),
    datacontenttype: 'application/json',
    data: dataOf(message),
  }),
  ocsf: findingOf,
};

function timeOf({ event }: Message): string {
  return event.occurredAt ?? event.receivedAt;
}

/** What the event says, and the headline for whoever shows it; a bare one has no text of others. */
function dataOf({ card, event, form, delayed, mayBeRepeated }: Message): object {
  const { id, source, severity, receivedAt } = event;
  const ids = { id, source, severity, severity_name: card.level, received_at: receivedAt };
  const circumstances = {
    ...(delayed !== undefined && { delayed }),
    ...(mayBeRepeated === true && { may_be_repeated: true }),
  };
  const common = { ...ids, headline: plainText(card.headline), ...circumstances };
  if (form === 'bare') return { ...common, ...(card.link !== undefined && { link: card.link }) };
  const shown = form === 'full' ? event : shortEvent(event);
  const { externalId, subject, stream, type, status, action, occurredAt, body } = shown;
  const named = {
    external_id: externalId,
    subject,
    stream,
    type,
    status,
    action,
    occurred_at: occurredAt,
  };
  return { ...common, ...named, body };
}
