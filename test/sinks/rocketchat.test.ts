// The sink rocketchat: the suite of all sinks, whom it pings, and what the server's refusals mean.
import { expect, test } from 'vitest';
import { rocketchat } from '../../src/sinks/rocketchat.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const settings = {
  user_id: 'aobEdbYhXfu5hkeqG',
  token: 'generated-token-0123456789',
  channel: '#soc',
};
const id = 'GENERAL/7aDSXtjMA3KPLxLjt';
const posted = JSON.stringify({
  success: true,
  message: { _id: '7aDSXtjMA3KPLxLjt', rid: 'GENERAL' },
});

interface Post {
  readonly channel?: string;
  readonly roomId?: string;
  readonly msgId?: string;
  readonly tmid?: string;
  readonly text: string;
}
const read = ({ body }: { readonly body: string }) => JSON.parse(body) as Post;

describeSink(rocketchat, {
  config: (url) => ({ url, ...settings }),
  success: { status: 200, body: posted },
  reads: (request) => [
    { where: 'the message', syntax: 'rocketchat markdown', text: read(request).text },
  ],
  exceeded(request) {
    const { length } = read(request).text;
    return length > 5_000 ? [`a message of ${length} letters`] : [];
  },
  remote: {
    sample: 'GENERAL/anotherMessage',
    target(request) {
      const { roomId, msgId, tmid } = read(request);
      return roomId === undefined ? undefined : `${roomId}/${msgId ?? tmid}`;
    },
    isReply: (request) => read(request).tmid !== undefined,
  },
});

const context = { deliveryId: 'soc-1', attempt: 1, signal: new AbortController().signal };

async function start(answer: { status?: number; body?: string } = {}, more: object = {}) {
  const { status = 200, body = posted } = answer;
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(status).end(body),
  );
  const config = rocketchat.config.parse({ url: `${farEnd.origin}/chat/`, ...settings, ...more });
  return { farEnd, sink: rocketchat.create(config, adapterContext()) };
}

test('a card is posted, edited in place and replied to, as the bot, below any path', async () => {
  const { farEnd, sink } = await start();
  const message = messageOf(storedEvent({ severity: 5 }), {}, sink);
  expect(await sink.send(message, context)).toMatchObject({ remoteId: id });
  await sink.edit!(id, message, context);
  await sink.reply!(id, message, context);
  expect(farEnd.received.map(({ target }) => target)).toEqual([
    '/chat/api/v1/chat.postMessage',
    '/chat/api/v1/chat.update',
    '/chat/api/v1/chat.postMessage',
  ]);
  const [first, edit, reply] = farEnd.received.map(read);
  expect(first).toMatchObject({ channel: '#soc', parseUrls: false });
  expect(edit).toMatchObject({ roomId: 'GENERAL', msgId: '7aDSXtjMA3KPLxLjt' });
  expect(reply).toMatchObject({ roomId: 'GENERAL', tmid: '7aDSXtjMA3KPLxLjt' });
  for (const { headers } of farEnd.received)
    expect(headers).toMatchObject({
      'x-auth-token': settings.token,
      'x-user-id': settings.user_id,
    });
  const [headline, ...below] = first!.text.split('\n');
  expect(headline).toBe(
    '🔴 *CRITICAL* · Ransomware on `ACCT-PC-07` (`CORP\\somchai`): blocked, *quarantine FAILED*',
  );
  expect(below.at(-1)).toMatch(/ · soc-1$/);
});

test.each([
  [4, {}, undefined, '#soc', ''],
  [5, { mention: '@here' }, undefined, '#soc', ' @here'],
  [4, { mention: '@here' }, { channel: '#duty', mention_from: 'HIGH' }, '#duty', ' @here'],
] as const)(
  'at severity %i, set %j and by its route %j, goes to %s and pings%s',
  async (severity, more, byRoute, channel, shown) => {
    const { farEnd, sink } = await start({}, more);
    await sink.send(messageOf(storedEvent({ severity }), { settings: byRoute }, sink), context);
    const { text, ...sent } = read(farEnd.received[0]!);
    expect(sent.channel).toBe(channel);
    expect(/ @.*$/.exec(text.split('\n')[0]!)?.[0] ?? '').toBe(shown);
  },
);

test.each([
  [400, { error: 'No message found with the id of "x".' }, 'reject_event', 'gone'],
  [400, { error: 'error-message-size-exceeded' }, 'reject_event', 'too_large'],
  [400, { error: 'invalid-channel', errorType: 'invalid-channel' }, 'reject_sink', 'bad_config'],
  [400, { error: 'Not allowed', errorType: 'error-not-allowed' }, 'reject_sink', 'auth'],
  [400, { error: 'room is read only' }, 'reject_sink', 'auth'],
  [
    400,
    { error: 'Message editing is blocked', errorType: 'error-message-editing-blocked' },
    'reject_event',
    'rejected',
  ],
  [400, { error: 'something else' }, 'reject_event', 'rejected'],
  [401, { error: 'You must be logged in' }, 'reject_sink', 'auth'],
  [429, { error: 'error-too-many-requests' }, 'retry', 'rate_limited'],
] as const)('%i %j is %s, %s', async (status, said, outcome, reason) => {
  const { sink } = await start({ status, body: JSON.stringify({ success: false, ...said }) });
  const message = messageOf(storedEvent(), {}, sink);
  expect(await adapterError(sink.edit!(id, message, context))).toMatchObject({ outcome, reason });
});

test('the check asks who the bot is, and posts nothing', async () => {
  const { farEnd, sink } = await start({ body: '{"success":true,"_id":"aobEdbYhXfu5hkeqG"}' });
  await sink.check!(context.signal);
  expect(farEnd.received.map(({ method, target }) => `${method} ${target}`)).toEqual([
    'GET /chat/api/v1/me',
  ]);
  const { sink: locked } = await start({ status: 401 });
  expect(await adapterError(locked.check!(context.signal))).toMatchObject({ reason: 'auth' });
});
