// The channel of the configuration: found by name or id, joined if it is public, and otherwise what
// an administrator must do.
import { describe, expect, it, test } from 'vitest';
import { adapterError } from '../../../contract/adapter-cases.ts';
import { callsOf, channel, contextOf, stageOf } from './bots.ts';

const { signal } = contextOf();

describe('the check', () => {
  it('posts nothing, and needs three requests', async () => {
    const { server, sink } = await stageOf();
    await sink.check!(signal);
    expect(server.posts).toEqual([]);
    expect(callsOf(server)).toEqual([
      'GET /users/me',
      `GET /teams/name/secops/channels/name/${channel}`,
      'GET /channels/…/members/me',
    ]);
  });

  it('knows a channel by its id as well', async () => {
    const { server, restarted } = await stageOf();
    await restarted({ channel: server.channelId(channel) }).check!(signal);
    await adapterError(restarted({ channel: 'x'.repeat(26) }).check!(signal));
  });

  it('joins a public channel by itself, once', async () => {
    const { server, restarted } = await stageOf();
    const sink = restarted({ channel: 'secops/town-square' });
    for (let n = 0; n < 2; n += 1) await sink.check!(signal);
    const joins = callsOf(server).filter((call) => call.startsWith('POST'));
    expect(joins).toEqual(['POST /channels/…/members']);
  });

  it('comes back after a bot was removed and a channel restored', async () => {
    const { server, sink, bot } = await stageOf();
    server.removeMember(channel, bot.id);
    await sink.check!(signal);
    server.archive(channel);
    expect(await adapterError(sink.check!(signal))).toMatchObject({ outcome: 'reject_sink' });
    server.restore(channel);
    await sink.check!(signal);
  });
});

test.each([
  ['a private channel', { channel: 'secops/board' }, /sees no channel secops\/board.*\/invite/],
  ['none of that name', { channel: 'secops/nowhere' }, /sees no channel secops\/nowhere/],
  ['another team', { channel: 'sales/security-alerts' }, /sees no channel/],
  ['a wrong token', { token: 'wrong-token-of-a-bot' }, /token is wrong/],
])('%s is refused with what to do', async (_, settings, words) => {
  const { restarted } = await stageOf({}, { privateChannels: ['board'] });
  const error = await adapterError(restarted(settings).check!(signal));
  expect(error).toMatchObject({ outcome: 'reject_sink', message: expect.stringMatching(words) });
});

test('a bot outside of the team sees nothing of its channels', async () => {
  const { server, restarted } = await stageOf();
  const stranger = server.addBot('stranger', { isInTeam: false });
  const sinks = ['secops/town-square', server.channelId('town-square')].map((where) =>
    restarted({ token: stranger.token, channel: where }),
  );
  for (const sink of sinks)
    expect((await adapterError(sink.check!(signal))).message).toMatch(/invite the bot to the team/);
});
