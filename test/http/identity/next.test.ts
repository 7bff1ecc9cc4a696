// After signing in, a browser stays on this server.
import { expect, test } from 'vitest';
import { ownPath } from '../../../src/http/identity/next.ts';

test.each(['/', '/events', '/events?q=%2F%2Fa&x=1', '/events/12', '/loginfo'])(
  '%s is a path of ours',
  (path) => {
    expect(ownPath(path)).toBe(path);
  },
);

test.each([
  ...['', 'events', '//evil.example', '///evil.example', '/\\evil.example', '\\\\evil.example'],
  ...['https://evil.example', 'javascript:alert(1)', '/\t/evil.example', '/\n/evil.example'],
  ...['/.//evil.example', '/a/..//evil.example', '/ /evil', '/ü', '/%0d%0a\r\nset-cookie: a=b'],
  ...['/login', '/login?next=/login', '/logout', '/login/oidc', `/${'a'.repeat(3000)}`],
  ...[undefined, null, 7, ['/a'], {}],
])('%j leads to the start page', (text) => {
  expect(ownPath(text)).toBe('/');
});
