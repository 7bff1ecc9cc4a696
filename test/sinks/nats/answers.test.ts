// What JetStream's answers mean for a delivery: each is given by a server of the tests.
import { describe, expect, it, test } from 'vitest';
import { expectStored, failureOf } from '../../../src/sinks/nats/answers.ts';
import { adapterError } from '../../contract/adapter-cases.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';
import { type Answer, context, natsServer, sinkOf, subject } from './nats-server.ts';

const message = messageOf(storedEvent());

const attempted = async (publish: () => Answer, streams?: () => Answer) => {
  const server = await natsServer({ publish, ...(streams && { streams }) });
  return adapterError(sinkOf(server.port).send(message, context));
};

describe('what JetStream answers', () => {
  const error =
    (code: number, err_code: number): (() => Answer) =>
    () => ({
      json: { error: { code, err_code, description: 'no' }, stream: 'EVENTS', seq: 0 },
    });
  test.each<[string, () => Answer, string, string]>([
    ['a message too large for the stream', error(400, 10_054), 'reject_event', 'too_large'],
    ['a stream that is full', error(503, 10_077), 'retry', 'server_error'],
    ['too many requests', error(429, 10_167), 'retry', 'rate_limited'],
    ['another stream', error(400, 10_060), 'reject_sink', 'bad_config'],
    ['a word of another service', () => ({ json: 'ok' }), 'reject_sink', 'bad_config'],
    ['no stream', () => ({ json: { stream: '', seq: 1 } }), 'reject_sink', 'bad_config'],
    ['no number', () => ({ json: { stream: 'EVENTS', seq: 0 } }), 'reject_sink', 'bad_config'],
  ])('%s: not delivered', async (_title, publish, outcome, reason) => {
    expect(await attempted(publish)).toMatchObject({ outcome, reason });
  });

  it('nobody listens, and a stream is there: its leader is being elected', async () => {
    const failed = await attempted(() => 'unheard');
    expect(failed).toMatchObject({ outcome: 'retry', reason: 'server_error' });
  });

  it('nobody listens, and no stream takes the subject: the sink is paused', async () => {
    const failed = await attempted(
      () => 'unheard',
      () => ({ json: { total: 0, offset: 0, limit: 1024, streams: null } }),
    );
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toContain(`no stream takes the subject ${subject}`);
  });

  it('nobody listens to anything: there is no JetStream', async () => {
    const failed = await attempted(
      () => 'unheard',
      () => 'unheard',
    );
    expect(failed).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    expect(failed.message).toContain('has no JetStream');
  });

  it('a subject that this user may not publish to', async () => {
    const error = `Permissions Violation for Publish to "${subject}"`;
    expect(await attempted(() => ({ error }))).toMatchObject({
      outcome: 'reject_sink',
      reason: 'auth',
    });
  });

  it('a message that is larger than the server takes is sent again shorter', async () => {
    const { port, published } = await natsServer({ info: { max_payload: 100 } });
    const failed = await adapterError(sinkOf(port).send(message, context));
    expect(failed).toMatchObject({ outcome: 'reject_event', reason: 'too_large' });
    expect(published).toEqual([]);
  });
});

test.each(['', '{', 'null', '[]', '{"error":{}}', '{"stream":"E","seq":"1"}'])(
  '%j is no acceptance',
  (text) => {
    expect(() => expectStored(text, 'host', [])).toThrow('something other than JetStream');
  },
);

test('an error that nobody knows is tried again', () => {
  const error = failureOf(new Error('what?'), 'host', true);
  expect(error).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
});
