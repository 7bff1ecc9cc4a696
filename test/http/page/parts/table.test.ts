// Tables and the links between their pages.
import { expect, test } from 'vitest';
import { Pager, Table, withField } from '../../../../src/http/page/parts/table.tsx';
import { words } from '../../../../src/http/page/words/index.ts';

const drawn = async (element: unknown) => String(await (element as Promise<string>));
const table = (rows: readonly string[]) =>
  Table({
    ...{ caption: 'Bells', words: words.en, rows, keyOf: (row: string) => `b:${row}` },
    columns: [{ name: 'Name', cell: (row: string) => row }],
  });

test('each row has a key, and each cell the name of its column for phones', async () => {
  const html = await drawn(table(['<a>']));
  expect(html).toContain('<caption class="unseen">Bells</caption>');
  expect(html).toContain('<th scope="col">Name</th>');
  expect(html).toContain('<tr data-key="b:&lt;a&gt;"><td data-label="Name">&lt;a&gt;</td></tr>');
});

test('an empty table says that there is nothing', async () => {
  expect(await drawn(table([]))).toBe('<p class="empty">Nothing here.</p>');
});

test('the links of a pager keep the filters', async () => {
  const first = new URL('http://x/events?hash=ab');
  expect(await drawn(Pager({ url: first, next: 'c1', words: words.en }))).toContain(
    'href="/events?hash=ab&amp;cursor=c1"',
  );
  const second = new URL('http://x/events?hash=ab&cursor=c1');
  expect(await drawn(Pager({ url: second, next: null, words: words.en }))).toContain(
    'href="/events?hash=ab"',
  );
  expect(await drawn(Pager({ url: first, next: null, words: words.en }))).not.toContain('href');
});

test('a field of an address is set, replaced or left out', () => {
  const url = new URL('http://x/a?b=1&c=2');
  expect(withField(url, 'b', '3')).toBe('/a?b=3&c=2');
  expect(withField(url, 'd', 'ä&')).toBe('/a?b=1&c=2&d=%C3%A4%26');
  expect(withField(new URL('http://x/a?b=1'), 'b', null)).toBe('/a');
});
