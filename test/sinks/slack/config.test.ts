// What is no configuration of the sink slack, and why.
import { expect, test } from 'vitest';
import { config, routeSettings } from '../../../src/sinks/slack/config.ts';

const url = 'https://hooks.slack.com/services/T00/B00/xxxgeneratedkeyxxx';

test.each([
  ['@somebody', 'is no mention of Slack'],
  ['!everyone', 'is no mention of Slack'],
])('%s %s', (mention, problem) => {
  const { error } = config.safeParse({ url, mention });
  expect(error?.issues.map(({ message }) => message)).toEqual([problem]);
});

test('an address without a scheme is refused with what is wrong with it', () => {
  const { error } = config.safeParse({ url: 'hooks.slack.com/services/T0/B0/x' });
  expect(error?.issues[0]?.message).toContain('begins with neither https:// nor http://');
});

test('a route sets whom a message pings, and nothing else', () => {
  expect(routeSettings.safeParse({ mention: '!here', mention_from: 'HIGH' }).success).toBe(true);
  expect(routeSettings.safeParse({ url }).success).toBe(false);
});
