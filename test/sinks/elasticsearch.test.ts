// The sink elasticsearch: the suite of all sinks, the document and its id, and what the errors of a
// cluster mean.
import { describe, expect, it, test } from 'vitest';
import { elasticsearch } from '../../src/sinks/elasticsearch.ts';
import { adapterContext, adapterError, expectNoSecret } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { type Received, startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const accepted = JSON.stringify({ _id: 'x', result: 'created' });
const skip = {
  'no secret is in any error, its cause or the answer it keeps':
    'a sink has a key or a password and never both; each is tried below',
} as const;
const key = 'ZXhhbXBsZS1pZDpleGFtcGxlLWtleQ==';

describeSink(elasticsearch, {
  config: (url: string) => ({ url, index: 'logs-tocsin-default', api_key: key }),
  success: { status: 201, body: JSON.stringify({ result: 'created' }) },
  data: ({ body }: Received) => JSON.parse(body) as unknown,
  skip,
});

describeSink(elasticsearch, {
  as: 'ocsf',
  config: (url: string) => ({
    ...{ url: `${url}/proxied/`, index: 'ocsf-findings', format: 'ocsf' },
    ...{ username: 'tocsin', password: 'hunter2-hunter2' },
  }),
  success: { status: 201, body: JSON.stringify({ result: 'created' }) },
  data: ({ body }: Received) => JSON.parse(body) as unknown,
  holds: ['externalId', 'type', 'status', 'action', 'user', 'device.name', 'file.hash'],
  skip,
});

const context = { deliveryId: 'soc.eu/1', attempt: 1, signal: new AbortController().signal };
const { signal } = context;
const message = messageOf(storedEvent());

/** A sink whose far end answers so. */
async function answered(status: number, body: string, more: object = { api_key: key }) {
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(status).end(body),
  );
  const settings = { url: farEnd.origin, index: 'logs-tocsin-default', ...more };
  const config = elasticsearch.config.parse(settings);
  return { farEnd, sink: elasticsearch.create(config, adapterContext()) };
}

const errorOf = (type: string) => JSON.stringify({ error: { type, reason: 'why' }, status: 400 });

describe('a document', () => {
  it('is created under an id of the delivery, with its time, by the key', async () => {
    const { farEnd, sink } = await answered(201, accepted);
    await sink.send(message, context);
    await sink.send(message, { ...context, attempt: 2 });
    const later = messageOf(storedEvent({ receivedAt: '2026-04-01T02:03:09.120Z' }));
    await sink.send(later, context);
    const [first, again, other] = farEnd.received;
    expect(`${first!.method} ${first!.target}`).toMatch(
      /^PUT \/logs-tocsin-default\/_create\/soc\.eu%2F1\.[a-z0-9]+$/,
    );
    expect(first!.headers.authorization).toBe(`ApiKey ${key}`);
    expect(again!.target).toBe(first!.target);
    // The same number in a database that began anew.
    expect(other!.target).not.toBe(first!.target);
    expect(JSON.parse(first!.body)).toMatchObject({
      ...{ '@timestamp': '2026-03-01T02:03:04.000Z', delivery_id: 'soc.eu/1', id: 4711 },
    });
  });

  it('that is there already counts as delivered', async () => {
    const { sink } = await answered(409, errorOf('version_conflict_engine_exception'));
    const { remoteId } = (await sink.send(message, context))!;
    expect(remoteId).toMatch(/^soc\.eu\/1\./);
    const other = await answered(409, errorOf('resource_already_exists_exception'));
    const error = await adapterError(other.sink.send(message, context));
    expect(error.outcome).toBe('reject_event');
  });

  it('that was changed and not created is none of ours', async () => {
    const { sink } = await answered(200, JSON.stringify({ result: 'updated' }));
    expect((await adapterError(sink.send(message, context))).outcome).toBe('reject_sink');
  });
});

