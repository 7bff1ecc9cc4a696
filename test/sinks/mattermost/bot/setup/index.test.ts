// The whole setup of a server: what it makes, that twice changes nothing, and what it leaves to an
// administrator.
import { expect, test } from 'vitest';
import { linesOf, publicUrl, settingOf, useSetups } from './setting-up.ts';

const stage = useSetups();

test('it makes all that a bot needs, and the bot can post by the token that it shows', async () => {
  const { server, run } = await stage();
  const report = await run();
  expect(linesOf(report)).toEqual([
    'right server: Its settings let all of this happen.',
    'done bot: Made @tocsin.',
    'done token: Made a token for @tocsin.',
    'right channel: secops/soc-alerts is there.',
    'done team: Added @tocsin to the team secops.',
    'done channel: Added @tocsin to secops/soc-alerts.',
    `done command: Made /tocsin in the team secops; it calls ${publicUrl}/chat/soc/command.`,
  ]);
  const token = settingOf(report, 'token');
  const answer = await fetch(`${server.url}/api/v4/posts`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify({ channel_id: server.channelId('soc-alerts'), message: 'hello' }),
  });
  expect(answer.status).toBe(201);
  expect(server.commands.get('tocsin')).toMatchObject({
    url: `${publicUrl}/chat/soc/command`,
    token: settingOf(report, 'command_token'),
  });
});

test('twice changes nothing', async () => {
  const { run, writes } = await stage();
  const first = await run();
  const before = writes().length;
  const settings = {
    token: settingOf(first, 'token'),
    command_token: settingOf(first, 'command_token'),
  };
  const second = await run({ settings });
  expect(second.steps.map(({ state }) => state)).toEqual(Array(6).fill('right'));
  expect(second.settings).toEqual([]);
  expect(writes()).toHaveLength(before);
});

test('a rehearsal changes nothing, and says what would be done', async () => {
  const { server, run, writes } = await stage();
  const report = await run({ isRehearsal: true, isHookWanted: true });
  expect(linesOf(report)).toEqual([
    'right server: Its settings let all of this happen.',
    'would bot: Made @tocsin.',
    'would token: Made a token for @tocsin.',
    'right channel: secops/soc-alerts is there.',
    'would incoming webhook: Made a webhook for secops/soc-alerts.',
    'would team: Added @tocsin to the team secops.',
    'would channel: Added @tocsin to secops/soc-alerts.',
    `would command: Made /tocsin in the team secops; it calls ${publicUrl}/chat/soc/command.`,
  ]);
  expect(report.settings).toEqual([]);
  expect(writes()).toEqual([]);
  expect(server.accountNamed('tocsin')).toBeUndefined();
});

test('without a token everything is said that an administrator must do, with its values', async () => {
  const { server, run } = await stage();
  const report = await run({ token: undefined });
  expect(new Set(report.steps.map(({ state }) => state))).toEqual(new Set(['todo']));
  const said = linesOf(report).join('\n');
  for (const words of [
    'EnableBotAccountCreation',
    'EnableCommands',
    'Add 127.0.0.1 to “Allow untrusted internal connections to” (AllowedUntrustedInternalConnections;',
    'make the bot @tocsin under Integrations → Bot Accounts',
    'Invite @tocsin to the team secops',
    'Write “/invite @tocsin” in the channel secops/soc-alerts.',
    `request URL ${publicUrl}/chat/soc/command; put the token that it shows into command_token of soc`,
  ])
    expect(said).toContain(words);
  expect(server.requests.total).toBe(0);
});

test('whoever is no administrator is told what one must do, and nothing is half done', async () => {
  const { server, run } = await stage();
  const { token } = server.addUser('ana');
  const report = await run({ token });
  const states = linesOf(report).map((line) => line.split(':')[0]);
  expect(states).toEqual([
    ...['todo server', 'todo bot', 'right channel', 'todo team', 'todo channel', 'todo command'],
  ]);
  expect(linesOf(report)[1]).toMatch(
    /^todo bot: 127\.0\.0\.1:\d+ answered 403 \(api\.context\.permissions\.app_error\)\. Set “Enable Bot/,
  );
  expect(report.settings).toEqual([]);
});

test('a token that the server refuses is said to be refused, and is in no text', async () => {
  const { run } = await stage();
  const token = 'wrongtokenwrongtokenwrong1';
  const report = await run({ token });
  expect(linesOf(report)[1]).toContain('answered 401 (api.context.session_expired.app_error)');
  expect(JSON.stringify(report)).not.toContain(token);
});

test('no secret is in a step', async () => {
  const { run, token } = await stage();
  const report = await run({ isHookWanted: true });
  const said = JSON.stringify(report.steps);
  expect(report.settings).toHaveLength(3);
  for (const secret of [token, ...report.settings.map(({ value }) => value)])
    expect(said).not.toContain(secret);
});

test('sinks of one server share a bot, and each channel gets it', async () => {
  const { server, run } = await stage();
  const report = await run({
    sinks: [
      { ofRoutes: [{ channel: 'secops/town-square' }] },
      { id: 'two', settings: { channel: 'secops/secret', people: undefined } },
    ],
  });
  const { id } = server.accountNamed('tocsin')!;
  for (const name of ['soc-alerts', 'town-square', 'secret'])
    expect(server.isMember(name, id), name).toBe(true);
  expect(report.settings).toMatchObject([
    { sinks: ['soc', 'two'], key: 'token' },
    { sinks: ['soc'], key: 'command_token' },
  ]);
});

test('a sink without a channel is said to lack it, and the others are set up', async () => {
  const { run } = await stage();
  const report = await run({ sinks: [{ id: 'half', settings: { channel: undefined } }, {}] });
  expect(linesOf(report)[0]).toBe(
    'todo sink: The sink half needs url and channel before anything can be set up for it.',
  );
  expect(settingOf(report, 'token')).toBeDefined();
});
