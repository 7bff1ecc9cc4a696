// The sink mattermost_bot: the suite of all sinks, and what it does at a server that behaves as the
// real one was seen to: cards, threads, edits, replies, and what each refusal means.
import { describe, expect, it, test } from 'vitest';
import { type Card, type CardState, word } from '../../../../src/kit/card.ts';
import { mattermostBot } from '../../../../src/sinks/mattermost/index.ts';
import { adapterError } from '../../../contract/adapter-cases.ts';
import { mattermostBotReading } from '../../../contract/readings.ts';
import type { HttpSinkHarness } from '../../../contract/sink-harness.ts';
import { describeSink } from '../../../contract/sink-suite.ts';
import type { Received } from '../../../support/far-end.ts';
import { callsOf, channel, contextOf, messageNow, type Stage, sent, stageOf } from './bots.ts';

const postId = 'ppppppppppppppppppppppp111';
const channelId = 'ccccccccccccccccccccccc111';
const posted = { status: 201, body: JSON.stringify({ id: postId }) };

interface Body {
  readonly root_id?: string;
  readonly props?: { readonly tocsin?: { delivery_id?: string; details_of?: string } };
}

/** What the far end of the suite answers besides: nothing was posted yet, and all is in order. */
function lookup({ method, target }: Received) {
  if (method !== 'GET') return undefined;
  if (target.endsWith('/users/me')) return { status: 200, body: '{"id":"bot"}' };
  if (/\/(?:thread|posts\?.*)$/.test(target))
    return { status: 200, body: '{"order":[],"posts":{}}' };
  return { status: 200, body: JSON.stringify({ id: target.split('/').at(-1), channel_id: 'x' }) };
}

const harness = {
  config: (origin: string) => ({
    url: origin,
    token: 'tttttttttttttttttttttttt11',
    command_token: 'ssssssssssssssssssssssss22',
    channel: channelId,
  }),
  success: posted,
  remote: {
    target: ({ target, body }: Received) =>
      /\/posts\/([a-z0-9]+)\/patch$/.exec(target)?.[1] ?? (JSON.parse(body) as Body).root_id,
    isReply: ({ method }: Received) => method === 'POST',
  },
} satisfies Partial<HttpSinkHarness>;

describeSink(mattermostBot, {
  ...harness,
  ...mattermostBotReading(),
  as: 'whole cards',
  config: (origin) => ({ ...harness.config(origin), details: 'card' }),
  lookup,
  remote: harness.remote,
});

/** Of each card the reply with its details. */
const details = new Map<string, string>();

describeSink(mattermostBot, {
  ...harness,
  ...mattermostBotReading((body) =>
    details.get((JSON.parse(body) as Body).props?.tocsin?.delivery_id ?? ''),
  ),
  as: 'details in a thread',
  lookup(request) {
    const { delivery_id: card = '', details_of: of } =
      request.method === 'GET' ? {} : ((JSON.parse(request.body) as Body).props?.tocsin ?? {});
    if (of === undefined) {
      details.delete(card);
      return lookup(request);
    }
    details.set(of, request.body);
    return posted;
  },
  remote: {
    ...harness.remote,
    edited: (card: Card) => ({ ...card, details: [] }),
  },
  skip: {
    'what is said of the rate is passed on, with a refusal and with an acceptance':
      'a card and its details are two requests, so it says half of the rate',
    'all three forms are accepted':
      'of a bare card nothing is below it, which the suite cannot tell from a smaller card',
  },
});

const resolved: CardState = { kind: 'resolved', text: [word('Resolved by ana')] };
const [acknowledge, url] = [
  { name: 'acknowledge', label: 'Acknowledge', token: 'token-of-a-button' },
  'https://tocsin.example/chat/soc/actions',
];