test.each([
  [400, 'document_parsing_exception', 'reject_event', 'rejected'],
  [400, 'mapper_parsing_exception', 'reject_event', 'rejected'],
  [400, 'strict_dynamic_mapping_exception', 'reject_event', 'rejected'],
  [400, 'invalid_index_name_exception', 'reject_sink', 'bad_config'],
  [401, 'security_exception', 'reject_sink', 'auth'],
  [403, 'security_exception', 'reject_sink', 'auth'],
  [403, 'cluster_block_exception', 'retry', 'server_error'],
  [404, 'index_not_found_exception', 'reject_sink', 'bad_config'],
  [400, 'index_closed_exception', 'reject_sink', 'bad_config'],
  [413, 'content_too_long_exception', 'reject_event', 'too_large'],
  [429, 'es_rejected_execution_exception', 'retry', 'rate_limited'],
  [429, 'cluster_block_exception', 'retry', 'server_error'],
  [503, 'unavailable_shards_exception', 'retry', 'server_error'],
])('%i %s is %s', async (status, type, outcome, reason) => {
  const { sink } = await answered(status, errorOf(type));
  const error = await adapterError(sink.send(message, context));
  expect(error).toMatchObject({ outcome, reason, status });
  expect(error.answer).toContain(type);
});

test.each([
  ['key', { api_key: key }, `ApiKey ${key}`, [key]],
  [
    'password, encoded or not,',
    { username: 'tocsin', password: 'hunter2-hunter2' },
    `Basic ${Buffer.from('tocsin:hunter2-hunter2').toString('base64')}`,
    ['hunter2-hunter2', Buffer.from('tocsin:hunter2-hunter2').toString('base64')],
  ],
])('no %s is shown that comes back', async (_title, login, authorization, hidden) => {
  const secrets = hidden.map((text) => ({ what: 'the login', text }));
  for (const status of [200, 302, 400, 401, 403, 404, 409, 429, 503]) {
    const { farEnd, sink } = await answered(status, errorOf(`x ${authorization} ${hidden}`), login);
    expectNoSecret(await adapterError(sink.send(message, context)), secrets);
    expect(farEnd.received[0]!.headers.authorization).toBe(authorization);
    if (status !== 400) expectNoSecret(await adapterError(sink.check!(signal)), secrets);
  }
});

describe('the check', () => {
  it('asks for a document without content, and takes its refusal as a proof', async () => {
    const { farEnd, sink } = await answered(400, errorOf('parse_exception'));
    await sink.check!(signal);
    expect((await sink.inspect!(signal, [])).tested).toContain('takes the credential');
    expect(farEnd.received.map(({ body }) => body)).toEqual(['', '']);
  });

  test.each([
    [401, errorOf('security_exception'), 'reject_sink', 'auth'],
    [400, '<html>Bad Request</html>', 'reject_event', 'rejected'],
    [200, '<html>Sign in</html>', 'reject_sink', 'bad_config'],
    [503, '', 'retry', 'server_error'],
  ])('%i %s is no proof', async (status, body, outcome, reason) => {
    const { sink } = await answered(status, body);
    expect(await adapterError(sink.check!(signal))).toMatchObject({ outcome, reason });
  });
});

test.each([
  [{ index: 'Logs' }, 'index', 'no name of an index'],
  [{ index: '_all' }, 'index', 'no name of an index'],
  [{ index: 'a/b' }, 'index', 'no name of an index'],
  [{ username: 'a' }, 'password', 'is missing, and username is there'],
  [{ username: 'a', password: 'b', api_key: 'c' }, 'api_key', 'username as well'],
])('%j is refused', (settings, path, problem) => {
  const whole = { url: 'https://search.example.com', index: 'logs', ...settings };
  const { error } = elasticsearch.config.safeParse(whole);
  expect(error?.issues).toMatchObject([
    { path: [path], message: expect.stringContaining(problem) },
  ]);
});
