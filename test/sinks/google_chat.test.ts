// The sink google_chat: the suite of all sinks, its threads, and what the answers of Google mean.
import { expect, test } from 'vitest';
import { googleChat } from '../../src/sinks/google_chat.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const path = '/v1/spaces/AAAAexample/messages?key=keyofthewebhook&token=generatedtoken%3D';
const posted = JSON.stringify({
  name: 'spaces/AAAAexample/messages/m1.m1',
  thread: { name: 'spaces/AAAAexample/threads/t1' },
});

interface Post {
  readonly text: string;
  readonly thread: { readonly threadKey: string };
}
const read = ({ body }: { readonly body: string }) => JSON.parse(body) as Post;

describeSink(googleChat, {
  config: (origin) => ({ url: `${origin}${path}` }),
  success: { status: 200, body: posted },
  reads: (request) => [
    { where: 'the message', syntax: 'google chat text', text: read(request).text },
  ],
  exceeded({ body }) {
    const bytes = Buffer.byteLength(body);
    return bytes > 32_000 ? [`a message of ${bytes} bytes`] : [];
  },
  remote: {
    sample: 'delivery-17',
    target: (request) => read(request).thread.threadKey,
    isReply: ({ target }) => /messageReplyOption=REPLY_MESSAGE/.test(target),
  },
  skip: {
    'the origin is what is called': 'each space has a rate of its own, so each is an origin',
  },
});

const context = { deliveryId: 'soc-1', attempt: 1, signal: new AbortController().signal };

async function start(status = 200, body = posted, settings: object = {}) {
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(status).end(body),
  );
  const config = googleChat.config.parse({ url: `${farEnd.origin}${path}`, ...settings });
  return { farEnd, sink: googleChat.create(config, adapterContext()) };
}

test('a card begins a thread of its own, and a reply stands in it', async () => {
  const { farEnd, sink } = await start();
  const message = messageOf(storedEvent({ severity: 5 }), {}, sink);
  const receipt = await sink.send(message, context);
  expect(receipt).toEqual({
    remoteId: 'soc-1',
    quota: { limit: 1, remaining: 0, resetMs: 1_000 },
  });
  await sink.reply!('soc-1', message, { ...context, deliveryId: 'soc-2' });
  const [first, second] = farEnd.received;
  expect(first!.target).toBe(`${path}&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD`);
  expect([read(first!).thread, read(second!).thread]).toEqual([
    { threadKey: 'soc-1' },
    { threadKey: 'soc-1' },
  ]);
  expect(read(first!).text.split('\n')[0]).toBe(
    '🔴 *CRITICAL* · Ransomware on `ACCT-PC-07` (`CORP\\somchai`): blocked, *quarantine FAILED*',
  );
  expect(read(first!).text).toContain('<https://console.example/events/1203|Event ID 1203>');
});

test.each([
  [4, 'users/all', undefined, ''],
  [5, 'users/all', undefined, ' <users/all>'],
  [4, 'users/all', { mention: 'users/12345', mention_from: 'HIGH' }, ' <users/12345>'],
] as const)(
  'at severity %i, set to %s and by its route %j, pings%s',
  async (severity, mention, settings, shown) => {
    const { farEnd, sink } = await start(200, posted, { mention });
    await sink.send(messageOf(storedEvent({ severity }), { settings }, sink), context);
    const [headline = ''] = read(farEnd.received[0]!).text.split('\n');
    expect(/ <users.*$/.exec(headline)?.[0] ?? '').toBe(shown);
  },
);

test('webhooks of one space share its rate, and those of another do not', async () => {
  const { farEnd, sink } = await start();
  const originOf = (url: string) =>
    googleChat.create(googleChat.config.parse({ url }), adapterContext()).origin;
  expect(originOf(`${farEnd.origin}${path}2`)).toBe(sink.origin);
  expect(originOf(`${farEnd.origin}${path.replace('AAAA', 'BBBB')}`)).not.toBe(sink.origin);
});

test.each([
  [400, 'INVALID_ARGUMENT', 'reject_event', 'rejected'],
  [403, 'PERMISSION_DENIED', 'reject_sink', 'auth'],
  [404, 'NOT_FOUND', 'reject_sink', 'bad_config'],
  [429, 'RESOURCE_EXHAUSTED', 'retry', 'rate_limited'],
  [503, 'UNAVAILABLE', 'retry', 'server_error'],
])('%i %s is %s, %s', async (code, status, outcome, reason) => {
  const { sink } = await start(code, JSON.stringify({ error: { code, status } }));
  const error = await adapterError(sink.send(messageOf(storedEvent(), {}, sink), context));
  expect(error).toMatchObject({ outcome, reason });
});

test.each([
  'https://chat.googleapis.com/v1/spaces/AAAA/messages',
  'https://chat.google.com/room/AAAA?key=1&token=2',
])('%s is refused', (url) => {
  const { error } = googleChat.config.safeParse({ url });
  expect(error?.issues[0]?.message).toContain('is no webhook');
});
