// Which name and which marks a cookie has, by the address at which people reach the page.
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { Cookie, isHttps } from '../../../src/http/identity/cookie.ts';

async function set(publicUrl: string | undefined, maxAge?: number): Promise<string | null> {
  const cookie = new Cookie('tocsin', publicUrl === undefined ? {} : { publicUrl }, maxAge);
  const app = new Hono().get('/', (c) => {
    cookie.set(c, 'v');
    return c.text(cookie.read(c) ?? 'none');
  });
  return (await app.request('/')).headers.get('set-cookie');
}

test('with https it has the prefix that keeps it to this host', async () => {
  expect(await set('https://a.example')).toBe(
    '__Host-tocsin=v; Path=/; HttpOnly; Secure; SameSite=Lax',
  );
  expect(isHttps({ publicUrl: 'https://a.example' })).toBe(true);
});

test.each([undefined, 'http://a.example'])('with %s it needs no TLS', async (publicUrl) => {
  expect(await set(publicUrl)).toBe('tocsin_session=v; Path=/; HttpOnly; SameSite=Lax');
  expect(isHttps(publicUrl === undefined ? {} : { publicUrl })).toBe(false);
});

test('may end by itself', async () => {
  expect(await set(undefined, 600)).toContain('Max-Age=600');
});
