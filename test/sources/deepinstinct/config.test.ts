// The settings of the sources: what is accepted in which spelling, and what is refused with which
// words.
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { parseStartFrom } from '../../../src/sources/deepinstinct/index.ts';
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

describe('the address of the console', () => {
  test.each([
    ['https://console.example.com', 'https://console.example.com'],
    ['https://console.example.com/', 'https://console.example.com'],
    ['https://console.example.com/api/v1', 'https://console.example.com'],
    ['https://console.example.com/api/v1/', 'https://console.example.com'],
    ['HTTPS://Console.Example.COM/API/v1/events/', 'https://console.example.com'],
    ['console.example.com', 'https://console.example.com'],
    ['console.example.com:8443/api/v1/', 'https://console.example.com:8443'],
    ['  https://console.example.com  ', 'https://console.example.com'],
    ['https://gateway.example.com/deep/api/v1', 'https://gateway.example.com/deep'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://appliance.example', 'http://appliance.example'],
    ['[2001:db8::7]:8443', 'https://[2001:db8::7]:8443'],
  ])('%s is %s', (written, url) => {
    expect(config.parse({ ...example, url: written })).toMatchObject({ url });
  });

  test.each([
    ['', /too small|Too small/],
    ['https://', /is no URL/],
    ['two words', /is no URL/],
    ['ftp://console.example.com', /no http or https URL/],
    ['https:/console', /two slashes/],
    ['https:console.example.com', /two slashes/],
    ['https:///console.example.com', /two slashes/],
    ['https//console.example.com', /names "https" as its host/],
    ['https://https://console.example.com', /names "https" as its host/],
    ['https:\\\\console', /backslash/],
    ['https://user:secret@console.example.com', /a user or a password/],
    ['user@console.example.com', /a user or a password/],
    ['https://console.example.com/?next=1', /\? or #/],
    ['https://console.example.com/#/events', /\? or #/],
  ])('%j is refused', (url, message) => {
    expect(problems({ url })).toEqual([expect.stringMatching(message)]);
  });
});

describe('the key', () => {
  test.each([
    ['Bearer abc.def.ghi', /begins with "Bearer"/],
    ['bearer\tabc.def.ghi', /begins with "Bearer"/],
    ['abc def', /a blank or a line break/],
    ['abc.def.ghi\n', /a blank or a line break/],
    ['abc\u0000', /characters that no key has/],
    ['กุญแจ', /characters that no key has/],
  ])('%j is refused, and not repeated', (token, message) => {
    const [problem, ...others] = problems({ token });
    expect(problem).toMatch(message);
    expect(others).toEqual([]);
    expect(problem).not.toContain(token.slice(-3));
  });

  test('is taken as it is, and called a secret', () => {
    expect(config.parse({ ...example, token: 'abc.DEF-_.ghi' })).toMatchObject({
      token: 'abc.DEF-_.ghi',
    });
    expect(sources.deepinstinct_suspicious_events!.secrets).toEqual(['token']);
  });
});

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
  ['https://console.example.com/#/events/{id}', true],
  ['http://console.example.com:8080/e?id={id}', true],
  ['https://console.example.com/#/events', false],
  ['https://console.example.com/{id}/{id}', false],
  ['https://console.example.com/{id}/{name}', false],
  ['https://{id}.example.com/', false],
  ['javascript:alert({id})', false],
  ['https://u:p@console.example.com/{id}', false],
] as const)('%s as the address of an event: %s', (link, isTaken) => {
  const url = 'https://console.example.com';
  expect(config.safeParse({ url, token: 'key', event_link: link }).success).toBe(isTaken);
});
