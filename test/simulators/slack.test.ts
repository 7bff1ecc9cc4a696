// The simulated Slack answers as Slack documents it, and as users of it saw. What the bot's tests
// stand on.
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { type SlackBot, type SlackOptions, startSlack } from '../../simulators/slack/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: whatever Slack says
type Said = any;

async function start(options: SlackOptions = {}, scopes?: readonly string[]) {
  const slack = await startSlack(options);
  onTestFinished(() => slack.close());
  const bot = slack.addBot('tocsin', { channels: ['soc-alerts'], ...(scopes && { scopes }) });
  const channel = slack.channelId('soc-alerts');
  const ask = async (method: string, body: object = {}, by: Pick<SlackBot, 'token'> = bot) => {
    const answer = await fetch(`${slack.url}/api/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${by.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, said: (await answer.json()) as Said };
  };
  const post = async (more: object = {}, by?: SlackBot): Promise<Said> =>
    (await ask('chat.postMessage', { channel, text: 'CARD', ...more }, by)).said;
  return { slack, bot, channel, ask, post };
}

describe('who may do what', () => {
  it('refuses a token that it does not know with 200 and a code', async () => {
    const { ask } = await start();
    const { status, said } = await ask('auth.test', {}, { token: 'xoxb-nobody' });
    expect([status, said]).toEqual([200, { ok: false, error: 'invalid_auth' }]);
  });

  it('says who the bot is, and in a header what its token allows', async () => {
    const { ask, bot } = await start();
    const { said, headers } = await ask('auth.test');
    expect(said).toMatchObject({ ok: true, user_id: bot.userId, bot_id: bot.botId });
    expect(headers.get('x-oauth-scopes')).toContain('chat:write');
  });

  test.each([
    ['chat.postMessage', 'chat:write'],
    ['conversations.info', 'channels:read'],
    ['conversations.history', 'channels:history'],
  ])('%s needs %s', async (method, needed) => {
    const { ask, channel } = await start({}, []);
    const { said } = await ask(method, { channel, text: 'x' });
    expect(said).toMatchObject({ ok: false, error: 'missing_scope', needed });
  });

  it('hides a private channel from whoever is not in it, and says so of a public one', async () => {
    const { slack, bot, post } = await start({ privateChannels: ['board'] });
    expect(await post({ channel: slack.channelId('board') })).toMatchObject({
      error: 'channel_not_found',
    });
    slack.removeMember('soc-alerts', bot);
    expect(await post()).toMatchObject({ error: 'not_in_channel' });
  });

  it('takes nothing for an archived channel', async () => {
    const { slack, ask, channel, post } = await start();
    const { ts } = await post();
    slack.archive('soc-alerts');
    expect(await post()).toMatchObject({ error: 'is_archived' });
    const { said } = await ask('chat.update', { channel, ts, text: 'x' });
    expect(said).toMatchObject({ error: 'is_inactive' });
  });

  it('knows no other method, and no other path', async () => {
    const { slack, ask } = await start();
    expect((await ask('users.list')).said).toEqual({ ok: false, error: 'unknown_method' });
    expect((await fetch(`${slack.url}/apis`)).status).toBe(404);
  });
});

describe('the content of a message', () => {
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
  test.each<[string, object, string]>([
    ['nothing', { text: '' }, 'no_text'],
    ['a section of 3,001 letters', { blocks: [section('x'.repeat(3_001))] }, 'invalid_blocks'],
    ['51 blocks', { blocks: Array(51).fill(section('x')) }, 'invalid_blocks'],
    ['an unknown block', { blocks: [{ type: 'sector' }] }, 'invalid_blocks'],
    [
      'an empty text in an attachment',
      { attachments: [{ blocks: [section('')] }] },
      'invalid_blocks',
    ],
    [
      'too many letters',
      { blocks: Array(5).fill(section('x'.repeat(2_900))) },
      'msg_blocks_too_long',
    ],
    ['metadata without a type', { metadata: { event_payload: {} } }, 'invalid_arguments'],
  ])('%s is refused', async (_, more, error) => {
    const { slack, post } = await start();
    expect(await post(more)).toEqual({ ok: false, error });
    expect(slack.messages).toEqual([]);
  });
});

describe('an edit', () => {
  it('keeps what it does not name, and the same again is none', async () => {
    const { slack, ask, channel, post } = await start();
    const metadata = { event_type: 'card', event_payload: { id: '1' } };
    const { ts } = await post({ metadata, attachments: [{ color: '#000000' }] });
    for (let n = 0; n < 2; n += 1) await ask('chat.update', { channel, ts, text: 'NEW' });
    expect(slack.messages).toMatchObject([
      { text: 'NEW', metadata, attachments: [{ color: '#000000' }], edits: 1 },
    ]);
  });

  it('of another bot, of nothing, or once editing is over, is refused', async () => {
    const { slack, ask, channel, post } = await start();
    const { ts } = await post();
    const other = slack.addBot('other', { channels: ['soc-alerts'] });
    const edit = async (at: string, by?: SlackBot) =>
      (await ask('chat.update', { channel, ts: at, text: 'x' }, by)).said.error;
    expect(await edit(ts, other)).toBe('cant_update_message');
    expect(await edit('1.2')).toBe('message_not_found');
    slack.endEditing();
    expect(await edit(ts)).toBe('edit_window_closed');
  });
});

describe('a thread', () => {
  it('goes on below the place of a message that was removed', async () => {
    const { slack, ask, channel, post } = await start();
    const { ts } = await post();
    await post({ thread_ts: ts });
    slack.remove('soc-alerts', ts);
    expect((await post({ thread_ts: ts })).message).toMatchObject({ thread_ts: ts });
    const { said } = await ask('conversations.replies', { channel, ts });
    expect(said.messages[0]).toMatchObject({ subtype: 'tombstone' });
    expect(said.messages).toHaveLength(3);
  });

  it('of a message that is gone is none: the reply stands in the channel, without a word', async () => {
    const { slack, ask, channel, post } = await start();
    const { ts } = await post();
    slack.remove('soc-alerts', ts);
    const { ok, message } = await post({ thread_ts: ts });
    expect([ok, message.thread_ts]).toEqual([true, undefined]);
    const { said } = await ask('conversations.replies', { channel, ts });
    expect(said.error).toBe('thread_not_found');
  });
});

test('the history is newest first, in pages, without replies, and has metadata if asked', async () => {
  const { ask, channel, post } = await start();
  const metadata = { event_type: 'card', event_payload: { id: '1' } };
  const first = await post({ metadata });
  await post({ thread_ts: first.ts });
  for (let n = 0; n < 3; n += 1) await post({ text: `${n}` });
  const page = async (more: object) =>
    (await ask('conversations.history', { channel, limit: 3, ...more })).said;
  const { messages, has_more, response_metadata: next } = await page({});
  expect(messages.map(({ text }: Said) => text)).toEqual(['2', '1', '0']);
  expect(has_more).toBe(true);
  const last = await page({ cursor: next.next_cursor, include_all_metadata: true });
  expect(last).toMatchObject({ messages: [{ metadata }], response_metadata: { next_cursor: '' } });
  expect((await page({ cursor: next.next_cursor })).messages[0]).not.toHaveProperty('metadata');
  expect((await page({ oldest: messages[1].ts })).messages).toHaveLength(1);
});

describe('a fault', () => {
  it('comes once, and is over', async () => {
    const { slack, post } = await start();
    slack.fail({ error: 'internal_error' });
    expect(await post()).toEqual({ ok: false, error: 'internal_error' });
    expect(await post()).toMatchObject({ ok: true });
  });

  it('may come after the message was taken', async () => {
    const { slack, post } = await start();
    slack.fail({ errorAfter: 'fatal_error' });
    expect(await post()).toEqual({ ok: false, error: 'fatal_error' });
    slack.fail('reset_after');
    await expect(post()).rejects.toThrow();
    expect(slack.messages).toHaveLength(2);
  });
});