describe('a card', () => {
  it('is one post, with its details as the one reply below it', async () => {
    const { server, sink, bot } = await stageOf();
    const id = await sent(sink);
    const [card, details, ...more] = server.posts;
    expect(more).toEqual([]);
    expect(card).toMatchObject({ id, userId: bot.id, channel, deliveryId: 'soc-4711' });
    expect(card!.props.tocsin).toEqual({ delivery_id: 'soc-4711', event_id: 4711, source: 'di' });
    expect(details).toMatchObject({ rootId: id, text: '' });
    expect(card!.attachments[0]!.text).not.toContain('C:\\Users');
    expect(details!.attachments[0]!.text).toContain('C:\\Users');
    expect(callsOf(server)).toEqual([
      'GET /teams/name/secops/channels/name/security-alerts',
      'POST /posts',
      'POST /posts',
    ]);
  });

  it('finds its channel once', async () => {
    const { server, sink } = await stageOf({ details: 'card' });
    for (let n = 0; n < 3; n += 1) await sent(sink, messageNow(), `soc-${n}`);
    expect(callsOf(server).slice(1)).toEqual(['POST /posts', 'POST /posts', 'POST /posts']);
  });

  it('has everything on it if that is asked, and goes where its route says', async () => {
    const { server, bot, sink } = await stageOf({ details: 'card' });
    const settings = { channel: 'secops/town-square', mention: '@lead', pin: 'CRITICAL' };
    await expect(sent(sink, { ...messageNow(), settings })).rejects.toThrow(/no member/);
    await sink.inspect!(contextOf().signal, [settings]);
    await sent(sink, { ...messageNow({ severity: 5 }), settings });
    expect(server.posts).toHaveLength(1);
    expect(server.posts[0]).toMatchObject({ channel: 'town-square', isPinned: true });
    expect(server.posts[0]).toMatchObject({ mentions: ['@lead'], priority: 'urgent' });
    expect(server.posts[0]).toMatchObject({ userId: bot.id });
  });

  it('goes out without a priority that the server refuses', async () => {
    const { server, sink } = await stageOf({}, { takesPriority: false });
    for (let n = 0; n < 2; n += 1) await sent(sink, messageNow({ severity: 5 }), `soc-${n}`);
    expect(server.posts.filter(({ rootId }) => rootId === undefined)).toHaveLength(2);
    expect(server.posts[0]!.priority).toBeUndefined();
  });

  it('has buttons that call us with their token, which nobody can read', async () => {
    const { server, sink } = await stageOf();
    await sent(sink, { ...messageNow({}, { actions: [acknowledge] }), actionsUrl: url });
    expect(server.posts[0]!.attachments[0]!.actions).toEqual([
      {
        ...{ id: 'acknowledge', name: 'Acknowledge', type: 'button' },
        integration: { url, context: { token: 'token-of-a-button' } },
      },
    ]);
  });

  it('never holds U+0000, which the server refuses for ever', async () => {
    const { server, sink } = await stageOf();
    await sent(sink, messageNow({ body: { device: { name: 'PC\0-1' }, user: '\0' } }));
    expect(server.posts).not.toEqual([]);
  });
});

describe('an edit', () => {
  it('keeps the id, the marks, the thread and the buttons, and says what is true now', async () => {
    const { server, sink } = await stageOf({ pin: 'HIGH' });
    const message = { ...messageNow({}, { actions: [acknowledge] }), actionsUrl: url };
    const id = await sent(sink, message);
    const now = { ...message, card: { ...message.card, state: resolved } };
    await sink.edit!(id, now, contextOf());
    const [card, details] = server.posts;
    expect(card).toMatchObject({ id, edits: 1, isPinned: false, deliveryId: 'soc-4711' });
    expect(card!.text).toContain('\nResolved by ana');
    expect(card!.props).toMatchObject({ from_bot: 'true' });
    expect(card!.attachments[0]).toMatchObject({ color: '#1F7A3D' });
    const press = { id: 'acknowledge', integration: { context: { token: 'token-of-a-button' } } };
    expect(card!.attachments[0]!.actions).toMatchObject([press]);
    expect(details).toMatchObject({ rootId: id });
  });

  it('repeated is no edit', async () => {
    const { server, sink } = await stageOf();
    const id = await sent(sink);
    const now = messageNow({}, { state: resolved });
    for (let n = 0; n < 3; n += 1) await sink.edit!(id, now, contextOf());
    expect(server.posts[0]!.edits).toBe(1);
  });
});

