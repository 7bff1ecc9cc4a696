// Values of options: what is meant, or what is wrong with them.
import { expect, test } from 'vitest';
import { UsageError } from '../../src/cli/command.ts';
import {
  limitOf,
  limitOption,
  momentOf,
  oneOf,
  severitiesOf,
  sinceOf,
  wordsOf,
} from '../../src/cli/option-values.ts';

test('what was not given stays so, and a limit has a default', () => {
  expect([sinceOf(undefined), momentOf('at', undefined), wordsOf(undefined)]).toEqual([
    ...[undefined, undefined, undefined],
  ]);
  expect(severitiesOf('severity', undefined)).toBeUndefined();
  expect(oneOf('format', undefined, ['csv'])).toBeUndefined();
  expect(limitOf(undefined)).toBe(50);
  expect(limitOption.limit.help).toContain('default: 50');
});

test('times, words and numbers are read as people write them', () => {
  expect(sinceOf('2026-02-03')).toBe('2026-02-03T00:00:00.000Z');
  const ageMs = Date.now() - Date.parse(sinceOf(' 2h ')!);
  expect(ageMs).toBeGreaterThanOrEqual(7_200_000);
  expect(ageMs).toBeLessThan(7_260_000);
  expect(momentOf('until', '2026-03-02T22:00:00+07:00')).toBe('2026-03-02T15:00:00.000Z');
  expect(wordsOf('a, b,c')).toEqual(['a', 'b', 'c']);
  expect(severitiesOf('severity', 'high, Critical')).toEqual(['HIGH', 'CRITICAL']);
  expect(oneOf('format', 'csv', ['csv', 'ndjson'])).toBe('csv');
  expect(limitOf('7')).toBe(7);
});

test.each([
  [() => sinceOf('noon'), '--since noon is neither a duration'],
  [() => sinceOf('2026-02-30'), '--since 2026-02-30 is a date that does not exist.'],
  [() => momentOf('until', '22:00'), '--until "22:00" is not a time. Write it as'],
  [() => severitiesOf('severity', 'HIHG'), '--severity "HIHG" is none; there are UNKNOWN, INFO'],
  [() => oneOf('format', 'xml', ['csv', 'ndjson']), '--format is one of: csv, ndjson.'],
  [() => limitOf('0'), '--limit '],
  [() => limitOf('1001'), '--limit '],
])('%s is wrong usage', (read, words) => {
  expect(read).toThrow(UsageError);
  expect(read).toThrow(words);
});
