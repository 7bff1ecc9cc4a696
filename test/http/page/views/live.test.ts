// Live: the view that the script fills; what the script does, a browser test says.
import { expect, test } from 'vitest';
import { useDatabase } from '../../../store/stored.ts';
import { createTestPage } from '../visiting.ts';

const db = useDatabase();
const get = async (path: string) => (await createTestPage(db()).request(path)).text();

test('the stream that it reads has the filters of the address, and no others', async () => {
  const html = await get('/live?minSeverity=HIGH&source=a&sink=&x=%22%3E');
  expect(html).toContain('data-stream="/api/v1/events/stream?minSeverity=HIGH&amp;source=a"');
  expect(await get('/live')).toContain('data-stream="/api/v1/events/stream"');
});

test('without JavaScript it says so, and leads to the events', async () => {
  expect(await get('/live')).toMatch(/<noscript>.*needs JavaScript.*href="\/events".*<\/noscript>/);
});

test('a reader of the screen is not told of each event, and can stop them', async () => {
  const html = await get('/live');
  expect(html).toContain('<table aria-live="off">');
  expect(html).toMatch(/<button id="live-pause"[^>]*aria-pressed="false"/);
});
