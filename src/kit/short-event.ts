// The event of a message in its short form, for sinks that pass on data. Pure.
import type { StoredEvent } from './event.ts';
import { cutMiddle } from './text.ts';

const textMax = 200;
const entriesMax = 20;

/** Cuts every text in its middle, every list after its first entries, and the rows of a digest. */
export function shortEvent(event: StoredEvent): StoredEvent {
  const { digest } = event.body;
  const body = digest === undefined ? event.body : { digest: { ...digest, rows: [] } };
  return cut({ ...event, body }) as StoredEvent;
}

function cut(value: unknown): unknown {
  if (typeof value === 'string') return cutMiddle(value, textMax);
  if (Array.isArray(value)) return value.slice(0, entriesMax).map(cut);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cut(inner)]));
}