describe('a reply', () => {
  it('stands below the card, has an id of its own, and pings nobody', async () => {
    const { server, sink } = await stageOf({ mention: '@soc', mention_from: 'LOW' });
    const id = await sent(sink);
    const told = messageNow({ id: 4712 }, { kind: 'news', headline: [word('Taken by ana')] });
    const receipt = await sink.reply!(id, told, contextOf('soc-4712'));
    expect(server.posts[2]).toMatchObject({
      ...{ id: receipt!.remoteId, rootId: id, deliveryId: 'soc-4712', mentions: [] },
      text: expect.stringContaining('Taken by ana'),
    });
  });

  it('follows the card into the channel where that is', async () => {
    const { server, sink, bot, restarted } = await stageOf();
    const id = await sent(sink);
    await server.addUser('root');
    const elsewhere = restarted({ channel: 'secops/town-square' });
    await elsewhere.check!(contextOf().signal);
    await elsewhere.reply!(id, messageNow({ id: 4712 }, { kind: 'news' }), contextOf('soc-4712'));
    expect(server.posts.at(-1)).toMatchObject({ rootId: id, channel, userId: bot.id });
  });
});

type Arranged = (stage: Stage, id: string) => Promise<unknown> | unknown;

const remove = (stage: Stage, id: string) =>
  fetch(`${stage.server.url}/api/v4/posts/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${stage.bot.token}` },
  });

describe('a refusal', () => {
  test.each<[string, Arranged, string, string, RegExp]>([
    [
      'a revoked token',
      ({ server, bot }) => server.revoke(bot.token),
      'reject_sink',
      'auth',
      /token is wrong or was revoked/,
    ],
    [
      'a bot that was removed',
      ({ server, bot }) => server.removeMember(channel, bot.id),
      'reject_sink',
      'auth',
      /invite @bot/,
    ],
    [
      'an archived channel',
      ({ server }) => server.archive(channel),
      'reject_sink',
      'bad_config',
      /archived/,
    ],
    ['a full server', ({ server }) => server.fail(503, 9), 'retry', 'server_error', /503/],
  ])('of a new card by %s', async (_, arrange, outcome, reason, words) => {
    const stage = await stageOf();
    const id = await sent(stage.sink);
    await arrange(stage, id);
    const error = await adapterError(sent(stage.sink, messageNow({ id: 2 }), 'soc-2'));
    expect(error).toMatchObject({ outcome, reason, message: expect.stringMatching(words) });
    expect(error.message).not.toContain(stage.bot.token);
  });

  describe.each(['edit', 'reply'] as const)('of an %s', (act) => {
    const cases: [string, Arranged, string, string][] = [
      ['a deleted post', remove, 'reject_event', 'gone'],
      ['a revoked token', ({ server, bot }) => server.revoke(bot.token), 'reject_sink', 'auth'],
      ['an archived channel', ({ server }) => server.archive(channel), 'reject_sink', 'bad_config'],
      ['a server that is down', ({ server }) => server.fail(503, 9), 'retry', 'server_error'],
    ];
    test.each(cases)('by %s', async (_, arrange, outcome, reason) => {
      const stage = await stageOf();
      const id = await sent(stage.sink);
      await arrange(stage, id);
      const acted = stage.sink[act]!(id, messageNow({ id: 2 }), contextOf('soc-2'));
      expect(await adapterError(acted)).toMatchObject({ outcome, reason });
      expect(stage.server.posts).toHaveLength(2);
    });

    it('of a post that never was says that it is gone', async () => {
      const { sink } = await stageOf();
      const acted = sink[act]!('x'.repeat(26), messageNow(), contextOf());
      expect(await adapterError(acted)).toMatchObject({ outcome: 'reject_event', reason: 'gone' });
    });

    it('in a private channel that the bot was taken out of is a fault of the sink', async () => {
      const stage = await stageOf({ channel: 'secops/board' }, { privateChannels: ['board'] });
      const bot = stage.server.addBot('second', { channels: ['board'] });
      const sink = stage.restarted({ token: bot.token });
      const id = await sent(sink);
      stage.server.removeMember('board', bot.id);
      const acted = sink[act]!(id, messageNow({ id: 2 }), contextOf('soc-2'));
      expect(await adapterError(acted)).toMatchObject({ outcome: 'reject_sink', status: 403 });
    });
  });

  it('of an edit is not repeated once the bot is in the channel again', async () => {
    const { server, sink, bot } = await stageOf();
    const id = await sent(sink);
    server.removeMember(channel, bot.id);
    const edit = () => sink.edit!(id, messageNow({}, { state: resolved }), contextOf());
    expect(await adapterError(edit())).toMatchObject({ outcome: 'reject_sink', status: 403 });
    await sink.check!(contextOf().signal);
    await edit();
    expect(server.posts[0]!.edits).toBe(1);
  });

  it('of the details keeps the card, and the next attempt posts them alone', async () => {
    const { server, sink } = await stageOf();
    server.fail(429, 1, (body) => body.includes('details_of'));
    const error = await adapterError(sent(sink));
    expect(error).toMatchObject({ outcome: 'retry', reason: 'rate_limited' });
    expect(server.posts).toHaveLength(1);
    const id = await sent(sink);
    expect(server.posts.map(({ rootId }) => rootId)).toEqual([undefined, id]);
  });
});

