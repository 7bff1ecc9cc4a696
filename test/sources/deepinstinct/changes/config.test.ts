// The settings of the source of changes.
import { expect, test } from 'vitest';
import { changesConfig } from '../../../../src/sources/deepinstinct/changes/config.ts';

const own = { url: 'console.example.com/api/v1/', token: 'key-of-an-api-connector' };

test('has defaults for all but the console and its key', () => {
  expect(changesConfig.parse(own)).toEqual({
    ...{ url: 'https://console.example.com', token: own.token },
    ...{ budget: 6, streams: ['event', 'suspicious'], watch_for: 14 * 86_400_000 },
  });
});

test.each<[object, RegExp]>([
  [{ budget: 0 }, /budget/],
  [{ budget: 601 }, /budget/],
  [{ budget: 1.5 }, /budget/],
  [{ streams: [] }, /streams/],
  [{ streams: ['change'] }, /streams/],
  [{ watch_for: 'long' }, /is no duration/],
  [{ watch_for: '30m' }, /is not between 1h and 90d/],
  [{ watch_for: '91d' }, /is not between 1h and 90d/],
  [{ start_from: 'now' }, /start_from/],
])('%j is refused', (settings, words) => {
  const { error } = changesConfig.safeParse({ ...own, ...settings });
  expect(JSON.stringify(error?.issues)).toMatch(words);
});
