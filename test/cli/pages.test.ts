// A list is read page by page to its end, or to as many as are wanted.
import { expect, test } from 'vitest';
import { readPages } from '../../src/cli/pages.ts';

const all = Array.from({ length: 450 }, (_, n) => n);
const asked: number[] = [];
async function read({ cursor = '0', limit }: { readonly cursor?: string; readonly limit: number }) {
  asked.push(limit);
  const to = Number(cursor) + limit;
  return {
    items: all.slice(Number(cursor), to),
    next: to < all.length ? String(to) : null,
  };
}

test('all of it comes, in order', async () => {
  expect(await readPages(read, 1000)).toEqual(all);
  expect(asked).toEqual([200, 200, 200]);
});

test('no more is asked for than is wanted', async () => {
  asked.length = 0;
  expect(await readPages(read, 250)).toEqual(all.slice(0, 250));
  expect(asked).toEqual([200, 50]);
});
