// The sink zulip: the suite of all sinks, and what it does at an organization.
import { describe, expect, it, test } from 'vitest';
import type { FailureOutcome, FailureReason } from '../../../src/kit/errors.ts';
import { zulip } from '../../../src/sinks/zulip/index.ts';
import { adapterContext, adapterError } from '../../contract/adapter-cases.ts';
import { describeSink } from '../../contract/sink-suite.ts';
import { storedEvent } from '../../support/events.ts';
import { type Received, startFarEnd } from '../../support/far-end.ts';
import { messageOf } from '../../support/voice.ts';

const email = 'tocsin-bot@example.com';
const api_key = 'AbCdEfGhIjKlMnOpQrStUvWxYz012345';
const base = { email, api_key, channel: 'soc' };
const success = JSON.stringify({ result: 'success', id: 42 });

const formOf = ({ body }: Received) => Object.fromEntries(new URLSearchParams(body));
const contentOf = (request: Received) => formOf(request).content!;

describeSink(zulip, {
  config: (url) => ({ url, ...base, mention: '@**all**' }),
  success: { status: 200, body: success },
  reads: (request) => [
    {
      where: 'the message',
      syntax: 'zulip markdown',
      text: contentOf(request),
    },
    { where: 'the topic', syntax: 'text', text: formOf(request).topic ?? '' },
  ],
  exceeded(request) {
    const length = [...contentOf(request)].length;
    return length > 10_000 ? [`a message of ${length} characters`] : [];
  },
  remote: {
    sample: '42',
    target: (request) =>
      request.method === 'PATCH'
        ? request.target.split('/').at(-1)
        : /#narrow\/near\/(\d+)/.exec(contentOf(request))?.[1],
    isReply: ({ method }) => method === 'POST',
  },
});

const signal = new AbortController().signal;
const context = { deliveryId: 'soc-1', attempt: 1, signal };
const message = messageOf(storedEvent());
const critical = messageOf(storedEvent({ severity: 5 }));

async function stage(settings: object = {}, body: unknown = JSON.parse(success), status = 200) {
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(status).end(JSON.stringify(body)),
  );
  const config = zulip.config.parse({
    url: farEnd.origin,
    ...base,
    ...settings,
  });
  return { farEnd, sink: zulip.create(config, adapterContext()) };
}
const refusal = (msg: string, more: object = {}) => ({
  result: 'error',
  msg,
  ...more,
});

describe('a message', () => {
  it('goes to a topic of the channel, by name even if that is a number', async () => {
    const { farEnd, sink } = await stage({ channel: '4711', topic: 'alerts' });
    expect(await sink.send(message, context)).toMatchObject({ remoteId: '42' });
    await sink.send({ ...message, settings: { topic: 'phishing' } }, context);
    const [first, second] = farEnd.received;
    expect(first!.target).toBe('/api/v1/messages');
    const credential = Buffer.from(`${email}:${api_key}`).toString('base64');
    expect(first!.headers.authorization).toBe(`Basic ${credential}`);
    expect(formOf(first!)).toMatchObject({
      type: 'stream',
      to: '"4711"',
      topic: 'alerts',
    });
    expect(formOf(second!)).toMatchObject({ topic: 'phishing' });
  });

  it('pings whom the sink or its route names, if it is severe', async () => {
    const { farEnd, sink } = await stage({ mention: '@**all**' });
    await sink.send(critical, context);
    await sink.send(message, context);
    await sink.send({ ...critical, settings: { mention: '@*soc*' } }, context);
    const ends = farEnd.received.map((one) => /( @\S+)?\n/.exec(contentOf(one))?.[1]);
    expect(ends).toEqual([' @**all**', undefined, ' @*soc*']);
  });

  it('heeds what Zulip says of its rate', async () => {
    const { farEnd, sink } = await stage();
    const reset = Date.now() / 1_000 + 30;
    farEnd.answering((_request, response) => {
      const rate = { 'x-ratelimit-limit': 200, 'x-ratelimit-remaining': 150 };
      response.writeHead(200, { ...rate, 'x-ratelimit-reset': reset.toFixed(3) }).end(success);
    });
    const { quota } = (await sink.send(message, context))!;
    expect(quota).toMatchObject({ limit: 200, remaining: 150 });
    expect(quota!.resetMs).toBeGreaterThan(25_000);
  });
});

