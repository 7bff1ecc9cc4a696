// A card that was posted and not recorded is found again and not posted twice: after a lost answer,
// and by the process that comes after one that died. Nothing is searched where nobody died.
import { describe, expect, it, test } from 'vitest';
import { adapterError } from '../../../contract/adapter-cases.ts';
import { cardsOf, channel, contextOf, messageNow, methodsOf, sent, stageOf } from './bots.ts';

const minuteAgo = () => new Date(Date.now() - 60_000).toISOString();
const old = (more: object = {}) => ({ ...messageNow({ receivedAt: minuteAgo() }), ...more });
const maybe = () => ({ ...messageNow(), mayBeRepeated: true });

describe('a card whose answer was lost', () => {
  it('can be looked for without being posted', async () => {
    const { slack, sink } = await stageOf();
    const find = () => sink.find!(messageNow(), contextOf());
    expect(await find()).toBeUndefined();
    slack.fail('reset_after');
    await adapterError(sent(sink));
    expect(await find()).toBe(`${slack.channelId(channel)}/${slack.messages[0]!.ts}`);
    expect(slack.messages).toHaveLength(1);
  });

  it('is found by its delivery id, with its details', async () => {
    const { slack, sink } = await stageOf();
    slack.fail('reset_after');
    await adapterError(sent(sink));
    const id = await sent(sink, maybe());
    expect(id).toBe(`${slack.channelId(channel)}/${slack.messages[0]!.ts}`);
    expect(slack.messages.map(({ threadTs }) => threadTs)).toEqual([
      undefined,
      slack.messages[0]!.ts,
    ]);
    await sent(sink, maybe());
    expect(slack.messages).toHaveLength(2);
  });

  test.each([
    ['read history', ['chat:write']],
    ['read private history', ['chat:write', 'channels:read', 'groups:history']],
  ])('is posted again by a bot that may not %s, as by a webhook', async (_, scopes) => {
    const { slack, sink } = await stageOf({ details: 'card' }, { scopes });
    slack.fail('reset_after');
    await adapterError(sent(sink));
    await sent(sink, maybe());
    expect(cardsOf(slack)).toHaveLength(2);
  });

  it('is not posted while Slack does not say what is there', async () => {
    const { slack, sink } = await stageOf();
    slack.fail('reset_after');
    await adapterError(sent(sink));
    slack.fail({ error: 'internal_error' }, 1, (_body, call) => call.endsWith('.history'));
    expect(await adapterError(sent(sink, maybe()))).toMatchObject({ reason: 'server_error' });
    expect(slack.messages).toHaveLength(1);
  });
});

describe('after a process that died', () => {
  it('the next one finds what it posted, by one search for many', async () => {
    const { slack, sink, restarted } = await stageOf({ details: 'card' });
    for (let n = 0; n < 5; n += 1) await sent(sink, messageNow(), `soc-${n}`);
    const before = slack.calls.length;
    const next = restarted();
    for (let n = 3; n < 8; n += 1) await sent(next, old(), `soc-${n}`);
    expect(slack.messages).toHaveLength(8);
    expect(methodsOf(slack).slice(before)).toEqual([
      'conversations.history',
      'auth.test',
      ...Array.from({ length: 3 }, () => 'chat.postMessage'),
    ]);
  });

  it('the next one finds what was sent a moment ago, and searches but once', async () => {
    const { slack, sink, begun } = await stageOf({ details: 'card' });
    const id = await sent(sink);
    const next = begun();
    expect(await sent(next)).toBe(id);
    await sent(next, messageNow(), 'soc-4712');
    expect(slack.messages).toHaveLength(2);
    const searches = methodsOf(slack).filter((method) => method === 'conversations.history');
    expect(searches).toHaveLength(1);
  });

  it('finds it in each of several channels, and says that it may be out of date', async () => {
    const { slack, bot, sink, restarted } = await stageOf(
      { details: 'card' },
      { channels: [channel, 'other'] },
    );
    const { token } = slack.addBot('both', { channels: [channel, 'other'] });
    expect(token).not.toBe(bot.token);
    const first = restarted({ token });
    const elsewhere = { settings: { channel: slack.channelId('other') } };
    await sent(first, old(), 'soc-1');
    await sent(first, old(elsewhere), 'soc-3');
    const next = restarted({ token });
    expect(await next.send(old(), contextOf('soc-1'))).toMatchObject({ isEarlier: true });
    await sent(next, old(elsewhere), 'soc-3');
    expect(slack.messages).toHaveLength(2);
    expect(await next.send(old(), contextOf('soc-4'))).not.toHaveProperty('isEarlier');
    // Of the bot before it nothing counts.
    await sent(sink, old(), 'soc-1');
    expect(slack.messages).toHaveLength(4);
  });

  it('finds a reply in the thread', async () => {
    const { slack, sink, restarted } = await stageOf({ details: 'card' });
    const id = await sent(sink);
    const told = () => messageNow({ id: 4712, receivedAt: minuteAgo() }, { kind: 'news' });
    const first = await sink.reply!(id, told(), contextOf('soc-4712'));
    const again = await restarted().reply!(id, told(), contextOf('soc-4712'));
    expect(again).toMatchObject({ remoteId: first!.remoteId });
    expect(slack.messages).toHaveLength(2);
  });

  it('looks for no reply below a card that is gone', async () => {
    const { slack, sink } = await stageOf({ details: 'card' });
    const id = await sent(sink);
    slack.remove(channel, slack.messages[0]!.ts);
    const told = messageNow({ id: 4712, receivedAt: minuteAgo() }, { kind: 'news' });
    const replied = sink.reply!(id, told, contextOf('soc-4712'));
    expect(await adapterError(replied)).toMatchObject({ reason: 'gone' });
    expect(slack.messages).toEqual([]);
  });

  it('pages through what came since, and a reply of the same delivery is no card', async () => {
    const { slack, sink, restarted } = await stageOf({ details: 'card' });
    const id = await sent(sink);
    const other = restarted({ token: slack.addBot('other', { channels: [channel] }).token });
    for (let n = 0; n < 120; n += 1) await sent(other, messageNow(), `other-${n}`);
    await sink.reply!(id, messageNow({}, { kind: 'news' }), contextOf('soc-4711'));
    const before = slack.calls.length;
    expect(await sent(restarted(), old())).toBe(id);
    const searches = methodsOf(slack)
      .slice(before)
      .filter((method) => method === 'conversations.history');
    expect(searches).toHaveLength(2);
  });
});

it('what is sent at once costs no search, and neither does a backlog while it is sent', async () => {
  const { slack, sink } = await stageOf({ details: 'card' });
  await sent(sink, messageNow(), 'soc-1');
  for (let n = 2; n < 6; n += 1) await sent(sink, old(), `soc-${n}`);
  const searches = methodsOf(slack).filter((method) => method === 'conversations.history');
  expect(searches, 'one, for the first old event in this channel').toHaveLength(1);
});
