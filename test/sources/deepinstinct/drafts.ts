// Items of the wire as drafts, for the tests of all that makes events of them.
import { readFileSync } from 'node:fs';
import type { EventDraft } from '../../../src/kit/event.ts';
import { normalise } from '../../../src/sources/deepinstinct/normalise.ts';
import { parsePage } from '../../../src/sources/deepinstinct/page.ts';
import type { Stream } from '../../../src/sources/deepinstinct/stream.ts';

export const link = 'https://console.example.com/';

/** A recorded page. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/deepinstinct/${name}.json`, import.meta.url), 'utf8');
}

/** The drafts of a page. */
export function draftsOf(body: string, stream: Stream = 'event'): EventDraft[] {
  return parsePage(body).items.map((item) => normalise(item, { stream, link }));
}

/** One event with these fields. */
export function draftOf(fields: object, stream: Stream = 'event'): EventDraft {
  return draftsOf(
    JSON.stringify({ events: [{ id: 1, type: 'STATIC_ANALYSIS', ...fields }] }),
    stream,
  )[0]!;
}

export const bodyOf = (fields: object, stream: Stream = 'event') => draftOf(fields, stream).body;
