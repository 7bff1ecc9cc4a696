// The reader that all contestants share: Tocsin's own client of the tenant, parser and normaliser,
// without its cursor and its loop.
import { createHttpClient } from '../../dist/src/kit/http/index.js';
import { createClient } from '../../dist/src/sources/deepinstinct/client.js';
import { normalise } from '../../dist/src/sources/deepinstinct/normalise.js';

const { DEEPINSTINCT_URL: url, TOKENS_KEY: token } = process.env;
const client = createClient({ http: createHttpClient(), url, token, now: Date.now });
const context = { stream: 'event', link: `${url}/` };
export const idleMs = 20;
const { signal } = new AbortController();

/** The wire items after number `after`, and the number to go on from; none at the end. */
export async function readPage(after) {
  const { items, newestId } = await client.readPage('event', after, signal);
  return { items, newestId };
}

export function draftOf(item) {
  return normalise(item, context);
}

/**
 * Calls `store(page)` for each page, while the next one is fetched, and looks again and again at
 * the end. `mayGoOn` holds it back.
 */
export async function readAll(store, mayGoOn = async () => {}) {
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
