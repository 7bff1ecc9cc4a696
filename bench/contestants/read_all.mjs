// The loop of every reader of the contest.

export const idleMs = 20;

/**
 * Calls `readPage(after)`, and `store(page)` while the next one is fetched, and looks again and
 * again at the end. `mayGoOn` holds it back.
 */
export async function readAllBy(readPage, store, mayGoOn = async () => {}) {
  let after = 0;
  let next = readPage(after);
  for (;;) {
    const page = await next;
    if (page.items.length === 0) await new Promise((resolve) => setTimeout(resolve, idleMs));
    else after = page.newestId;
    next = readPage(after);
    if (page.items.length === 0) continue;
    await store(page);
    await mayGoOn();
  }
}
