// Sinks and sources on the page: how each stands, and why.
import { expect, test } from 'vitest';
import { ageOf, lagOf, sinkPath, sourcePath } from '../../../../src/http/page/views/sinks.tsx';
import { sink, source } from '../../../../src/operations/index.ts';
import { contextOn } from '../../../operations/acting.ts';
import { drafts, storePage, useDatabase } from '../../../store/stored.ts';
import { createTestPage } from '../visiting.ts';

const db = useDatabase();
const get = async (path: string) => (await createTestPage(db()).request(path)).text();

test('each sink and source of the configuration has a row and a way to it', async () => {
  await storePage(db(), { events: drafts(1, 3) });
  const html = await get('/sinks');
  expect(html).toContain('<tr data-key="sink soc">');
  expect(html).toContain('href="/sinks/soc"');
  expect(html).toContain('<tr data-key="source a">');
  expect(html).toContain('href="/sources/a"');
  expect(html).toMatch(/data-label="Waiting" class="number">3</);
});

test('a pause says by whom, until when and why, as text', async () => {
  const reason = '<b>moved</b>\u202E';
  await sink.pause.run(contextOn(db()), { sink: 'soc', reason, for: '2h' });
  await source.pause.run(contextOn(db()), { source: 'a', reason: 'works', for: '1h' });
  const html = await get('/sinks');
  expect(html).toContain('&lt;b&gt;moved&lt;/b&gt;\\u{202E}');
  expect(html.match(/Paused by a person/g)).toHaveLength(2);
  expect(html).toContain('by <bdi>ann</bdi> until <time');
});

test('dead letters of a sink lead to them', async () => {
  await storePage(db(), { events: drafts(1, 2) });
  await db().$client`update deliveries set state = 'dead', reason = 'x', finalized_at = now()`;
  expect(await get('/sinks')).toContain('<a href="/dead?sink=soc">2</a>');
});

test('a name with special characters stays one part of the path', () => {
  expect([sinkPath('a/b?c'), sourcePath('a b')]).toEqual(['/sinks/a%2Fb%3Fc', '/sources/a%20b']);
});

test('what is not known is a dash', () => {
  expect(ageOf({ oldestPendingSeconds: 0 } as never)).toBe('–');
  expect(ageOf({ oldestPendingSeconds: 90 } as never)).toBe('2 min');
  expect(lagOf(null)).toBe('–');
  expect(lagOf({ receivedAt: '', occurredAt: null, lagSeconds: null })).toBe('–');
  expect(lagOf({ receivedAt: '', occurredAt: null, lagSeconds: 3 })).toBe('3 s');
});
