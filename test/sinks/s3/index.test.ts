// The sink s3: the suite of all sinks, the object and its key, and what is there already.
import { createHash } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { s3 } from '../../../src/sinks/s3/index.ts';
import { signed } from '../../../src/sinks/s3/signature.ts';
import { adapterContext, adapterError } from '../../contract/adapter-cases.ts';
import { describeSink } from '../../contract/sink-suite.ts';
import { storedEvent } from '../../support/events.ts';
import { type Received, startFarEnd } from '../../support/far-end.ts';
import { messageOf } from '../../support/voice.ts';

const access = { access_key_id: 'AKIAEXAMPLE', secret_access_key: 'example-secret-key-0' };

const harness = {
  success: { status: 200, body: '', headers: { etag: '"00"' } },
  data({ body }: Received) {
    if (!/^[^\n]+\n$/.test(body)) throw new Error('it is not one line');
    return JSON.parse(body) as unknown;
  },
};

describeSink(s3, { ...harness, config: (url: string) => ({ url: `${url}/archive`, ...access }) });

describeSink(s3, {
  ...harness,
  as: 'ocsf',
  config: (url: string) => ({ url, ...access, prefix: '', format: 'ocsf' }),
  holds: ['externalId', 'type', 'status', 'action', 'user', 'device.name', 'file.hash'],
});

const context = { deliveryId: 'archive-1', attempt: 1, signal: new AbortController().signal };
const { signal } = context;
const message = messageOf(storedEvent());
const errorOf = (code: string) => `<Error><Code>${code}</Code></Error>`;

/** A sink whose far end gives the answers in turn, and the last one from then on. */
async function answering(...answers: [status: number, body?: string, headers?: object][]) {
  const farEnd = await startFarEnd((_request, response, nth) => {
    const [status, body = '', headers = { etag: '"00"' }] = answers[nth - 1] ?? answers.at(-1)!;
    response.writeHead(status, { ...headers }).end(body);
  });
  const sinkOf = (settings: object = {}) =>
    s3.create(
      s3.config.parse({ url: `${farEnd.origin}/archive`, ...access, ...settings }),
      adapterContext(),
    );
  return { farEnd, sinkOf, sink: sinkOf() };
}

describe('an object', () => {
  it('has a key by source, day and hour of arrival, the same on every attempt', async () => {
    const { farEnd, sink, sinkOf } = await answering([200]);
    const { remoteId } = (await sink.send(message, context))!;
    await sink.send(message, { ...context, attempt: 2 });
    await sinkOf({ prefix: '' }).send(message, { ...context, deliveryId: 'a/b c' });
    const later = messageOf(storedEvent({ receivedAt: '2026-04-01T02:03:09.120Z' }));
    await sink.send(later, context);
    const [first, again, bare, other] = farEnd.received.map(({ target }) => target);
    expect(remoteId).toMatch(
      /^tocsin\/source=di\/date=2026-03-01\/hour=02\/archive-1\.[0-9a-z]+\.ndjson$/,
    );
    expect(first).toBe(`/archive/${remoteId!.replaceAll('=', '%3D')}`);
    expect(again).toBe(first);
    expect(bare).toMatch(/^\/archive\/source%3Ddi\/.*\/a_b%20c\.[0-9a-z]+\.ndjson$/);
    expect(other).toMatch(/date%3D2026-04-01/);
  });

  it('is signed with all that matters, and has the digest of its bytes', async () => {
    const { farEnd, sink } = await answering([200]);
    await sink.send(message, context);
    const { target, headers, body } = farEnd.received[0]!;
    const md5 = createHash('md5').update(body).digest('base64');
    expect(headers).toMatchObject({
      ...{ 'content-md5': md5, 'content-type': 'application/x-ndjson', 'if-none-match': '*' },
      authorization: expect.stringContaining(
        'SignedHeaders=content-md5;content-type;host;if-none-match;x-amz-content-sha256;x-amz-date',
      ),
    });
    const at = String(headers['x-amz-date']).replace(
      /^(....)(..)(..)T(..)(..)(..)Z$/,
      '$1-$2-$3T$4:$5:$6Z',
    );
    const { 'content-md5': digest, 'content-type': type, 'if-none-match': condition } = headers;
    const wanted = signed(
      {
        ...{ method: 'PUT', url: new URL(farEnd.origin + target), body },
        headers: {
          ...{ 'content-md5': String(digest), 'content-type': String(type) },
          'if-none-match': String(condition),
        },
      },
      {
        accessKeyId: access.access_key_id,
        secretAccessKey: access.secret_access_key,
        region: 'us-east-1',
      },
      Date.parse(at),
    );
    expect(headers.authorization).toBe(wanted.authorization);
  });

  it('that is there already counts as delivered', async () => {
    const { sink } = await answering([412, errorOf('PreconditionFailed')]);
    expect(await sink.send(message, context)).toMatchObject({
      remoteId: expect.stringMatching(/^tocsin/),
    });
    const { sink: other } = await answering([412, '<html>no</html>']);
    expect((await adapterError(other.send(message, context))).outcome).toBe('reject_event');
  });

  it('is put without a condition where the store knows none', async () => {
    const { farEnd, sink } = await answering([501, errorOf('NotImplemented')], [200]);
    const error = await adapterError(sink.send(message, context));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'server_error', status: 501 });
    await sink.send(message, { ...context, attempt: 2 });
    expect(farEnd.received.map(({ headers }) => headers['if-none-match'])).toEqual([
      '*',
      undefined,
    ]);
    farEnd.answering((_request, response) =>
      response.writeHead(501).end(errorOf('NotImplemented')),
    );
    const again = await adapterError(sink.send(message, context));
    expect(again).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
  });

  it('is no object if the store does not tell its ETag', async () => {
    const { sink } = await answering([200, '', {}]);
    const error = await adapterError(sink.send(message, context));
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
  });
});

