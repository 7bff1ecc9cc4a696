// Which addresses with a place to fill in the configuration may hold.
import { expect, test } from 'vitest';
import { filledLink, frontPageOf, linkPatternFault } from '../../src/kit/link-pattern.ts';

test.each([
  'https://scan.example/{hash}',
  'https://scan.example:8443/a/b?q={hash}&c=d#/e',
  'https://scan.example/#/file/{hash}/detail',
])('%s is one', (pattern) => {
  expect(linkPatternFault(pattern, 'hash')).toBeUndefined();
});

test.each([
  ['https://scan.example/', 'needs {hash} once, and no other { or }'],
  ['https://scan.example/{hash}/{hash}', 'needs {hash} once, and no other { or }'],
  ['https://scan.example/{id}', 'needs {hash} once, and no other { or }'],
  ['https://scan.example/{hash}}', 'needs {hash} once, and no other { or }'],
  ['https://{hash}.example/', 'has {hash} in its host'],
  ['https://scan.example:{hash}/', 'has {hash} in its host'],
  ['http://scan.example/{hash}', 'is no https address'],
  ['javascript:alert({hash})', 'is no https address'],
  ['//scan.example/{hash}', 'is no https address'],
  [`https://scan.example/${'x'.repeat(500)}{hash}`, 'is longer than 500 characters'],
])('%s is none', (pattern, fault) => {
  expect(linkPatternFault(pattern, 'hash')).toBe(fault);
});

test.each(['https://ann:secret@scan.example/{hash}', 'https://scan.example/a b/{hash}'])(
  '%s is no address that can be read',
  (pattern) => {
    expect(linkPatternFault(pattern, 'hash')).toMatch(/^(is no URL|holds a user)/);
  },
);

test('a console of the own network may be reached by http', () => {
  expect(linkPatternFault('http://console.example/{id}', 'id', true)).toBeUndefined();
  expect(linkPatternFault('ftp://console.example/{id}', 'id', true)).toBe(
    'is no https or http address',
  );
});

test('what is filled in is never read as a pattern', () => {
  expect(filledLink('https://scan.example/{hash}', 'hash', '$&')).toBe('https://scan.example/$&');
});

test.each([
  ['https://console.example/', 'https://console.example/'],
  ['https://console.example/#/events/1203', 'https://console.example/'],
  ['https://portal.example/di/#/events/1203', 'https://portal.example/di/'],
  ['https://portal.example/di/index.html#events/1203', 'https://portal.example/di/index.html'],
  ['https://portal.example/di/', 'https://portal.example/di/'],
  ['https://console.example/events/1203', 'https://console.example/'],
  ['https://console.example/events/1203#processes', 'https://console.example/'],
  ['https://portal.example:8443/di/events/1203', 'https://portal.example:8443/di/'],
  ['https://portal.example/di/events?id=1203', 'https://portal.example/di/'],
  ['https://console.example/?event=1203', 'https://console.example/'],
  ['https://console.example/1203', 'https://console.example/'],
])('%s is an event of the console at %s', (link, page) => {
  expect(frontPageOf(link)).toBe(page);
});
