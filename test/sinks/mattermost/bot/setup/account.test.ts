// The bot account: found, made, enabled, or somebody else's; and its token.
import { expect, test } from 'vitest';
import { linesOf, settingOf, useSetups } from './setting-up.ts';

const stage = useSetups();

test('a bot whose token the sink has is taken as it is, under whatever name', async () => {
  const { server, run } = await stage();
  const { token } = server.addBot('alarm');
  const report = await run({ settings: { token } });
  expect(linesOf(report)).toContain('right bot: The token of soc works; it is that of @alarm.');
  expect(linesOf(report)).toContain('done channel: Added @alarm to secops/soc-alerts.');
  expect(server.accountNamed('tocsin')).toBeUndefined();
});

test('the token of a person works, and what that means is said', async () => {
  const { server, run } = await stage();
  const { token } = server.addUser('ana');
  const said = linesOf(await run({ settings: { token } })).join('\n');
  expect(said).toContain('It is a person’s account: cards end when that person leaves.');
});

test('a person who has the name is not made a bot', async () => {
  const { server, run } = await stage();
  server.addUser('tocsin');
  const report = await run();
  expect(linesOf(report)).toContain(
    'todo bot: @tocsin is a person’s account. Choose another name with --bot.',
  );
  expect(linesOf(await run({ account: 'alarm' }))).toContain('done bot: Made @alarm.');
});

test('a bot that was disabled is enabled', async () => {
  const { server, run } = await stage();
  const { id } = server.addBot('tocsin');
  server.setDisabled(id, true);
  expect(linesOf(await run())).toContain('done bot: Enabled @tocsin, which was disabled.');
  expect(server.accountNamed('tocsin')).toMatchObject({ isDisabled: false });
});

test('where no bots may be made, the setting is named and nobody joins', async () => {
  const { run, writes } = await stage({ settings: { EnableBotAccountCreation: false } });
  const report = await run({ settings: { people: undefined } });
  const said = linesOf(report);
  expect(said[0]).toContain('todo server: Set “Enable Bot Account Creation” to true');
  expect(said[1]).toContain('answered 403 (api.bot.create_disabled). Set “Enable Bot');
  expect(said.at(-1)).toBe(
    'todo channel: There is no bot yet. Write “/invite @tocsin” in the channel secops/soc-alerts.',
  );
  expect(writes()).toEqual(['POST /api/v4/bots']);
});

test('a token that was made before is not made again unless somebody asks for it', async () => {
  const { run } = await stage();
  const first = await run();
  const again = await run();
  expect(linesOf(again)).toContainEqual(
    expect.stringMatching(/^todo token: @tocsin has a token .* run this again with --new-token\.$/),
  );
  expect(settingOf(again, 'token')).toBeUndefined();
  const other = await run({ isNewToken: true });
  expect(settingOf(other, 'token')).not.toBe(settingOf(first, 'token'));
});

test('a token that was revoked is said to be refused, and a new one is made', async () => {
  const { server, run } = await stage();
  const { token } = server.addBot('tocsin');
  server.revoke(token);
  const report = await run({ settings: { token } });
  expect(linesOf(report)).toContain(
    'right bot: The server refuses the token of soc. @tocsin is there.',
  );
  expect(settingOf(report, 'token')).toBeDefined();
});
