// START_FROM: where the first reading begins, in all the spellings that are taken, and in which
// words the others are refused.
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { parseStartFrom } from '../../../src/sources/deepinstinct/index.ts';
import { futureWarning } from '../../../src/sources/deepinstinct/start-from.ts';
import { sources } from '../../../src/sources/index.ts';

const { config, example } = sources.deepinstinct_events!;

function problems(settings: object): string[] {
  const parsed = config.safeParse({ ...example, ...settings });
  return parsed.success
    ? []
    : (parsed.error as z.ZodError).issues.map(
        (issue) => `${issue.path.join('.')}: ${issue.message}`,
      );
}

describe('START_FROM', () => {
  test.each([
    ['now', { kind: 'now' }],
    [' ALL ', { kind: 'all' }],
    ['30m', { kind: 'duration', ms: 1_800_000 }],
    ['24h', { kind: 'duration', ms: 86_400_000 }],
    ['7d', { kind: 'duration', ms: 604_800_000 }],
    ['2W', { kind: 'duration', ms: 1_209_600_000 }],
    ['90s', { kind: 'duration', ms: 90_000 }],
    ['5y', { kind: 'duration', ms: 5 * 365 * 86_400_000 }],
    ['2026-02-03', { kind: 'date', ms: Date.UTC(2026, 1, 3) }],
    ['2026-02-03T08:00', { kind: 'date', ms: Date.UTC(2026, 1, 3, 8) }],
    ['2026-02-03 08:00:30', { kind: 'date', ms: Date.UTC(2026, 1, 3, 8, 0, 30) }],
    ['2026-02-03T08:00:30.5Z', { kind: 'date', ms: Date.UTC(2026, 1, 3, 8, 0, 30, 500) }],
    ['2026-02-03T08:00+07:00', { kind: 'date', ms: Date.UTC(2026, 1, 3, 1) }],
    ['17544', { kind: 'id', id: 17544 }],
    ['2026', { kind: 'id', id: 2026 }],
    ['20261301', { kind: 'id', id: 20_261_301 }],
    ['20260230', { kind: 'id', id: 20_260_230 }],
    ['30000101', { kind: 'id', id: 30_000_101 }],
    ['id:17544', { kind: 'id', id: 17_544 }],
    ['ID: 20261101', { kind: 'id', id: 20_261_101 }],
    ['id:1770076800', { kind: 'id', id: 1_770_076_800 }],
  ])('%j is understood', (text, expected) => {
    expect(parseStartFrom(text)).toEqual(expected);
  });

  test.each([
    '',
    'yesterday',
    '-1h',
    '1.5h',
    '5 years',
    '2026-2-3',
    '2026-02-30',
    '2026-13-01',
    '2026-02-03T25:00',
    '99999999999999999999',
    '03/02/2026',
    '24h ago',
  ])('%j is refused', (text) => {
    expect(() => parseStartFrom(text)).toThrow(RangeError);
    expect(problems({ start_from: text })).toHaveLength(1);
  });

  test.each([
    ['20261101', '2026-11-01'],
    ['202611010800', '2026-11-01'],
    ['20261101080000', '2026-11-01'],
    ['1770076800', '2026-02-03'],
    ['1770076800000', '2026-02-03'],
    ['1770076800000000', '2026-02-03'],
  ])('%s is refused as a number, and says how to write the date and the number', (text, date) => {
    for (const start_from of [text, Number(text)]) {
      const [problem, ...others] = problems({ start_from });
      expect(others).toEqual([]);
      expect(problem).toContain(
        `write ${date} if you mean the date, or id:${text} if you mean the event`,
      );
    }
  });

  test('is a day back if nothing is said, and may be a number in a file', () => {
    const { url, token } = example as { url: string; token: string };
    expect(config.parse({ url, token })).toMatchObject({
      start_from: { kind: 'duration', ms: 86_400_000 },
      overlap: 50,
    });
    expect(config.parse({ url, token, start_from: 17544 })).toMatchObject({
      start_from: { kind: 'id', id: 17544 },
    });
    expect(problems({ start_from: true })).toEqual(['start_from: is no text and no number']);
  });
});

test.each([
  ['2026-03-05T00:00:01Z', true],
  ['2026-03-05T00:00:00Z', false],
  ['2026-03-04', false],
  ['now', false],
  ['all', false],
  ['24h', false],
  ['id:99999999', false],
])('%s is warned of as a start in the future: %s', (text, isWarnedOf) => {
  const warning = futureWarning(parseStartFrom(text), Date.parse('2026-03-05T00:00:00Z'));
  if (isWarnedOf) expect(warning).toMatch(/^is in the future, which means the same as "now"/);
  else expect(warning).toBeUndefined();
});
