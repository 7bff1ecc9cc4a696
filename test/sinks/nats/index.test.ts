// The sink nats over a server of the tests: the suite of all sinks, what is sent, the check, and the
// settings.
import { describe, expect, it, test } from 'vitest';
import type { Sink } from '../../../src/kit/sink.ts';
import { nats } from '../../../src/sinks/nats/index.ts';
import { adapterError } from '../../contract/adapter-cases.ts';
import { describeSink, skipsWithoutHttp } from '../../contract/sink-suite.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';
import { type Answer, context, natsServer, sinkOf, subject } from './nats-server.ts';

const message = messageOf(storedEvent());

describeSink(nats, {
  async start(temper) {
    if (temper === 'hung')
      return {
        sink: sinkOf((await natsServer({ publish: () => 'hang', streams: () => 'hang' })).port),
        received: () => [],
      };
    const { published, port } = await natsServer();
    // The id stands in the data as well; that in the headers is what a stream looks at.
    return { sink: sinkOf(port), received: () => published.map(({ body }) => body) };
  },
  data: ({ body }) => JSON.parse(body) as unknown,
  skip: {
    ...skipsWithoutHttp('NATS has no statuses of HTTP, and no headers of its answers'),
    'a far end that hangs is given up and tried again':
      'the caller’s signal is the one time-out, see the abort',
  },
});

describe('a message', () => {
  it('goes to the subject as JSON, with an id that is the same on each attempt', async () => {
    const { port, published } = await natsServer();
    const sink = sinkOf(port);
    await sink.send(message, context);
    await sink.send(message, { ...context, attempt: 2 });
    const later = { ...storedEvent(), receivedAt: '2026-04-01T02:03:09.120Z' };
    await sink.send(messageOf(later), context);
    const ids = published.map(({ headers }) => /^Nats-Msg-Id: ?(.*)\r$/m.exec(headers)?.[1]);
    expect(ids[0]).toMatch(/^soc-1\.[0-9a-z]+$/);
    expect(ids[1]).toBe(ids[0]);
    // The same number in a database that began anew.
    expect(ids[2]).not.toBe(ids[0]);
    expect(published[0]).toMatchObject({
      subject,
      headers: expect.stringContaining('Content-Type: application/json'),
    });
    expect(JSON.parse(published[0]!.body)).toMatchObject({ delivery_id: 'soc-1', kind: 'event' });
    await sink.close!();
  });

  it('is a Detection Finding where that is asked for', async () => {
    const { port, published } = await natsServer();
    await sinkOf(port, { format: 'ocsf' }).send(message, context);
    expect(JSON.parse(published[0]!.body)).toMatchObject({ class_uid: 2004 });
  });

  it('that the stream had already is delivered', async () => {
    const { port } = await natsServer({
      publish: () => ({ json: { stream: 'EVENTS', seq: 7, duplicate: true } }),
    });
    await sinkOf(port).send(message, context);
  });
});

describe('the check', () => {
  const inspected = (sink: Sink) => sink.inspect!(context.signal, []);

  it('proves login and stream, and publishes nothing', async () => {
    const { port, published } = await natsServer();
    const { tested, remarks } = await inspected(sinkOf(port));
    expect(tested).toBe('answers in clear, and the stream EVENTS takes the subject');
    expect(remarks).toEqual([]);
    expect(published).toEqual([]);
  });

  it('says what a user without rights may not ask, and passes', async () => {
    const { port } = await natsServer({
      streams: () => ({ error: 'Permissions Violation for Publish to "$JS.API.STREAM.NAMES"' }),
    });
    const { tested } = await inspected(sinkOf(port));
    expect(tested).toContain('Not tried: whether a stream takes the subject');
  });

  it.each<[string, () => Answer, string]>([
    ['no stream', () => ({ json: { streams: [] } }), 'no stream takes'],
    ['no JetStream', () => 'unheard', 'has no JetStream'],
    [
      'none for this account',
      () => ({ json: { error: { code: 503, err_code: 10_039, description: 'no' } } }),
      'has no JetStream',
    ],
  ])('%s pauses the sink', async (_title, streams, text) => {
    const failed = await adapterError(inspected(sinkOf((await natsServer({ streams })).port)));
    expect(failed.outcome).toBe('reject_sink');
    expect(failed.message).toContain(text);
  });
});

describe('a setting', () => {
  test.each<[string, object, (string | number)[], string]>([
    ['a wildcard', { subject: 'security.>' }, ['subject'], 'is no subject'],
    ['a subject of the server', { subject: '$SYS.x' }, ['subject'], 'is no subject'],
    ['an empty part', { subject: 'a..b' }, ['subject'], 'is no subject'],
    ['a URL for a server', { servers: ['nats://nats.example.com'] }, ['servers', 0], 'is no host'],
    ['a port that there is not', { servers: ['a:99999'] }, ['servers', 0], 'is no host:port'],
    ['a password alone', { password: 'x' }, ['username'], 'is missing, and password'],
    ['two logins', { username: 'a', password: 'b', token: 'c' }, ['token'], 'beside username'],
    ['no credentials', { credentials: 'x' }, ['credentials'], 'is no text of a .creds file'],
  ])('%s is refused', (_title, settings, path, problem) => {
    const { error } = nats.config.safeParse({ ...nats.example, ...settings });
    expect(error?.issues).toMatchObject([{ path, message: expect.stringContaining(problem) }]);
  });
});
