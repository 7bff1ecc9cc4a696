// Language and theme: by link, then by cookie, then as the browser says, then as the service does.
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { choicesOf } from '../../../src/http/page/choices.ts';

const app = new Hono().get('/', (c) => c.json(choicesOf(c, 'en')));

test.each([
  ['/', {}, 'en auto'],
  ['/', { 'accept-language': 'th' }, 'th auto'],
  ['/', { 'accept-language': 'th', cookie: 'tocsin_lang=en; tocsin_theme=dark' }, 'en dark'],
  ['/?lang=th&theme=light', { cookie: 'tocsin_lang=en; tocsin_theme=dark' }, 'th light'],
  ['/?lang=xx&theme=%22', { cookie: 'tocsin_lang=xx' }, 'en auto'],
])('%s with %j: %s', async (path, headers, chosen) => {
  const { locale, theme } = (await (await app.request(path, { headers })).json()) as {
    locale: string;
    theme: string;
  };
  expect(`${locale} ${theme}`).toBe(chosen);
});

test('what a link chose is kept, and nothing else is', async () => {
  const answer = await app.request('/?lang=th&theme=none');
  expect(answer.headers.getSetCookie()).toEqual([
    'tocsin_lang=th; Max-Age=31536000; Path=/; SameSite=Lax',
  ]);
});