describe('an edit and a reply', () => {
  it('changes the content alone, and leads to the message', async () => {
    const { farEnd, sink } = await stage();
    await sink.edit!('42', message, context);
    await sink.reply!('42', message, context);
    const [edit, reply] = farEnd.received;
    expect([edit!.method, edit!.target]).toEqual(['PATCH', '/api/v1/messages/42']);
    expect(Object.keys(formOf(edit!))).toEqual(['content']);
    expect(contentOf(reply!)).toBe(`[↩](${farEnd.origin}/#narrow/near/42) ${contentOf(edit!)}`);
  });

  it.each(['', '-5/42', '42/../1', '!a:b $c'])(
    'of a message that another product named %j asks nobody',
    async (id) => {
      const { farEnd, sink } = await stage();
      for (const act of ['edit', 'reply'] as const) {
        const error = await adapterError(Promise.resolve(sink[act]!(id, message, context)));
        expect(error).toMatchObject({
          outcome: 'reject_event',
          reason: 'gone',
        });
      }
      expect(farEnd.received).toEqual([]);
    },
  );
});

test.each<[number, object, FailureOutcome, FailureReason, number?]>([
  [
    400,
    refusal("Channel 'x' does not exist", { code: 'STREAM_DOES_NOT_EXIST' }),
    'reject_sink',
    'bad_config',
  ],
  [400, refusal("Not authorized to send to channel 'soc'"), 'reject_sink', 'auth'],
  [400, refusal('Invalid message(s)'), 'reject_event', 'gone'],
  [400, refusal('The time limit for editing this message has passed'), 'reject_event', 'rejected'],
  [400, refusal('Message must not be empty'), 'reject_event', 'rejected'],
  [401, refusal('Invalid API key', { code: 'INVALID_API_KEY' }), 'reject_sink', 'auth'],
  [403, refusal('Account is deactivated'), 'reject_sink', 'auth'],
  [
    429,
    refusal('API usage exceeded rate limit', {
      code: 'RATE_LIMIT_HIT',
      'retry-after': 28.7,
    }),
    'retry',
    'rate_limited',
    28_700,
  ],
  [500, refusal('Internal server error: does not exist'), 'retry', 'server_error'],
  [200, refusal('Invalid API key'), 'reject_sink', 'bad_config'],
])('%i %j is %s, %s', async (status, body, outcome, reason, retryAfterMs) => {
  const { sink } = await stage({}, body, status);
  const error = await adapterError(Promise.resolve(sink.send(message, context)));
  expect(error).toMatchObject({ outcome, reason, retryAfterMs });
});

test('no error shows the key, nor the credential that is made of it', async () => {
  const credential = Buffer.from(`${email}:${api_key}`).toString('base64');
  const { sink } = await stage({}, { key: credential, msg: api_key }, 400);
  const { message: words, answer } = await adapterError(
    Promise.resolve(sink.send(message, context)),
  );
  expect(`${words} ${answer}`).not.toContain(credential);
  expect(`${words} ${answer}`).not.toContain(api_key);
});

describe('the check', () => {
  it('asks for the bot and its channel, and posts nothing', async () => {
    const { farEnd, sink } = await stage(
      {},
      { result: 'success', full_name: 'Tocsin', stream_id: 5 },
    );
    await sink.check!(signal);
    expect((await sink.inspect!(signal, [])).tested).toContain(
      'knows the bot Tocsin and its channel',
    );
    const asked = ['GET /api/v1/users/me', 'GET /api/v1/get_stream_id?stream=soc'];
    expect(farEnd.received.map(({ method, target }) => `${method} ${target}`)).toEqual([
      ...asked,
      ...asked,
    ]);
  });

  it('fails where the channel is none', async () => {
    const { sink } = await stage({}, refusal("Invalid channel name 'soc'"), 400);
    const error = await adapterError(sink.check!(signal));
    expect(error).toMatchObject({
      outcome: 'reject_sink',
      reason: 'bad_config',
    });
  });
});

test.each([
  [{ mention: '@all' }, 'is no mention of Zulip: @**name**, @**all** or @*group*'],
  [{ topic: 'a\u202Eb' }, 'is no name: 1 to 60 characters, none of which is unseen'],
])('%j %s', (settings, problem) => {
  const { error } = zulip.config.safeParse({
    url: 'https://zulip.example.com',
    ...base,
    ...settings,
  });
  expect(error?.issues.map(({ message }) => message)).toEqual([problem]);
});
