// Deliveries on the page: found by the fields of the address, shown as text.
import { expect, test } from 'vitest';
import { draft, drafts, storePage, useDatabase } from '../../../store/stored.ts';
import { createTestPage } from '../visiting.ts';

const db = useDatabase();
const get = async (path: string) => {
  const answer = await createTestPage(db()).request(path);
  return { status: answer.status, html: await answer.text() };
};

test('they are listed with event, sink and state, the newest first', async () => {
  await storePage(db(), { events: drafts(1, 2) });
  const { html } = await get('/deliveries?state=pending&sink=&reason=');
  const keys = [...html.matchAll(/<tr data-key="(\d+) soc">/g)].map(([, id]) => Number(id));
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBeGreaterThan(keys[1]!);
  expect((await get('/deliveries?state=dead')).html).toContain('Nothing here.');
  expect((await get('/deliveries?sink=other')).html).toContain('Nothing here.');
});

test('what an attacker named is text', async () => {
  const hostile = { type: '<script>', body: { device: { name: '"><img src=x>\u202E' } } };
  await storePage(db(), { events: [draft(1, hostile)] });
  const { html } = await get('/deliveries');
  expect(html).toContain('&lt;script&gt;');
  expect(html).toContain('&quot;&gt;&lt;img src=x&gt;\\u{202E}');
});

test('a word that is none is refused in words', async () => {
  const { status, html } = await get('/deliveries?state=lost');
  expect([status, html]).toEqual([400, expect.stringContaining('state.0 is not right')]);
});
