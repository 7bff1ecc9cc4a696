// What `tocsin check` says of a bot: where it may post, and what an administrator must do.
import { expect, it, test } from 'vitest';
import { adapterError } from '../../../contract/adapter-cases.ts';
import { contextOf, stageOf } from './bots.ts';

const { signal } = contextOf();

it('names the bot and its channels, those of routes too, and posts nothing', async () => {
  const { server, sink } = await stageOf({ mention: '@soc' }, { privateChannels: ['board'] });
  const routes = [{ channel: 'secops/town-square' }, { channel: 'secops/board' }, {}];
  const { tested, remarks } = await sink.inspect!(signal, routes);
  expect(tested).toBe(
    'answers, knows @tocsin-bot, and lets it post into secops/security-alerts, secops/town-square. Not tried, since only a post shows it: whether the bot may edit its own posts; whether anybody answers to the mention; the priority of CRITICAL cards',
  );
  expect(remarks).toEqual([
    expect.stringMatching(/^the channel secops\/board of a route is refused: .*sees no channel/),
  ]);
  expect(server.posts).toEqual([]);
});

test('a token of a person works, and is a remark', async () => {
  const { server, restarted } = await stageOf();
  const ana = server.addUser('ana', { channels: ['security-alerts'] });
  const { remarks } = await restarted({ token: ana.token }).inspect!(signal, []);
  expect(remarks).toEqual([expect.stringContaining('a person and no bot')]);
});

test('it fails where the check fails', async () => {
  const { server, sink, bot } = await stageOf();
  server.revoke(bot.token);
  expect(await adapterError(sink.inspect!(signal, []))).toMatchObject({ status: 401 });
});
