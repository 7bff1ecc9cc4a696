// What an act came to is said once, to the browser that acted.
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { keepNotice, takeNotice } from '../../../src/http/page/flash.ts';

const app = new Hono()
  .post('/', (c) => {
    keepNotice(c, { act: 'redriven', count: 200 });
    return c.text('');
  })
  .get('/', (c) => c.json(takeNotice(c) ?? null));

test('it is kept for a moment, and taken away when it is read', async () => {
  const kept = (await app.request('/', { method: 'POST' })).headers.getSetCookie();
  expect(kept).toEqual([
    'tocsin_notice=redriven.200; Max-Age=60; Path=/; HttpOnly; SameSite=Strict',
  ]);
  const read = await app.request('/', { headers: { cookie: 'tocsin_notice=redriven.200' } });
  expect(await read.json()).toEqual({ act: 'redriven', count: 200 });
  expect(read.headers.getSetCookie()).toEqual(['tocsin_notice=; Max-Age=0; Path=/']);
});

test.each([
  ['tocsin_notice=silenceAdded', { act: 'silenceAdded' }],
  ['tocsin_notice=hacked.1', null],
  ['tocsin_notice=__proto__', null],
  ['tocsin_notice=redriven.many', null],
  ['other=redriven.200', null],
])('%s', async (cookie, notice) => {
  expect(await (await app.request('/', { headers: { cookie } })).json()).toEqual(notice);
});
