// The sink telegram: the suite of all sinks, and what it does at the Bot API.
import { describe, expect, it, test } from 'vitest';
import type { FailureOutcome, FailureReason } from '../../../src/kit/errors.ts';
import type { Message } from '../../../src/kit/sink.ts';
import { telegram } from '../../../src/sinks/telegram/index.ts';
import { adapterContext, adapterError } from '../../contract/adapter-cases.ts';
import { describeSink } from '../../contract/sink-suite.ts';
import { storedEvent } from '../../support/events.ts';
import { type Received, startFarEnd } from '../../support/far-end.ts';
import { messageOf } from '../../support/voice.ts';

const token = '123456789:AbCdEfGhIjKlMnOpQrStUvWxYz';
const chat = -1_001_234_567_890;
const posted = JSON.stringify({ ok: true, result: { message_id: 42, chat: { id: chat } } });

interface Sent {
  readonly chat_id: string;
  readonly message_thread_id?: number;
  readonly message_id?: number;
  readonly reply_parameters?: { readonly message_id: number };
  readonly text: string;
  readonly entities: readonly { readonly type: string }[];
  readonly link_preview_options: { readonly is_disabled: boolean };
  readonly parse_mode?: string;
}
const read = ({ body }: Received) => JSON.parse(body) as Sent;

describeSink(telegram, {
  config: (origin) => ({ url: origin, token, chat, mention: '@soc_team' }),
  success: { status: 200, body: posted },
  reads: ({ body }) => [{ where: 'the message', syntax: 'telegram message', text: body }],
  exceeded(request) {
    const { text } = read(request);
    return text.length > 4_096 ? [`a text of ${text.length} letters`] : [];
  },
  remote: {
    sample: `${chat}/42`,
    target(request) {
      const { chat_id, message_id, reply_parameters } = read(request);
      return `${chat_id}/${message_id ?? reply_parameters?.message_id}`;
    },
    isReply: (request) => read(request).reply_parameters !== undefined,
  },
  skip: {
    'the origin is what is called': 'each chat has a rate of its own, so each is an origin',
  },
});

const signal = new AbortController().signal;
const context = { deliveryId: 'soc-1', attempt: 1, signal };
const [message, critical] = [messageOf(storedEvent()), messageOf(storedEvent({ severity: 5 }))];

async function stage(settings: object = {}, body = posted, status = 200) {
  const farEnd = await startFarEnd(
    (_request, response) => void response.writeHead(status).end(body),
  );
  const config = telegram.config.parse({ url: farEnd.origin, token, chat, ...settings });
  return { farEnd, sink: telegram.create(config, adapterContext()) };
}
const refusal = (error_code: number, description: string, parameters?: object) =>
  JSON.stringify({ ok: false, error_code, description, parameters });

describe('a message', () => {
  it('says what is code beside its text, shows no previews, and has no markup', async () => {
    const { farEnd, sink } = await stage({ topic: 7 });
    const receipt = await sink.send(message, context);
    expect(receipt).toEqual({
      ...{ remoteId: `${chat}/42`, quota: { limit: 1, remaining: 0, resetMs: 3_000 } },
    });
    const [request] = farEnd.received;
    expect(request!.target).toBe(`/bot${token}/sendMessage`);
    const sent = read(request!);
    expect(sent).toMatchObject({ chat_id: String(chat), message_thread_id: 7 });
    expect(sent.link_preview_options).toEqual({ is_disabled: true });
    expect(sent.parse_mode).toBeUndefined();
    expect(new Set(sent.entities.map(({ type }) => type))).toContain('code');
  });

  it.each<[Message, object, boolean]>([
    [critical, { mention: '@ana_soc' }, true],
    [message, { mention: '@ana_soc' }, false],
    [critical, {}, false],
    [{ ...critical, settings: { mention: '@ana_soc', topic: 9 } }, {}, true],
  ])('pings whom the sink or its route names, if it is severe', async (one, settings, pings) => {
    const { farEnd, sink } = await stage(settings);
    await sink.send(one, context);
    const [first] = read(farEnd.received[0]!).text.split('\n');
    expect(first!.endsWith(' @ana_soc')).toBe(pings);
  });

  it('keeps the pace of a group, and the faster one of a person', async () => {
    const { sink } = await stage({ chat: 4711 });
    expect(await sink.send(message, context)).toMatchObject({ quota: { resetMs: 1_000 } });
    expect((await stage({ chat: '@soc_alerts' })).sink.origin).not.toBe(sink.origin);
  });

  it('follows a group that became a supergroup, and says its new number', async () => {
    const moved = refusal(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrate_to_chat_id: -100_777,
    });
    const { farEnd, sink } = await stage({ chat: '-777' }, moved, 400);
    const error = await adapterError(sink.send(message, context));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'bad_config' });
    expect(error.message).toContain('Put its id -100777 into chat');
    farEnd.answering((_request, response) => void response.end(posted));
    await sink.send(message, context);
    expect(farEnd.received.map((one) => read(one).chat_id)).toEqual(['-777', '-100777']);
  });
});

