// The settings of the bot: what is refused, with a reason that repeats no secret.
import { describe, expect, test } from 'vitest';
import { reaches } from '../../../../src/sinks/mattermost/bot/config.ts';
import { mattermostBot } from '../../../../src/sinks/mattermost/index.ts';

const usual = {
  ...{ url: 'https://chat.example.com', token: 'tttttttttttttttttttttttt11' },
  channel: 'secops/soc-alerts',
};
const parse = (more: object) => mattermostBot.config.safeParse({ ...usual, ...more });

describe('the settings', () => {
  test.each([
    ['https://chat.example.com/hooks/abc', /leave out \/hooks/],
    ['https://chat.example.com/api/v4', /leave out/],
    ['https://chat.example.com?x=1', /something behind/],
    ['chat.example.com', /is no URL/],
    ['https://u:p@chat.example.com', /a user or a password/],
  ])('refuse the address %s', (url, why) => {
    expect(parse({ url }).error?.issues[0]?.message).toMatch(why);
  });

  test.each([
    ['https://chat.example.com/', 'https://chat.example.com'],
    [' https://example.com/chat//\n', 'https://example.com/chat'],
  ])('take the address %j as %s', (url, taken) => {
    expect(parse({ url }).data?.url).toBe(taken);
  });

  test.each(['soc-alerts', '#soc-alerts', 'secops/', 'a/b/c', '@ana', 'x'.repeat(27)])(
    'refuse the channel %s and say how one is written',
    (channel) => {
      expect(parse({ channel }).error?.issues[0]?.message).toMatch(/names of team and channel/);
    },
  );

  test.each(['secops/soc-alerts', 'x'.repeat(26)])('take the channel %s', (channel) => {
    expect(parse({ channel }).success).toBe(true);
  });

  test('refuse a token with a blank, and do not repeat it', () => {
    const { error } = parse({ token: 'tttttttttttt tttttttttttt' });
    expect(error?.issues[0]?.message).toMatch(/is no access token/);
    expect(error?.message).not.toContain('tttt');
  });

  test.each([{ details: 'both' }, { pin: 'UNKNOWN' }, { mention: 'soc' }, { card: 'tall' }])(
    'refuse %o',
    (more) => {
      expect(parse(more).success).toBe(false);
    },
  );

  test('give a card with a thread, unpinned, if nothing is said', () => {
    const { data } = parse({});
    expect(data).toMatchObject({ details: 'thread', card: 'compact', priority: true });
    expect(data).not.toHaveProperty('pin');
  });
});

test.each([
  [5, 'CRITICAL', true],
  [4, 'CRITICAL', false],
  [0, 'HIGH', true],
  [0, 'CRITICAL', false],
] as const)('the severity %i reaches %s: %s', (severity, from, is) => {
  expect(reaches(severity, from)).toBe(is);
});
