// What a far end says of its rate limit, and how fast it may then be called.
import { expect, test } from 'vitest';
import { paceOf, quotaOf } from '../../src/kit/quota.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const headers = (limit: string, remaining: string, reset: string) => ({
  'x-ratelimit-limit': limit,
  'x-ratelimit-remaining': remaining,
  'x-ratelimit-reset': reset,
});

test.each([
  [
    'seconds to go, as Mattermost says it',
    headers('101', '0', '11'),
    { limit: 101, remaining: 0, resetMs: 11_000 },
  ],
  ['a fraction of them', headers('5', '4', ' 0.25 '), { limit: 5, remaining: 4, resetMs: 250 }],
  [
    'an epoch in seconds',
    headers('5', '1', `${now / 1000 + 9}`),
    { limit: 5, remaining: 1, resetMs: 9000 },
  ],
  [
    'an epoch in milliseconds',
    headers('5', '1', `${now + 900}`),
    { limit: 5, remaining: 1, resetMs: 900 },
  ],
])('reads %s', (_, given, quota) => {
  expect(quotaOf(given, now)).toEqual(quota);
});

test.each([
  ['no headers', {}],
  ['one that is missing', { 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '1' }],
  ['words', headers('many', '1', '1')],
  ['a sign', headers('5', '-1', '1')],
  ['no number at all', headers('5', '', '1')],
  ['an exponent', headers('5', '1', '1e400')],
  ['a list', headers('5, 10', '1', '1')],
  ['a limit of nothing', headers('0', '0', '1')],
  ['more left than there is', headers('5', '6', '1')],
  ['nothing to wait for', headers('5', '5', '0')],
  ['a point in the past', headers('5', '1', `${now / 1000 - 9}`)],
])('knows nothing from %s', (_, given) => {
  expect(quotaOf(given, now)).toBeUndefined();
});

test.each([
  [
    'what comes back until the reset',
    [101, 0, 10_100],
    0,
    { tokens: 0, perSecond: 10, forMs: 10_100 },
  ],
  [
    'what is left may go out at once',
    [101, 50, 5100],
    3,
    { tokens: 47, perSecond: 10, forMs: 5100 },
  ],
  ['more under way than is left', [101, 2, 9900], 3, { tokens: 0, perSecond: 10, forMs: 9900 }],
  ['a rate of nothing', [5, 5, 60_000], 0, { tokens: 5, perSecond: 1 / 30, forMs: 60_000 }],
  [
    'a day for one request',
    [1, 0, 86_400_000],
    0,
    { tokens: 0, perSecond: 1 / 30, forMs: 3_600_000 },
  ],
  ['a million in a millisecond', [1e6, 0, 1], 0, { tokens: 0, perSecond: 1000, forMs: 1 }],
  ['a million left', [1e6, 1e6 - 1, 1000], 0, { tokens: 1000, perSecond: 1, forMs: 1000 }],
] as const)('%s', (_, [limit, remaining, resetMs], underWay, pace) => {
  expect(paceOf({ limit, remaining, resetMs }, underWay)).toEqual(pace);
});

test('a wait counts before a point in time, which needs a clock', () => {
  const said = { 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '4' };
  const both = { ...said, 'x-ratelimit-reset': '1470173023', 'x-ratelimit-reset-after': '1.5' };
  expect(quotaOf(both, now)).toEqual({ limit: 5, remaining: 4, resetMs: 1_500 });
});
