// The slash command: made once for each team, and led to where Tocsin is now.
import { expect, test } from 'vitest';
import { linesOf, publicUrl, settingOf, useSetups } from './setting-up.ts';

const stage = useSetups();
const url = `${publicUrl}/chat/soc/command`;
const command = (lines: readonly string[]) => lines.filter((line) => /^\w+ command:/.test(line));

test('a command that calls another address is led to this one, and keeps its token', async () => {
  const { server, run } = await stage();
  const { token } = server.addCommand('tocsin', 'https://old.example/cmd');
  const report = await run({ settings: { command_token: token } });
  expect(command(linesOf(report))).toEqual([
    `done command: Changed the address that /tocsin calls to ${url}.`,
  ]);
  expect(server.commands.get('tocsin')).toMatchObject({ url, token });
  expect(settingOf(report, 'command_token')).toBeUndefined();
});

test('the token of a command that is right is shown where the sink has another', async () => {
  const { server, run } = await stage();
  const { token } = server.addCommand('tocsin', url);
  const report = await run({ settings: { command_token: 'anothertoken' } });
  expect(command(linesOf(report))).toEqual([`right command: /tocsin calls ${url}.`]);
  expect(settingOf(report, 'command_token')).toBe(token);
});

test('where commands are switched off, the setting is named', async () => {
  const { run } = await stage({ settings: { EnableCommands: false } });
  const lines = linesOf(await run());
  expect(lines[0]).toContain('Set “Enable Custom Slash Commands” to true (EnableCommands;');
  expect(command(lines)[0]).toMatch(
    /^todo command: .* answered 501 \(api\.command\.disabled\.app_error\)\. Set “Enable Custom/,
  );
});

test('without PUBLIC_URL there is no command, and that is said', async () => {
  const { server, run } = await stage();
  expect(command(linesOf(await run({ publicUrl: undefined })))[0]).toMatch(
    /^todo command: Set PUBLIC_URL to the address .* it makes \/tocsin in the team secops\.$/,
  );
  expect(server.commands.size).toBe(0);
});

test('a team whose sinks nobody acts on gets none', async () => {
  const { run } = await stage();
  expect(command(linesOf(await run({ settings: { people: undefined } })))).toEqual([]);
});

test('of the sinks of a team one has the command: that which has its token', async () => {
  const { run } = await stage();
  const sinks = [{ id: 'a' }, { id: 'b', settings: { command_token: 'x'.repeat(26) } }];
  expect(command(linesOf(await run({ sinks })))).toEqual([
    `done command: Made /tocsin in the team secops; it calls ${publicUrl}/chat/b/command.`,
  ]);
});