describe('who may press', () => {
  it('is nobody, unless the setting says who', async () => {
    const { sink, restarted } = await stageOf();
    expect(sink.chat).toBeUndefined();
    expect(restarted({ people: [{ username: 'ana' }] }).chat!.people).toEqual([
      { username: 'ana', role: 'operate' },
    ]);
  });

  it('is known by the membership of the channel', async () => {
    const { server, restarted, bot } = await stageOf();
    const { chat } = restarted({ people: 'members' });
    const { signal } = contextOf();
    const [ana, bob] = [server.addUser('ana', { channels: [channel] }), server.addUser('bob')];
    expect(await chat!.isMember!(ana.id, signal)).toBe(true);
    expect(await chat!.isMember!(bob.id, signal)).toBe(false);
    // The server's own name for the bot, which is in the channel.
    expect(await chat!.isMember!('me', signal)).toBe(false);
    server.revoke(bot.token);
    await adapterError(chat!.isMember!(ana.id, signal));
  });

  it('is known by an address that the server verified, where it tells the bot so', async () => {
    const { server, restarted } = await stageOf();
    const { token } = server.addBot('root-bot', { isAdmin: true });
    const people = [{ email: 'ana@example.com' }];
    const { signal } = contextOf();
    const emailOf = (id: string, settings = { token } as object) =>
      restarted({ people, ...settings }).chat!.emailOf!(id, signal);
    const ana = server.addUser('ana', { email: 'ana@example.com' });
    const bob = server.addUser('bob', { email: 'bob@example.com', isEmailUnverified: true });
    expect(await emailOf(ana.id)).toBe('ana@example.com');
    expect(await emailOf(bob.id)).toBeUndefined();
    expect(await emailOf('x'.repeat(26))).toBeUndefined();
    expect(await emailOf('me')).toBeUndefined();
    // An ordinary bot sees the address, and not whether it is verified.
    expect(await emailOf(ana.id, {})).toBeUndefined();
    server.fail(500);
    await adapterError(emailOf(ana.id));
  });
});

test('the rate that is reported twice for a user and an address counts once', async () => {
  const { server, sink } = await stageOf(
    { details: 'card' },
    { rateLimit: { perSecond: 10, burst: 100 } },
  );
  const receipt = await sink.send(messageNow(), contextOf());
  expect(receipt!.quota).toMatchObject({ limit: 101 });
  expect(server.requests.statuses[201]).toBe(1);
});
