// What stands around every view.
import { expect, test } from 'vitest';
import { documentOf, menu } from '../../../src/http/page/layout.tsx';
import type { Database } from '../../../src/store/database.ts';
import { visitOf } from './visiting.ts';

const assets = { css: '/a.css', script: '/a.js', icon: '/a.svg', live: '/l.js' };
const shown = { title: 'T', body: 'B' as never };
const draw = (path: string, more = {}) =>
  documentOf(visitOf({} as Database, path, more), shown, assets);

test('the menu marks where one is, and the keys are unique', async () => {
  const html = await draw('/events/12');
  expect(html.match(/aria-current="page"/g)).toHaveLength(1);
  expect(html).toMatch(/href="\/events"[^>]*aria-current="page"/);
  expect(new Set(menu.map(([, , key]) => key)).size).toBe(menu.length);
});

test('a name that an attacker chose is text', async () => {
  const actor = { name: '<img src=x>', role: 'read', via: 'page', address: null } as const;
  const html = await draw('/', { actor });
  expect(html).toContain('&lt;img src=x&gt;');
});

test('links of language and theme keep the rest of the address', async () => {
  const html = await draw('/events?hash=ab&lang=en');
  expect(html).toContain('href="/events?hash=ab&amp;lang=th"');
  expect(html).toContain('href="/events?hash=ab&amp;lang=en&amp;theme=dark"');
});
