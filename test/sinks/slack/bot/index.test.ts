// The sink slack_bot: the suite of all sinks, and what it does at a simulated Slack: cards, threads,
// edits, replies, and what each refusal means.
import { describe, expect, it, test } from 'vitest';
import { type Card, type CardState, word } from '../../../../src/kit/card.ts';
import { slackBot } from '../../../../src/sinks/slack/index.ts';
import { adapterError } from '../../../contract/adapter-cases.ts';
import { slackBotReading } from '../../../contract/readings.ts';
import type { HttpSinkHarness } from '../../../contract/sink-harness.ts';
import { describeSink } from '../../../contract/sink-suite.ts';
import type { Received } from '../../../support/far-end.ts';
import {
  cardsOf,
  channel,
  contextOf,
  messageNow,
  methodsOf,
  type Stage,
  sent,
  stageOf,
  textOf,
} from './bots.ts';

const channelId = 'C000000EXAMPLE';
const ts = '1700000000.000100';
const posted = { status: 200, body: JSON.stringify({ ok: true, channel: channelId, ts }) };

interface Body {
  readonly channel?: string;
  readonly ts?: string;
  readonly thread_ts?: string;
  readonly metadata?: {
    readonly event_payload: { readonly delivery_id?: string; readonly details_of?: string };
  };
}

/** What the far end of the suite answers besides: nothing was posted yet, and all is in order. */
function lookup({ target }: Received) {
  const [, method = ''] = /\/api\/([\w.]+)/.exec(target) ?? [];
  const said: Readonly<Record<string, object>> = {
    'auth.test': { user_id: 'U000000001', bot_id: 'B000000001' },
    'conversations.info': { channel: { is_member: true } },
    'conversations.history': { messages: [] },
    'conversations.replies': { messages: [] },
  };
  const found = said[method];
  return found && { status: 200, body: JSON.stringify({ ok: true, ...found }) };
}

const bodyOf = ({ body }: Received) => JSON.parse(body) as Body;

const harness = {
  config: (origin: string) => ({
    url: origin,
    token: 'xoxb-tttttttttttttttttttttttt11',
    channel: channelId,
    details: 'thread',
  }),
  success: posted,
  remote: {
    sample: `${channelId}/${ts}`,
    target(request: Received) {
      const { channel, ts: edited, thread_ts: root = edited } = bodyOf(request);
      return `${channel}/${root}`;
    },
    isReply: ({ target }: Received) => target.endsWith('/chat.postMessage'),
  },
} satisfies Partial<HttpSinkHarness>;

const ofOneRate = {
  'the origin is what is called':
    'each channel has a rate of its own, so each is an origin of its own',
};

describeSink(slackBot, {
  ...harness,
  ...slackBotReading(),
  as: 'whole cards',
  config: (origin) => ({ ...harness.config(origin), details: 'card' }),
  lookup,
  remote: harness.remote,
  skip: ofOneRate,
});

/** Of each card the reply with its details. */
const details = new Map<string, string>();

describeSink(slackBot, {
  ...harness,
  ...slackBotReading((body) =>
    details.get((JSON.parse(body) as Body).metadata?.event_payload.delivery_id ?? ''),
  ),
  as: 'details in a thread',
  lookup(request) {
    const found = lookup(request);
    if (found !== undefined) return found;
    const { delivery_id: card = '', details_of: of } =
      bodyOf(request).metadata?.event_payload ?? {};
    if (of === undefined) {
      details.delete(card);
      return undefined;
    }
    details.set(of, request.body);
    return posted;
  },
  remote: {
    ...harness.remote,
    edited: (card: Card) => ({ ...card, details: [] }),
  },
  skip: {
    ...ofOneRate,
    'what is said of the rate is passed on, with a refusal and with an acceptance':
      'the answer to the reply with the details is the last that speaks of the rate',
    'all three forms are accepted':
      'of a bare card nothing is below it, which the suite cannot tell from a smaller card',
  },
});

