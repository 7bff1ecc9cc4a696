// Sink `webhook`: an event as data, signed by Standard Webhooks 1.0.0. The delivery's id is the same
// on every attempt, so that a receiver tells duplicates.
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { AdapterContext } from '../kit/adapter.ts';
import { eventData, timeOf } from '../kit/event-data.ts';
import { failureOf } from '../kit/http/status.ts';
import { findingOf } from '../kit/ocsf.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import { quotaOf } from '../kit/quota.ts';
import type { Message, Sink, SinkDefinition } from '../kit/sink.ts';
import { standardKey, standardSecret } from '../kit/standard-webhooks.ts';
import { webUrl } from '../kit/web-url.ts';

/** What HTTP and this sink set themselves. */
const ownHeaders = /^(?:webhook-.*|content-.*|host|connection|transfer-encoding)$/i;
/** Name in lower case, and value; a line that is no header has neither. */
function headersIn(text: string): [name: string, value: string][] {
  const lines = text.match(/\S(?:.*\S)?/g) ?? [];
  return lines.map((line) => {
    const [, name = '', value = ''] = headerLine.exec(line) ?? [];
    return [name.toLowerCase(), value];
  });
}
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?)$/;

const config = z.strictObject({
  url: webUrl.describe('Where events are posted to.'),
  secret: standardSecret
    .optional()
    .describe('Signs each request: whsec_ and 24 to 64 bytes in base64.'),
  old_secret: standardSecret
    .optional()
    .describe('Signs as well, until receivers know the new secret.'),
  format: z
    .enum(['json', 'cloudevents', 'ocsf'])
    .default('json')
    .describe('json, CloudEvents 1.0 (structured), or Detection Finding of OCSF 1.8.'),
  headers: z
    .string()
    .trim()
    .refine(
      (text) => headersIn(text).every(([name]) => name !== ''),
      'has a line without Name: value',
    )
    .refine(
      (text) => !headersIn(text).some(([name]) => ownHeaders.test(name)),
      'sets a header that HTTP or this sink sets itself: Host, Connection, Content-…, Webhook-…',
    )
    .optional()
    .describe('More headers, one a line, such as Authorization: Bearer …'),
});

export const webhook: SinkDefinition<typeof config> = {
  type: 'webhook',
  config,
  example: {
    url: 'https://siem.example.com/events',
    format: 'cloudevents',
    secret: `whsec_${'A'.repeat(43)}=`,
  },
  secrets: ['url', 'secret', 'old_secret', 'headers'],
  create,
};

function create(settings: z.output<typeof config>, { http, now }: AdapterContext): Sink {
  const { url, format } = settings;
  const { host, pathname, search } = new URL(url);
  const origin = originOf(new URL(url));
  const keys = [settings.secret, settings.old_secret].flatMap((text) =>
    text ? standardKey(text) : [],
  );
  const more = headersIn(settings.headers ?? '');
  const type = format === 'cloudevents' ? 'application/cloudevents+json' : 'application/json';
  const fixed = { ...Object.fromEntries(more), 'content-type': `${type}; charset=utf-8` };
  const secrets = [url, pathname + search, ...more.map(([, value]) => value)];
  return {
    origin,
    place: placeOf(origin, url),
    async send(message, { deliveryId, signal }) {
      const body = JSON.stringify(formats[format](message, deliveryId));
      const headers = { ...fixed, ...signed(body, deliveryId, Math.floor(now() / 1000), keys) };
      const answer = await http.request({ method: 'POST', url, headers, body, signal });
      const failure = failureOf(answer, host, secrets, now());
      if (failure !== undefined) throw failure;
      return { quota: quotaOf(answer.headers, now()) };
    },
  };
}

/** An id must not hold a full stop, which parts what is signed. */
function signed(body: string, deliveryId: string, seconds: number, keys: readonly Buffer[]) {
  const id = deliveryId.replaceAll('.', '_');
  const sign = (key: Buffer) =>
    createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    ...(keys.length > 0 && { 'webhook-signature': keys.map((key) => `v1,${sign(key)}`).join(' ') }),
  };
}

type Format = (message: Message, deliveryId: string) => object;
const formats: Readonly<Record<z.output<typeof config>['format'], Format>> = {
  json: (message) => ({
    type: `tocsin.${message.card.kind}`,
    timestamp: timeOf(message),
    data: eventData(message),
  }),
  /** Its attributes hold no text of an event, which might not be allowed there. */
  cloudevents: (message, deliveryId) => ({
    specversion: '1.0',
    id: deliveryId,
    source: `urn:tocsin:${encodeURIComponent(message.event.source)}`,
    type: `org.tocsin.${message.card.kind}`,
    time: timeOf(message),
    datacontenttype: 'application/json',
    data: eventData(message),
  }),
  ocsf: findingOf,
};
