// The reader that all contestants share: Tocsin's own client of the tenant, parser and normaliser,
// without its cursor and its loop.
import { createHttpClient } from '../../dist/src/kit/http/index.js';
import { createClient } from '../../dist/src/sources/deepinstinct/client.js';
import { normalise } from '../../dist/src/sources/deepinstinct/normalise.js';
import { readAllBy } from './read_all.mjs';

const { DEEPINSTINCT_URL: url, TOKENS_KEY: token } = process.env;
const client = createClient({ http: createHttpClient(), url, token, now: Date.now });
const context = { stream: 'event', link: `${url}/` };
const { signal } = new AbortController();

/** The wire items after number `after`, and the number to go on from; none at the end. */
export async function readPage(after) {
  const { items, newestId } = await client.readPage('event', after, signal);
  return { items, newestId };
}

export function draftOf(item) {
  return normalise(item, context);
}

export function readAll(store, mayGoOn) {
  return readAllBy(readPage, store, mayGoOn);
}