const resolved: CardState = { kind: 'resolved', text: [word('Resolved by ana')] };

describe('a card', () => {
  it('is one message, with its details as the one reply below it', async () => {
    const { slack, sink, bot } = await stageOf();
    const id = await sent(sink);
    const [card, below, ...more] = slack.messages;
    expect(more).toEqual([]);
    expect(id).toBe(`${slack.channelId(channel)}/${card!.ts}`);
    expect(card).toMatchObject({ botId: bot.botId, metadata: { event_type: 'tocsin_card' } });
    expect(card!.metadata!.event_payload).toEqual({
      ...{ delivery_id: 'soc-4711', event_id: 4711, source: 'di' },
    });
    expect(below).toMatchObject({ threadTs: card!.ts, attachments: [] });
    expect(textOf(card!)).not.toContain('C:\\Users');
    expect(textOf(below!)).toContain('C:\\Users');
    expect(methodsOf(slack)).toEqual(['chat.postMessage', 'chat.postMessage']);
  });

  it('has everything on it if that is asked, and goes where its route says', async () => {
    const { slack, bot, restarted } = await stageOf({}, { privateChannels: ['board'] });
    const sink = restarted({ details: 'card' });
    const settings = { channel: slack.channelId('board'), mention: '@U012AB3CD' };
    const error = await adapterError(sent(sink, { ...messageNow(), settings }));
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
    const other = slack.addBot('other', { channels: ['board'] });
    const severe = { ...messageNow({ severity: 5 }), settings };
    await sent(restarted({ details: 'card', token: other.token }), severe);
    expect(slack.messages).toHaveLength(1);
    expect(slack.messages[0]).toMatchObject({ channel: slack.channelId('board') });
    expect(textOf(slack.messages[0]!)).toContain('<@U012AB3CD>');
    expect(textOf(slack.messages[0]!)).toContain('C:\\Users');
    expect(bot.botId).not.toBe(other.botId);
  });

  it('asks for as much time as Slack wants between two messages of a channel', async () => {
    const { sink, restarted } = await stageOf();
    const { quota } = (await sink.send(messageNow(), contextOf()))!;
    expect(quota).toEqual({ limit: 1, remaining: 0, resetMs: 2_000 });
    const whole = restarted({ details: 'card' });
    expect((await whole.send(messageNow(), contextOf('soc-2')))!.quota!.resetMs).toBe(1_000);
  });

  it('of a channel has a rate of its own, and its place does not change with the token', async () => {
    const { sink, restarted } = await stageOf();
    expect(restarted({ channel: 'C0OTHER001' }).origin).not.toBe(sink.origin);
    expect(restarted({ token: 'xoxb-another-token-of-it' }).place).toBe(sink.place);
  });
});

describe('an edit', () => {
  it('keeps the place, the marks and the thread, and says what is true now', async () => {
    const { slack, sink } = await stageOf();
    const message = messageNow();
    const id = await sent(sink, message);
    const now = { ...message, card: { ...message.card, state: resolved } };
    expect(await sink.edit!(id, now, contextOf())).toMatchObject({ quota: { limit: 1 } });
    const [card, below] = slack.messages;
    expect(card).toMatchObject({ edits: 1, attachments: [{ color: '#1F7A3D' }] });
    expect(card!.metadata!.event_payload).toMatchObject({ delivery_id: 'soc-4711' });
    expect(textOf(card!)).toContain('\nResolved by ana');
    expect(below).toMatchObject({ threadTs: card!.ts, edits: 0 });
  });

  it('repeated is no edit', async () => {
    const { slack, sink } = await stageOf();
    const id = await sent(sink);
    const now = messageNow({}, { state: resolved });
    for (let n = 0; n < 3; n += 1) await sink.edit!(id, now, contextOf());
    expect(slack.messages[0]!.edits).toBe(1);
  });
});

