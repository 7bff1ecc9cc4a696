// The sink matrix: the suite of all sinks, and what it does at a homeserver.
import { describe, expect, it, test } from 'vitest';
import type { FailureOutcome, FailureReason } from '../../../src/kit/errors.ts';
import { matrix } from '../../../src/sinks/matrix/index.ts';
import { adapterContext, adapterError } from '../../contract/adapter-cases.ts';
import { describeSink, type Place } from '../../contract/sink-suite.ts';
import { storedEvent } from '../../support/events.ts';
import { type Received, startFarEnd } from '../../support/far-end.ts';
import { messageOf } from '../../support/voice.ts';

const token = 'syt_c29j_AbCdEfGhIjKlMnOpQrSt_0aBcDe';
const room = '!abcdefghij:example.com';
const event = '$1234567890-AbCdEfGhIjKlMnOpQrStUvWxYz_0123456';
const success = JSON.stringify({ event_id: event });

interface Content {
  readonly msgtype: string;
  readonly body: string;
  readonly format?: string;
  readonly formatted_body: string;
  readonly 'm.mentions': object;
  readonly 'm.new_content'?: Content;
  readonly 'm.relates_to'?: {
    readonly rel_type: string;
    readonly event_id: string;
  };
}
const read = ({ body }: Received) => JSON.parse(body) as Content;
const transactionIn = ({ target }: Received) => decodeURIComponent(target.split('/').at(-1)!);
const roomIn = ({ target }: Received) => decodeURIComponent(target.split('/')[5]!);

