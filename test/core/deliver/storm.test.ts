// When the next digest of a storm may go out.
import { expect, test } from 'vitest';
import { Storm } from '../../../src/core/deliver/storm.ts';

const policy = { over: 10, passes: 1, firstMs: 3000, betweenMs: 10_000, betweenMaxMs: 60_000 };
const facts = { sinceMs: 5, due: 40, digests: 0, events: 0 };

test('there is none until it begins, and none after its end, whose facts stay', () => {
  const storm = new Storm(policy);
  expect(storm.nextAtMs).toBeUndefined();
  storm.begin(100, facts);
  expect([storm.nextAtMs, storm.facts]).toEqual([3100, facts]);
  storm.end();
  expect([storm.nextAtMs, storm.facts]).toEqual([undefined, facts]);
});

test('its digests are counted, and each has twice the distance of the one before, up to the longest', () => {
  const storm = new Storm(policy);
  storm.begin(0, { ...facts, digests: 2, events: 30 });
  const waits = [10, 10, 10, 10, 10].map((events, index) => {
    storm.flushed(index, 1, events, false);
    return storm.nextAtMs! - index;
  });
  expect(waits).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
  expect(storm.facts).toEqual({ ...facts, digests: 7, events: 80 });
});

test('where one digest could not hold all the next follows at once, and the distance stays', () => {
  const storm = new Storm(policy);
  storm.begin(0, facts);
  storm.flushed(50, 1, 10_000, true);
  expect(storm.nextAtMs).toBe(50);
  storm.flushed(60, 1, 3, false);
  expect(storm.nextAtMs).toBe(10_060);
});

test('a storm that begins again starts with the first distance', () => {
  const storm = new Storm(policy);
  for (let times = 0; times < 2; times += 1) {
    storm.begin(0, facts);
    storm.flushed(0, 1, 1, false);
    expect(storm.nextAtMs).toBe(10_000);
  }
});
