// The console's items on the page: found there, and one beside what was stored of it.
import { expect, test } from 'vitest';
import { AdapterError } from '../../../../src/kit/errors.ts';
import { contextOn } from '../../../operations/acting.ts';
import { draft, storePage, useDatabase } from '../../../store/stored.ts';
import { visitor } from '../visiting.ts';

const db = useDatabase();

function withConsole(source: object) {
  const farEnds = { source: () => source } as never;
  return visitor(db(), 'read', { contextOf: (actor) => contextOn(db(), { actor, farEnds }) });
}

test('a search lists what the console holds, and what of it is stored here', async () => {
  await storePage(db(), { source: 'a', events: [draft(1)] });
  const items = [draft(1), draft(2, { type: '<script>' })];
  let asked: unknown;
  const { get } = withConsole({
    search: async (filters: unknown) => {
      asked = filters;
      return { items, next: null };
    },
  });
  expect(await get('/sources/a/search')).not.toContain('<tr data-key');
  const html = await get('/sources/a/search?hash=abc&types=A,%20B&since=2026-01-31T00:00:00Z');
  expect(asked).toMatchObject({ hash: 'abc', types: ['A', 'B'], sinceMs: Date.UTC(2026, 0, 31) });
  expect(html).toContain('href="/sources/a/items/1"');
  expect(html).toMatch(/href="\/events\/\d+"/);
  expect(html).toContain('Not stored here');
  expect(html).toContain('&lt;script&gt;');
});

test('an item stands beside what was stored, with what has changed', async () => {
  await storePage(db(), { source: 'a', events: [draft(1)] });
  const { get } = withConsole({ item: async () => draft(1, { status: 'CLOSED<b>' }) });
  const html = await get('/sources/a/items/1');
  expect(html).toContain('What has changed since');
  expect(html).toContain('<tr data-key="status">');
  expect(html).toContain('CLOSED&lt;b&gt;');
  expect(await get('/sources/a/search?item=1')).toContain('<tr data-key="status">');
});

test('of an item that has not changed, or is gone, the page says so', async () => {
  await storePage(db(), { source: 'a', events: [draft(1)] });
  const same = withConsole({ item: async () => draft(1) });
  expect(await same.get('/sources/a/items/1')).toContain('Both are the same.');
  const gone = withConsole({ item: async () => undefined });
  expect(await gone.get('/sources/a/items/1')).toContain('no item of this number any more');
});

test('a console that does not answer is said so', async () => {
  const fails = () => Promise.reject(new AdapterError('retry', 'connection', 'it is <down>'));
  const { get } = withConsole({ search: fails, item: fails });
  expect(await get('/sources/a/search?hash=x')).toContain('it is &lt;down&gt;');
  expect(await get('/sources/a/items/9')).toContain('it is &lt;down&gt;');
});
