// What is no configuration of the sink slack_bot, and why.
import { expect, test } from 'vitest';
import { config, routeSettings } from '../../../../src/sinks/slack/bot/config.ts';

const right = { token: 'xoxb-1111-2222-abcdefgh', channel: 'C012AB3CD' };

test('Slack itself is called, unless another address is set', () => {
  expect(config.parse(right)).toMatchObject({ url: 'https://slack.com', details: 'thread' });
  const { url } = config.parse({ ...right, url: 'https://slack-gov.com/' });
  expect(url).toBe('https://slack-gov.com');
});

test.each([
  ['token', 'xoxp-1111-2222-abcdefgh', 'begins with xoxb-'],
  ['token', 'xoxb-', 'Bot User OAuth Token'],
  ['channel', 'soc-alerts', 'is no id of a channel'],
  ['channel', '#soc-alerts', 'is no id of a channel'],
  ['channel', 'D012AB3CD', 'is no id of a channel'],
  ['url', 'https://slack.com/api', 'leave out /api/…'],
  ['url', 'https://hooks.slack.com/services/T0/B0/x', 'leave out /api/…'],
  ['url', 'https://slack.com?x', 'has something behind'],
  ['url', 'slack.com', 'neither https:// nor http://'],
  ['mention', '@channel', 'is no mention of Slack'],
])('%s: %s is refused, and the message says why', (key, value, words) => {
  const { error } = config.safeParse({ ...right, [key]: value });
  const [issue, ...more] = error!.issues;
  expect(more).toEqual([]);
  expect(issue!.path).toEqual([key]);
  expect(issue!.message).toContain(words);
});

test('a route sets where to and whom it pings, and nothing else', () => {
  const { channel } = right;
  expect(routeSettings.safeParse({ channel, mention: '!here', mention_from: 'HIGH' }).success).toBe(
    true,
  );
  expect(routeSettings.safeParse({ details: 'card' }).success).toBe(false);
});