test.each([
  [403, 'SignatureDoesNotMatch', 'reject_sink', 'auth'],
  [403, 'RequestTimeTooSkewed', 'reject_sink', 'bad_config'],
  [404, 'NoSuchBucket', 'reject_sink', 'bad_config'],
  [409, 'OperationAborted', 'retry', 'server_error'],
  [503, 'SlowDown', 'retry', 'server_error'],
])('%i %s is %s', async (status, code, outcome, reason) => {
  const { sink } = await answering([status, errorOf(code)]);
  const error = await adapterError(sink.send(message, context));
  expect(error).toMatchObject({ outcome, reason, status });
});

describe('the check', () => {
  it('asks for a list without entries', async () => {
    const { farEnd, sink } = await answering([200, '<ListBucketResult></ListBucketResult>']);
    await sink.check!(signal);
    expect((await sink.inspect!(signal, [])).tested).toContain('knows the access key');
    expect(farEnd.received[0]!.target).toBe('/archive/?list-type=2&max-keys=0');
  });

  it('takes a key that may not list for one that is known', async () => {
    const { sink } = await answering([403, errorOf('AccessDenied')]);
    await sink.check!(signal);
  });

  test.each([
    [403, errorOf('InvalidAccessKeyId'), 'reject_sink', 'auth'],
    [403, '<html>no</html>', 'reject_sink', 'auth'],
    [404, errorOf('NoSuchBucket'), 'reject_sink', 'bad_config'],
    [200, '<html>Sign in</html>', 'reject_sink', 'bad_config'],
    [503, '', 'retry', 'server_error'],
  ])('%i %s is no proof', async (status, body, outcome, reason) => {
    const { sink } = await answering([status, body]);
    expect(await adapterError(sink.check!(signal))).toMatchObject({ outcome, reason });
  });
});

test.each([
  [{ url: 'https://archive.example.com/?x=1' }, 'url', 'question mark'],
  [{ prefix: '/a' }, 'prefix', 'no folder'],
  [{ prefix: 'a//b' }, 'prefix', 'no folder'],
  [{ region: 'EU' }, 'region', 'no region'],
  [{ access_key_id: 'a b' }, 'access_key_id', 'no id'],
])('%j is refused', (settings, path, problem) => {
  const whole = { url: 'https://archive.example.com', ...access, ...settings };
  expect(s3.config.safeParse(whole).error?.issues).toMatchObject([
    { path: [path], message: expect.stringContaining(problem) },
  ]);
});
