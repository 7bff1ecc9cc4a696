// What an inspection says of a working bot, of the channels of routes, and of scopes that it lacks.
import { expect, test } from 'vitest';
import { adapterError } from '../../../contract/adapter-cases.ts';
import { channel, contextOf, stageOf } from './bots.ts';

const { signal } = contextOf();

test('a bot that lacks nothing', async () => {
  const { slack, sink } = await stageOf({ mention: '!here' });
  expect(await sink.inspect!(signal, [])).toEqual({
    tested: `answers, and knows @tocsin of Example, and may post into ${slack.channelId(channel)}. Not tried, since only a message shows it: whether the workspace lets it edit old messages; whether anybody answers to the mention`,
    remarks: [],
  });
});

test('channels of routes are looked at once each, and a refused one is a remark', async () => {
  const { slack, sink } = await stageOf({}, { channels: [channel, 'night'] });
  const night = slack.channelId('night');
  const routes = [
    { channel: night },
    { channel: night },
    {},
    { channel: slack.channelId(channel) },
  ];
  const { tested, remarks } = await sink.inspect!(signal, routes);
  expect(tested).not.toContain(night);
  expect(remarks).toEqual([
    expect.stringMatching(new RegExp(`^the channel ${night} of a route is refused: .*/invite @`)),
  ]);
});

test.each([
  ['chat:write', [/lacks the scope channels:read /, /lacks the scope channels:history,.* twice/]],
  ['chat:write channels:read', [/lacks the scope channels:history,.* twice/]],
  ['chat:write channels:read channels:history', []],
])('a bot with the scopes %s', async (scopes, remarks) => {
  const { sink } = await stageOf({}, { scopes: scopes.split(' ') });
  const said = await sink.inspect!(signal, []);
  expect(said.remarks).toHaveLength(remarks.length);
  for (const [n, words] of remarks.entries()) expect(said.remarks[n]).toMatch(words);
});

test('in a private channel, the scope of private channels counts', async () => {
  const { slack, restarted } = await stageOf({}, { privateChannels: ['board'] });
  const scopes = ['chat:write', 'channels:history', 'groups:read'];
  const { token } = slack.addBot('second', { channels: ['board'], scopes });
  const sink = restarted({ token, channel: slack.channelId('board') });
  const { remarks } = await sink.inspect!(signal, []);
  expect(remarks).toEqual([expect.stringContaining('the scope groups:history,')]);
});

test('a token that does not work fails the inspection', async () => {
  const { slack, bot, sink } = await stageOf();
  slack.revoke(bot.token);
  expect(await adapterError(sink.inspect!(signal, []))).toMatchObject({ reason: 'auth' });
});
