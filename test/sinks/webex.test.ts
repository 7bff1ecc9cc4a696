// The sink webex: the suite of all sinks, whom it pings, and what is at the address of a message.
import { describe, expect, test } from 'vitest';
import { webex } from '../../src/sinks/webex.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { startFarEnd } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const room = 'Y2lzY29zcGFyazovL3VzL1JPT00vMTIz';
const id = 'Y2lzY29zcGFyazovL3VzL01FU1NBR0UvMTIz';
const settings = { token: 'generated-token-0123456789', room };
const posted = JSON.stringify({ id, roomId: room });

interface Post {
  readonly roomId: string;
  readonly parentId?: string;
  readonly markdown: string;
}
const read = ({ body }: { readonly body: string }) => JSON.parse(body) as Post;
const gone = {
  ...({ outcome: 'reject_event', reason: 'gone' } as const),
  why: 'the message that is spoken of is not there',
};

describeSink(webex, {
  config: (url) => ({ url, ...settings }),
  success: { status: 200, body: posted },
  reads: (request) => [
    { where: 'the message', syntax: 'webex markdown', text: read(request).markdown },
  ],
  exceeded(request) {
    const bytes = Buffer.byteLength(read(request).markdown);
    return bytes > 7_439 ? [`a message of ${bytes} bytes`] : [];
  },
  remote: {
    sample: id,
    target: (request) =>
      read(request).parentId ?? /^\/v1\/messages\/([^/]+)$/.exec(request.target)?.[1],
    isReply: (request) => read(request).parentId !== undefined,
    exceptions: { 404: gone },
  },
});

const context = { deliveryId: 'soc-1', attempt: 1, signal: new AbortController().signal };

async function start(answer: { status?: number; body?: string } = {}, more: object = {}) {
  const { status = 200, body = posted } = answer;
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(status).end(body),
  );
  const config = webex.config.parse({ url: farEnd.origin, ...settings, ...more });
  return { farEnd, sink: webex.create(config, adapterContext()) };
}

test('a card is posted, edited in place and replied to, as the bot', async () => {
  const { farEnd, sink } = await start();
  const message = messageOf(storedEvent({ severity: 5 }), {}, sink);
  expect(await sink.send(message, context)).toMatchObject({ remoteId: id });
  await sink.edit!(id, message, context);
  await sink.reply!(id, message, context);
  expect(farEnd.received.map(({ method, target }) => `${method} ${target}`)).toEqual([
    'POST /v1/messages',
    `PUT /v1/messages/${id}`,
    'POST /v1/messages',
  ]);
  for (const request of farEnd.received) {
    expect(request.headers.authorization).toBe('Bearer generated-token-0123456789');
    expect(read(request).roomId).toBe(room);
  }
  const [headline = '', ...below] = read(farEnd.received[0]!).markdown.split('  \n');
  expect(headline).toBe(
    '🔴 **CRITICAL** · Ransomware on `ACCT-PC-07` (`CORP\\somchai`): blocked, **quarantine FAILED**',
  );
  expect(below.at(-1)).toMatch(/ · soc-1$/);
});

describe('a mention', () => {
  test.each([
    [4, '@all', ''],
    [5, '@all', ' <@all>'],
    [5, 'ana@example.com', ' <@personEmail:ana@example.com>'],
  ] as const)('at severity %i, set to %s, is%s', async (severity, mention, shown) => {
    const { farEnd, sink } = await start({}, { mention });
    await sink.send(messageOf(storedEvent({ severity }), {}, sink), context);
    const [headline = ''] = read(farEnd.received[0]!).markdown.split('  \n');
    expect(/ <.*$/.exec(headline)?.[0] ?? '').toBe(shown);
  });

  test('in the text of an event is none, in code either', async () => {
    const { farEnd, sink } = await start();
    const device = { name: '<@all>' };
    await sink.send(messageOf(storedEvent({ body: { device } }), {}, sink), context);
    expect(read(farEnd.received[0]!).markdown).toContain('`‹@all>`');
  });
});

test.each([
  [400, 'the edit limit of this message has been reached', 'reject_event', 'rejected'],
  [401, 'The request requires a valid access token', 'reject_sink', 'auth'],
  [404, 'The requested resource could not be found.', 'reject_event', 'gone'],
])('an edit that is answered with %i, %s, is %s, %s', async (status, said, outcome, reason) => {
  const { sink } = await start({ status, body: JSON.stringify({ message: said }) });
  const message = messageOf(storedEvent(), {}, sink);
  expect(await adapterError(sink.edit!(id, message, context))).toMatchObject({ outcome, reason });
});

test('a space that the bot is not in pauses the sink, by a card and by the check', async () => {
  const { farEnd, sink } = await start({ status: 404, body: '{"message":"not found"}' });
  const expected = { outcome: 'reject_sink', reason: 'bad_config' };
  const message = messageOf(storedEvent(), {}, sink);
  expect(await adapterError(sink.send(message, context))).toMatchObject(expected);
  expect(await adapterError(sink.check!(context.signal))).toMatchObject(expected);
  farEnd.answering((_request, response) => void response.end(JSON.stringify({ id: room })));
  await sink.check!(context.signal);
  expect(farEnd.received.at(-1)).toMatchObject({ method: 'GET', target: `/v1/rooms/${room}` });
});