describe('a reply', () => {
  it('stands below the card, has an id of its own, and pings nobody', async () => {
    const { slack, sink } = await stageOf({ mention: '!here', mention_from: 'LOW' });
    const id = await sent(sink);
    const told = messageNow({ id: 4712 }, { kind: 'news', headline: [word('Taken by ana')] });
    const receipt = await sink.reply!(id, told, contextOf('soc-4712'));
    const [card, , reply] = slack.messages;
    expect(reply).toMatchObject({ threadTs: card!.ts });
    expect(receipt!.remoteId).toBe(`${reply!.channel}/${reply!.ts}`);
    expect(textOf(reply!)).toContain('Taken by ana');
    expect(textOf(reply!)).not.toContain('<!here>');
  });

  it('follows the card into the channel where that is', async () => {
    const { slack, sink, restarted } = await stageOf({}, { channels: [channel, 'other'] });
    const id = await sent(sink);
    const elsewhere = restarted({ channel: slack.channelId('other') });
    const told = messageNow({ id: 4712 }, { kind: 'news' });
    await elsewhere.reply!(id, told, contextOf('soc-4712'));
    expect(slack.messages.at(-1)).toMatchObject({ channel: slack.channelId(channel) });
  });

  it('to a message that is gone does not stay in the channel, where Slack puts it', async () => {
    const { slack, sink } = await stageOf({ details: 'card' });
    const id = await sent(sink);
    slack.remove(channel, slack.messages[0]!.ts);
    const replied = sink.reply!(id, messageNow({ id: 2 }), contextOf('soc-2'));
    expect(await adapterError(replied)).toMatchObject({ outcome: 'reject_event', reason: 'gone' });
    expect(slack.messages).toEqual([]);
    expect(methodsOf(slack).slice(1)).toEqual(['chat.postMessage', 'chat.delete']);
  });

  it('to a message that is gone is no reason to try again, though it cannot be taken away', async () => {
    const { slack, sink } = await stageOf({ details: 'card' });
    const id = await sent(sink);
    slack.remove(channel, slack.messages[0]!.ts);
    slack.fail('reset_before', 1, (_body, call) => call.endsWith('chat.delete'));
    const replied = sink.reply!(id, messageNow({ id: 2 }), contextOf('soc-2'));
    expect(await adapterError(replied)).toMatchObject({ reason: 'gone' });
  });

  it('goes on in the thread of a card that was removed, for Slack keeps its place', async () => {
    const { slack, sink } = await stageOf();
    const id = await sent(sink);
    const { ts: root } = slack.messages[0]!;
    slack.remove(channel, root);
    await sink.reply!(id, messageNow({ id: 2 }), contextOf('soc-2'));
    expect(slack.messages.map(({ threadTs }) => threadTs)).toEqual([root, root]);
  });
});

type Arranged = (stage: Stage) => void;
const gone: Arranged = ({ slack }) => slack.remove(channel, slack.messages[0]!.ts);

const refusals: [string, Arranged, string, string, RegExp][] = [
  [
    'a revoked token',
    ({ slack, bot }) => slack.revoke(bot.token),
    'reject_sink',
    'auth',
    /token is wrong, expired or revoked/,
  ],
  [
    'an archived channel',
    ({ slack }) => slack.archive(channel),
    'reject_sink',
    'bad_config',
    /arc/,
  ],
  [
    'a rate',
    ({ slack }) => slack.fail({ status: 429, retryAfter: '30' }),
    'retry',
    'rate_limited',
    /./,
  ],
  [
    'a rate that comes with 200',
    ({ slack }) => slack.fail({ error: 'rate_limited' }),
    'retry',
    'rate_limited',
    /limits messages/,
  ],
  [
    'a fault of Slack',
    ({ slack }) => slack.fail({ error: 'fatal_error' }),
    'retry',
    'server_error',
    /fault/,
  ],
  ['a server that is down', ({ slack }) => slack.fail(503), 'retry', 'server_error', /503/],
  [
    'a login page',
    ({ slack }) => slack.fail('html'),
    'reject_sink',
    'bad_config',
    /not as Slack does/,
  ],
];

