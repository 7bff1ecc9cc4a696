// The form by which a browser signs in.
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { createLoginPage } from '../../../src/http/page/login.tsx';

const draw = createLoginPage({ version: '1.2.3', locale: () => 'en' });
const page = (facts: Partial<Parameters<typeof draw>[1]> = {}) =>
  new Hono().get('/login', (c) => draw(c, { next: '/', stranger: null, hasOidc: false, ...facts }));
const html = async (facts = {}, path = '/login') => (await page(facts).request(path)).text();

test('it asks for a token, and keeps where the visitor wanted to go', async () => {
  const drawn = await html({ next: '/events?hash=ab' });
  expect(drawn).toContain('<form method="post" action="/login">');
  expect(drawn).toContain('type="password" name="token"');
  expect(drawn).toContain('name="next" value="/events?hash=ab"');
  expect(drawn).not.toContain('role="alert"');
  expect(drawn).not.toContain('/login/oidc');
});

test('a stranger sees neither the menu nor a name', async () => {
  const drawn = await html();
  expect(drawn).not.toContain('href="/events"');
  expect(drawn).not.toContain('Signed in as');
});

test('what went wrong is said, as text', async () => {
  const stranger = { status: 401, detail: '<b>Wrong</b>' } as const;
  expect(await html({ stranger })).toContain('&lt;b&gt;Wrong&lt;/b&gt;');
});

test('where accounts can sign in, there is a link to do so', async () => {
  expect(await html({ hasOidc: true, next: '/a?b=c' })).toContain(
    'href="/login/oidc?next=%2Fa%3Fb%3Dc"',
  );
});

test('it speaks the language of the visitor', async () => {
  expect(await html({}, '/login?lang=th')).toContain('เข้าสู่ระบบ');
});