describe('an edit and a reply', () => {
  it('stay in the chat and the topic of their message, whatever the settings say', async () => {
    const result = {
      message_id: 43,
      chat: { id: -5 },
      message_thread_id: 3,
      is_topic_message: true,
    };
    const { farEnd, sink } = await stage({ topic: 7 }, JSON.stringify({ ok: true, result }));
    expect(await sink.reply!('-5/42/3', message, context)).toMatchObject({ remoteId: '-5/43/3' });
    await sink.edit!('-5/43/3', message, context);
    const [reply, edit] = farEnd.received;
    expect(read(reply!)).toMatchObject({
      ...{ chat_id: '-5', message_thread_id: 3, reply_parameters: { message_id: 42 } },
    });
    expect(edit!.target).toMatch(/\/editMessageText$/);
    expect(read(edit!)).toMatchObject({ chat_id: '-5', message_id: 43 });
    expect(read(edit!).message_thread_id).toBeUndefined();
  });

  it('that changes nothing is done, since Telegram refuses it for that alone', async () => {
    const same = 'Bad Request: message is not modified: specified new message content …';
    const { sink } = await stage({}, refusal(400, same), 400);
    expect(await sink.edit!(`${chat}/42`, message, context)).toMatchObject({ quota: { limit: 1 } });
  });

  it.each(['', 'C000000EXAMPLE/1700000000.000100', '-5/0x1', '-5/42/3/1'])(
    'of a message that another product named %j asks nobody',
    async (id) => {
      const { farEnd, sink } = await stage();
      for (const act of ['edit', 'reply'] as const) {
        const error = await adapterError(sink[act]!(id, message, context));
        expect(error).toMatchObject({ outcome: 'reject_event', reason: 'gone' });
      }
      expect(farEnd.received).toEqual([]);
    },
  );
});

test.each<[number, string, FailureOutcome, FailureReason]>([
  [400, 'Bad Request: chat not found', 'reject_sink', 'bad_config'],
  [400, 'Bad Request: message thread not found', 'reject_sink', 'bad_config'],
  [400, 'Bad Request: not enough rights to send text messages to the chat', 'reject_sink', 'auth'],
  [400, 'Bad Request: CHAT_WRITE_FORBIDDEN', 'reject_sink', 'auth'],
  [400, 'Bad Request: message is too long', 'reject_event', 'too_large'],
  [400, 'Bad Request: message to be replied not found', 'reject_event', 'gone'],
  [400, 'Bad Request: message to edit not found', 'reject_event', 'gone'],
  [400, "Bad Request: message can't be edited", 'reject_event', 'rejected'],
  [400, 'Bad Request: text must be non-empty', 'reject_event', 'rejected'],
  [401, 'Unauthorized', 'reject_sink', 'auth'],
  [403, 'Forbidden: bot was kicked from the supergroup chat', 'reject_sink', 'auth'],
  [404, 'Not Found', 'reject_sink', 'auth'],
  [500, 'Internal Server Error: chat not found', 'retry', 'server_error'],
])('%i %s is %s, %s', async (status, description, outcome, reason) => {
  const { sink } = await stage({}, refusal(status, description), status);
  const error = await adapterError(sink.send(message, context));
  expect(error).toMatchObject({ outcome, reason, status });
  expect(error.message).not.toContain(token);
});

test('a limit of the rate says in the body how long it lasts', async () => {
  const busy = refusal(429, 'Too Many Requests: retry after 17', { retry_after: 17 });
  const { sink } = await stage({}, busy, 429);
  const error = await adapterError(sink.send(message, context));
  expect(error).toMatchObject({ outcome: 'retry', reason: 'rate_limited', retryAfterMs: 17_000 });
});

describe('the check', () => {
  const answers: Readonly<Record<string, object>> = {
    getChat: { id: chat, type: 'supergroup', is_forum: false },
    getMe: { id: 123_456_789, username: 'tocsin_bot' },
  };

  it('asks for the bot and its chat, posts nothing, and says what does nothing', async () => {
    const { farEnd, sink } = await stage({ topic: 7 });
    farEnd.answering(({ target }, response) => {
      const result = answers[target.split('/').at(-1)!];
      response.end(JSON.stringify({ ok: true, result }));
    });
    await sink.check!(signal);
    expect(await sink.inspect!(signal, [])).toEqual({
      tested:
        'answers, knows the bot @tocsin_bot and its chat, a supergroup. Not tried, since only a message shows it: whether the bot may write there',
      remarks: ['the chat has no topics, so topic does nothing'],
    });
    expect(farEnd.received.map(({ target }) => target.split('/').at(-1))).toEqual([
      ...['getChat', 'getChat', 'getMe'],
    ]);
  });

  it('fails where the token or the chat is wrong', async () => {
    const { sink } = await stage({}, refusal(401, 'Unauthorized'), 401);
    for (const act of [sink.check!(signal), sink.inspect!(signal, [])])
      expect(await adapterError(act)).toMatchObject({ outcome: 'reject_sink', reason: 'auth' });
  });
});

test.each([
  [{ token: 'xoxb-of-another' }, 'is no token of a bot, such as 123456:ABC…'],
  [
    { chat: 'soc alerts' },
    'is no chat: give its number (-1001234567890) or the @name of a channel',
  ],
  [{ chat: 0 }, 'is no chat: give its number (-1001234567890) or the @name of a channel'],
  [{ mention: '@all!' }, 'is no mention of Telegram: @ and a username'],
])('%j %s', (settings, problem) => {
  const { error } = telegram.config.safeParse({ token, chat, ...settings });
  expect(error?.issues.map(({ message }) => message)).toEqual([problem]);
});
