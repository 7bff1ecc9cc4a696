// The reader of web addresses: what it takes, and what it says of the rest without repeating it.
import { describe, expect, test } from 'vitest';
import { readWebUrl, webUrlOf } from '../../src/kit/web-url.ts';

describe('readWebUrl', () => {
  test.each([
    ['https://console.example.com/path?x=1', false],
    ['HTTP://[::1]:8080/', false],
    ['http://user:word@proxy.example.com:3128', true],
  ])('takes %s', (text, mayHoldUser) => {
    const read = readWebUrl(text, mayHoldUser);
    expect('url' in read && read.url.host).toBe(new URL(text).host);
  });

  test.each([
    ['https:/s3cret-host/x', /two slashes/],
    ['https:s3cret-host', /two slashes/],
    ['https:///s3cret-host', /two slashes/],
    ['https://https://s3cret-host', /names "https" as its host/],
    ['https://http//s3cret-host', /names "http" as its host/],
    ['s3cret-host:8443', /neither https:\/\/ nor http:\/\//],
    ['javascript:s3cret-host', /neither/],
    ['ftp://s3cret-host', /no http or https/],
    ['https://', /cannot? be read|can be read/],
    ['https://s3cret-host:99999', /check host and port/],
    ['https://s3cret host', /a blank/],
    ['https:\\\\s3cret-host', /a backslash/],
    ['https://s3cret-host/\u0000', /a character that no URL has/],
    ['https://user:word@s3cret-host', /a user or a password/],
    ['https://@s3cret-host', /a user or a password/],
  ])('refuses %j and keeps it to itself', (text, words) => {
    const read = readWebUrl(text);
    const fault = 'fault' in read ? read.fault : '';
    expect(fault).toMatch(words);
    expect(fault).not.toContain('s3cret');
  });
});

test('more may be wrong with an address, which is said after what makes it none', () => {
  const schema = webUrlOf(({ pathname }) => (pathname === '/' ? undefined : 'has a path'));
  const faultsOf = (text: string) =>
    schema.safeParse(text).error?.issues.map(({ message }) => message);
  expect(faultsOf(' https://chat.example ')).toBeUndefined();
  expect(faultsOf('https://chat.example/x')).toEqual(['has a path']);
  expect(faultsOf('ftp://chat.example/x')).toEqual(['is no http or https URL']);
  expect(faultsOf(' ')).toHaveLength(1);
});