describeSink(matrix, {
  config: (origin) => ({ url: origin, token, room, mention: '@room' }),
  success: { status: 200, body: success },
  reads(request) {
    const content = read(request);
    const { body, formatted_body: html } = content['m.new_content'] ?? content;
    return [
      {
        where: 'the fallback',
        syntax: 'text with links',
        text: content.body,
        isSummary: true,
      },
      {
        where: 'the body',
        syntax: 'text with links',
        text: body,
        version: 'plain text',
      },
      { where: 'the HTML', syntax: 'matrix html', text: html, version: 'HTML' },
    ] satisfies Place[];
  },
  /** An event has some hundred bytes besides, of hashes and signatures. */
  exceeded({ body }) {
    const bytes = Buffer.byteLength(body);
    return bytes > 62_000 ? [`a content of ${bytes} bytes`] : [];
  },
  remote: {
    sample: `${room} ${event}`,
    target: (request) => `${roomIn(request)} ${read(request)['m.relates_to']?.event_id}`,
    isReply: (request) => read(request)['m.relates_to']?.rel_type === 'm.thread',
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
  const config = matrix.config.parse({
    url: farEnd.origin,
    token,
    room,
    ...settings,
  });
  return { farEnd, sink: matrix.create(config, adapterContext()) };
}

describe('a message', () => {
  it('is put into the room once, whatever its attempt', async () => {
    const { farEnd, sink } = await stage();
    expect(await sink.send(message, context)).toMatchObject({
      remoteId: `${room} ${event}`,
    });
    await sink.send({ ...message, mayBeRepeated: true }, { ...context, attempt: 2 });
    const anew = messageOf(storedEvent({ receivedAt: '2027-01-01T00:00:00.000Z' }));
    await sink.send(anew, context);
    const [first, again, other] = farEnd.received;
    expect(first!.method).toBe('PUT');
    expect(first!.target).toMatch(/\/rooms\/!abcdefghij%3Aexample\.com\/send\/m\.room\.message\//);
    expect(first!.headers.authorization).toBe(`Bearer ${token}`);
    expect(transactionIn(again!)).toBe(transactionIn(first!));
    expect(transactionIn(other!)).not.toBe(transactionIn(first!));
  });

  it('says whom it pings, and that nobody is pinged by what stands in the text', async () => {
    const { farEnd, sink } = await stage({ mention: '@ana:example.com' });
    await sink.send(critical, context);
    await sink.send(message, context);
    await sink.send({ ...critical, settings: { mention: '@room' } }, context);
    const [ana, nobody, all] = farEnd.received.map(read);
    expect(ana!['m.mentions']).toEqual({ user_ids: ['@ana:example.com'] });
    expect(ana!.body.split('\n')[0]).toMatch(/ @ana:example\.com$/);
    const pill = '<a href="https://matrix.to/#/%40ana%3Aexample.com">@ana:example.com</a>';
    expect(ana!.formatted_body).toContain(pill);
    expect(nobody!['m.mentions']).toEqual({});
    expect(all!['m.mentions']).toEqual({ room: true });
  });
});

describe('an edit and a reply', () => {
  it('replaces the content, pings nobody again, and is another event each time', async () => {
    const { farEnd, sink } = await stage({ mention: '@room' });
    for (const _ of [1, 2]) await sink.edit!(`!other:example.com ${event}`, critical, context);
    const [edit, again] = farEnd.received;
    expect(roomIn(edit!)).toBe('!other:example.com');
    expect(read(edit!)).toMatchObject({
      ...{
        'm.mentions': {},
        'm.relates_to': { rel_type: 'm.replace', event_id: event },
      },
      'm.new_content': { msgtype: 'm.text', 'm.mentions': { room: true } },
    });
    // Not as a part of what is there.
    expect(read(edit!)['m.mentions']).toEqual({});
    expect(read(edit!).body).toMatch(/^\* /);
    expect(transactionIn(again!)).not.toBe(transactionIn(edit!));
  });

  it('stands in the thread of its message, and once', async () => {
    const { farEnd, sink } = await stage();
    for (const _ of [1, 2]) await sink.reply!(`${room} ${event}`, message, context);
    const [reply, again] = farEnd.received;
    expect(read(reply!)['m.relates_to']).toEqual({
      ...{ rel_type: 'm.thread', event_id: event, is_falling_back: true },
      'm.in_reply_to': { event_id: event },
    });
    expect(transactionIn(again!)).toBe(transactionIn(reply!));
  });

  it.each(['', '-5/42', 'C000000EXAMPLE/1700000000.000100'])(
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
  [429, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 4_500 }, 'retry', 'rate_limited', 4_500],
  [429, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 'soon' }, 'retry', 'rate_limited'],
  [401, { errcode: 'M_UNKNOWN_TOKEN' }, 'reject_sink', 'auth'],
  [403, { errcode: 'M_FORBIDDEN' }, 'reject_sink', 'auth'],
  [413, { errcode: 'M_TOO_LARGE' }, 'reject_event', 'too_large'],
  [400, { errcode: 'M_TOO_LARGE' }, 'reject_event', 'too_large'],
  [400, { errcode: 'M_BAD_JSON' }, 'reject_event', 'rejected'],
  // The words of Synapse 1.163.
  [
    ...([400, { errcode: 'M_UNKNOWN', error: "Can't send relation to unknown event" }] as const),
    ...(['reject_event', 'gone'] as const),
  ],
  [400, { errcode: 'M_UNKNOWN', error: 'A fault' }, 'reject_event', 'rejected'],
  [404, { errcode: 'M_UNRECOGNIZED' }, 'reject_sink', 'bad_config'],
  [502, { errcode: 'M_FORBIDDEN' }, 'retry', 'server_error'],
  [200, { errcode: 'M_FORBIDDEN' }, 'reject_sink', 'bad_config'],
])('%i %j is %s, %s', async (status, body, outcome, reason, retryAfterMs) => {
  const { sink } = await stage({}, body, status);
  const error = await adapterError(sink.send(message, context));
  expect(error).toMatchObject({ outcome, reason, retryAfterMs });
});

describe('the check', () => {
  async function checked(state: [number, object], me: object = { user_id: '@soc:example.com' }) {
    const { farEnd, sink } = await stage();
    farEnd.answering(({ target }, response) => {
      const [status, body] = target.endsWith('/whoami') ? ([200, me] as const) : state;
      response.writeHead(status).end(JSON.stringify(body));
    });
    return { farEnd, sink };
  }

  it('passes in a room that is not encrypted, and writes nothing', async () => {
    const { farEnd, sink } = await checked([404, { errcode: 'M_NOT_FOUND' }]);
    await sink.check!(signal);
    expect((await sink.inspect!(signal, [])).tested).toContain(
      'knows @soc:example.com, which is in',
    );
    expect(new Set(farEnd.received.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  it.each<[[number, object], string, FailureReason]>([
    [[200, { algorithm: 'm.megolm.v1.aes-sha2' }], 'The room is encrypted', 'bad_config'],
    [[403, { errcode: 'M_FORBIDDEN' }], 'not in the room', 'auth'],
    [[404, { errcode: 'M_UNRECOGNIZED' }], 'nothing at this address', 'bad_config'],
    [[200, JSON.parse('"Sign in"')], 'not as Matrix does', 'bad_config'],
  ])('fails at %j', async (state, words, reason) => {
    const error = await adapterError((await checked(state)).sink.check!(signal));
    expect(error).toMatchObject({ outcome: 'reject_sink', reason });
    expect(error.message).toContain(words);
  });
});

test.each([
  [{ room: '#soc:example.com' }, 'is no id of a room, which begins with !'],
  [{ mention: '@ana' }, 'is no mention of Matrix: @name:server or @room'],
])('%j %s', (settings, problem) => {
  const url = 'https://matrix.example.com';
  const { error } = matrix.config.safeParse({ url, token, room, ...settings });
  expect(error?.issues.map(({ message }) => message)).toEqual([problem]);
});
