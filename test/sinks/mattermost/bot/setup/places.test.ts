// Teams and channels: the bot joins what is there, and what is not is said.
import { expect, test } from 'vitest';
import { linesOf, useSetups } from './setting-up.ts';

const stage = useSetups();

test('a channel by its id is found with its team', async () => {
  const { server, run } = await stage();
  const channel = server.channelId('soc-alerts');
  const said = linesOf(await run({ settings: { channel } }));
  expect(said).toContain(`right channel: ${channel} is there.`);
  expect(said).toContain(`done team: Added @tocsin to the team of the channel ${channel}.`);
});

test('a private channel, of which the administrator is no member, gets the bot', async () => {
  const { server, run } = await stage();
  const report = await run({ settings: { channel: 'secops/secret' } });
  expect(linesOf(report)).toContain('done channel: Added @tocsin to secops/secret.');
  expect(server.isMember('secret', server.accountNamed('tocsin')!.id)).toBe(true);
});

test('a channel that there is not, and one in the archive, are left to people', async () => {
  const { server, run } = await stage();
  server.archive('town-square');
  const said = linesOf(
    await run({
      sinks: [
        { settings: { channel: 'secops/sco-alerts' } },
        { settings: { channel: 'secops/town-square' } },
      ],
    }),
  );
  expect(said).toContain(
    'todo channel: There is no channel secops/sco-alerts. Make sure that there is a channel secops/sco-alerts, and that it is not archived.',
  );
  expect(said).toContainEqual(
    expect.stringMatching(/^todo channel: The channel secops\/town-square is archived\./),
  );
});
