// The settings of the sources: what is accepted in which spelling, and what is refused with which
// words.
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
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
