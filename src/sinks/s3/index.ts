// Sink `s3`: an archive. Each event is an object with one line of JSON in a bucket of S3, or of a
// store that speaks as it does. Its key is the same on every attempt, so it stands there once.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AdapterError } from '../../kit/errors.ts';
import { recordFormat, recordOf } from '../../kit/event-data.ts';
import { failureOf, strangersAnswer } from '../../kit/http/status.ts';
import { originOf } from '../../kit/origin.ts';
import { placeOf } from '../../kit/place.ts';
import { quotaOf } from '../../kit/quota.ts';
import type { Message, SinkDefinition } from '../../kit/sink.ts';
import { webUrlOf } from '../../kit/web-url.ts';
import { codeOf, refusalOf } from './answers.ts';
import { signed, uriEncoded } from './signature.ts';

const config = z.strictObject({
  url: webUrlOf(({ search }) => (search === '' ? undefined : 'holds a question mark')).describe(
    'The bucket: https://archive.s3.eu-central-1.amazonaws.com, or https://minio.example.com/archive.',
  ),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'is no region')
    .default('us-east-1')
    .describe('The region of the bucket; a store of your own mostly has this one.'),
  access_key_id: z
    .string()
    .regex(/^[!-+\--~]{3,128}$/, 'is no id of an access key')
    .describe('The id of an access key that may write there.'),
  secret_access_key: z.string().min(8).describe('The secret of the access key.'),
  prefix: z
    .string()
    .regex(/^(?:[\w.=-]+(?:\/[\w.=-]+)*)?$/, 'is no folder: letters, digits and . _ - = between /')
    .default('tocsin')
    .describe('The folder of all objects; empty: none.'),
  format: recordFormat,
});

export const s3: SinkDefinition<typeof config> = {
  type: 's3',
  config,
  example: {
    url: 'https://archive.s3.eu-central-1.amazonaws.com',
    region: 'eu-central-1',
    access_key_id: 'AKIAEXAMPLEEXAMPLE',
    secret_access_key: 'example/example/example/example/example0',
  },
  secrets: ['secret_access_key'],
  create(settings, { http, now }) {
    const { url, region, prefix, format } = settings;
    const bucket = url.replace(/\/+$/, '');
    const { host } = new URL(url);
    const origin = originOf(new URL(url));
    const { access_key_id: accessKeyId, secret_access_key: secretAccessKey } = settings;
    const signer = { accessKeyId, secretAccessKey, region };
    const secrets = [secretAccessKey];
    /** Until the store says that it knows no conditions. */
    let isConditional = true;
    const check = async (signal: AbortSignal) => {
      const address = new URL(`${bucket}/?list-type=2&max-keys=0`);
      const headers = signed({ method: 'GET', url: address }, signer, now());
      const answer = await http.request({ method: 'GET', url: address.href, headers, signal });
      // Who may write need not be allowed to list: the key is known all the same.
      if (answer.status === 403 && codeOf(answer) === 'AccessDenied') return;
      const failure = refusalOf(answer, host, secrets) ?? failureOf(answer, host, secrets, now());
      if (failure !== undefined) throw failure;
      if (!answer.body.includes('<ListBucketResult'))
        throw strangersAnswer(answer, host, 'S3', secrets);
    };
    return {
      origin,
      place: placeOf(origin, bucket, prefix),
      async send(message, { deliveryId, signal }) {
        const key = keyOf(prefix, message, deliveryId);
        const address = new URL(`${bucket}/${key.split('/').map(uriEncoded).join('/')}`);
        const body = `${JSON.stringify(recordOf(format, message, deliveryId))}\n`;
        const condition = isConditional;
        const more = { ...(condition && { 'if-none-match': '*' }), ...headersOf(body) };
        const headers = signed({ method: 'PUT', url: address, headers: more, body }, signer, now());
        const answer = await http.request({
          ...{ method: 'PUT', url: address.href, headers, body, signal },
        });
        const code = codeOf(answer);
        if (answer.status === 412 && code === 'PreconditionFailed') return { remoteId: key };
        if (answer.status === 501 && code === 'NotImplemented' && condition) {
          isConditional = false;
          throw unconditional(host);
        }
        const failure = refusalOf(answer, host, secrets) ?? failureOf(answer, host, secrets, now());
        if (failure !== undefined) throw failure;
        if (answer.headers.etag === undefined) throw strangersAnswer(answer, host, 'S3', secrets);
        return { remoteId: key, quota: quotaOf(answer.headers, now()) };
      },
      check,
      async inspect(signal) {
        await check(signal);
        return {
          tested:
            'answers, and knows the access key. Not tried: whether it may write to the bucket',
          remarks: [],
        };
      },
    };
  },
};

function headersOf(body: string): Record<string, string> {
  return {
    'content-type': 'application/x-ndjson',
    // A bucket with Object Lock wants it.
    'content-md5': createHash('md5').update(body).digest('base64'),
  };
}

/** By the hour of arrival, which the database sets and nobody else; as tools read partitions. */
function keyOf(prefix: string, { event }: Message, deliveryId: string): string {
  const at = new Date(event.receivedAt);
  const [day = '', hour = ''] = at.toISOString().split(/[T:]/);
  // Numbers begin anew in another database.
  const name = `${deliveryId.replaceAll('/', '_')}.${at.getTime().toString(36)}.ndjson`;
  const folders = [`source=${event.source}`, `date=${day}`, `hour=${hour}`];
  return [...(prefix === '' ? [] : [prefix]), ...folders, name].join('/');
}

function unconditional(host: string): AdapterError {
  const text = `${host} answered 501: it knows no If-None-Match. It is tried again without.`;
  return new AdapterError('retry', 'server_error', text, { status: 501 });
}
