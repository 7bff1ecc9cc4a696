// Reads a list of an operation to its end, for commands that print the whole.
import type { Page } from '../operations/index.ts';

const pageSize = 200;

/** At most `max` items, the first ones. */
export async function readPages<Item>(
  read: (page: { readonly cursor?: string; readonly limit: number }) => Promise<Page<Item>>,
  max: number,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null && items.length < max) {
    const limit = Math.min(pageSize, max - items.length);
    const page: Page<Item> = await read({ ...(cursor !== undefined && { cursor }), limit });
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}
