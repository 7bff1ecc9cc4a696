// Whether the bot may post into a channel, as the check of the sink says it.
import { describe, expect, it, test } from 'vitest';
import { adapterError } from '../../../contract/adapter-cases.ts';
import { channel, contextOf, methodsOf, type Stage, stageOf } from './bots.ts';

const { signal } = contextOf();

describe('the check', () => {
  it('posts nothing, and passes where the bot may post', async () => {
    const { slack, sink } = await stageOf();
    await sink.check!(signal);
    expect(methodsOf(slack)).toEqual(['auth.test', 'conversations.info']);
    expect(slack.messages).toEqual([]);
  });

  test.each<[string, (stage: Stage) => void, string, RegExp]>([
    ['a revoked token', ({ slack, bot }) => slack.revoke(bot.token), 'auth', /revoked/],
    ['a bot outside', ({ slack, bot }) => slack.removeMember(channel, bot), 'auth', /\/invite @/],
    ['an archived channel', ({ slack }) => slack.archive(channel), 'bad_config', /archived/],
  ])('fails for %s', async (_, arrange, reason, words) => {
    const stage = await stageOf();
    await stage.sink.check!(signal);
    arrange(stage);
    const error = await adapterError(stage.sink.check!(signal));
    expect(error).toMatchObject({ outcome: 'reject_sink', reason });
    expect(error.message).toMatch(words);
  });

  it('fails for a channel that is not there, or private and without the bot', async () => {
    const { slack, restarted } = await stageOf({}, { privateChannels: ['board'] });
    for (const id of ['C0NOTTHERE', slack.channelId('board')]) {
      const error = await adapterError(restarted({ channel: id }).check!(signal));
      expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config' });
      expect(error.message).toMatch(/no such channel, or it is private/);
    }
  });

  it('passes for a token that may post and not look', async () => {
    const { sink } = await stageOf({}, { scopes: ['chat:write'] });
    await sink.check!(signal);
  });

  it('passes outside of a public channel for a token that may post there', async () => {
    const scopes = ['chat:write', 'chat:write.public', 'channels:read'];
    const { slack, bot, sink } = await stageOf({}, { scopes });
    slack.removeMember(channel, bot);
    await sink.check!(signal);
  });

  it('is tried again where Slack limits it', async () => {
    const { slack, sink } = await stageOf();
    slack.fail({ status: 429, retryAfter: '5' });
    expect(await adapterError(sink.check!(signal))).toMatchObject({ retryAfterMs: 5_000 });
  });
});