describe('a refusal', () => {
  test.each<[string, Arranged, string, string, RegExp]>([
    ...refusals,
    [
      'a bot that was removed',
      ({ slack, bot }) => slack.removeMember(channel, bot),
      'reject_sink',
      'auth',
      /\/invite @/,
    ],
  ])('of a new card by %s', async (_, arrange, outcome, reason, words) => {
    const stage = await stageOf();
    await sent(stage.sink);
    arrange(stage);
    const error = await adapterError(sent(stage.sink, messageNow({ id: 2 }), 'soc-2'));
    expect(error).toMatchObject({ outcome, reason, message: expect.stringMatching(words) });
    expect(error.message).not.toContain(stage.bot.token);
    expect(stage.slack.messages).toHaveLength(2);
  });

  describe.each(['edit', 'reply'] as const)('of an %s', (act) => {
    test.each(refusals)('by %s', async (_, arrange, outcome, reason) => {
      const stage = await stageOf();
      const id = await sent(stage.sink);
      arrange(stage);
      const acted = stage.sink[act]!(id, messageNow({ id: 2 }), contextOf('soc-2'));
      expect(await adapterError(acted)).toMatchObject({ outcome, reason });
      expect(stage.slack.messages).toHaveLength(2);
    });

    it('by an id that is none of Slack says that it is gone, and asks nothing', async () => {
      const { slack, sink } = await stageOf();
      for (const id of ['x'.repeat(26), 'C012AB3CD', 'C012AB3CD/1.2/3', '../auth.test/1.2']) {
        const acted = sink[act]!(id, messageNow(), contextOf());
        expect(await adapterError(acted)).toMatchObject({ reason: 'gone' });
      }
      expect(slack.calls).toEqual([]);
    });
  });

  test.each<[string, Arranged, string, RegExp]>([
    ['of a removed card', gone, 'gone', /was deleted/],
    ['once the workspace ended editing', ({ slack }) => slack.endEditing(), 'rejected', /this age/],
  ])('of an edit %s concerns that card alone', async (_, arrange, reason, words) => {
    const stage = await stageOf();
    const id = await sent(stage.sink);
    arrange(stage);
    const error = await adapterError(stage.sink.edit!(id, messageNow(), contextOf()));
    expect(error).toMatchObject({ outcome: 'reject_event', reason });
    expect(error.message).toMatch(words);
  });

  it('of an edit of a card of another app concerns that card alone', async () => {
    const { slack, sink, restarted } = await stageOf();
    const id = await sent(sink);
    const other = slack.addBot('other', { channels: [channel] });
    const edited = restarted({ token: other.token }).edit!(id, messageNow(), contextOf());
    expect(await adapterError(edited)).toMatchObject({ outcome: 'reject_event' });
  });

  it('of the details keeps the card, and the next attempt posts them alone', async () => {
    const { slack, sink } = await stageOf();
    slack.fail(429, 1, (body) => body.includes('details_of'));
    expect(await adapterError(sent(sink))).toMatchObject({ reason: 'rate_limited' });
    expect(slack.messages).toHaveLength(1);
    await sent(sink);
    expect(slack.messages.map(({ threadTs }) => threadTs)).toEqual([
      undefined,
      slack.messages[0]!.ts,
    ]);
  });
});

it('a card is posted once, though Slack failed after it took it', async () => {
  const { slack, sink } = await stageOf();
  slack.fail({ errorAfter: 'internal_error' });
  await adapterError(sent(sink));
  await sent(sink);
  expect(cardsOf(slack)).toHaveLength(1);
  expect(slack.messages).toHaveLength(2);
});
