// The stored events: a page of the past, and one of them.
import { z } from 'zod';
import type { EventBody, StoredEvent } from '../kit/event.ts';
import type { EventKey, PastEvent } from '../kit/records/past.ts';
import { readEvent, readPast } from '../store/history.ts';
import { id, objectOf, severity, text } from './fields.ts';
import type { Operation } from './operation.ts';

const facts = {
  id,
  source: text,
  stream: text,
  type: text,
  severity,
  status: text.nullable(),
  action: text.nullable(),
};

interface PageInput {
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Of the last event of the page before; null for the first page. */
  readonly afterId: number | null;
}

/** A caller that reads page by page needs no memory for the rest, and neither does the service. */
export const page: Operation<PageInput, readonly PastEvent[]> = {
  name: 'events-page',
  summary: 'The next events that arrived since a time, without those of Tocsin itself',
  input: z.strictObject({ sinceMs: z.number(), afterId: z.int().nullable() }),
  output: z.array(
    z.object({ ...facts, receivedAtMs: z.number(), body: text, sinks: z.array(text) }),
  ),
  permission: 'read',
  run: ({ db }, { sinceMs, afterId }) => readPast(db, sinceMs, afterId),
};

const event = z.object({
  ...facts,
  externalId: text,
  subject: text,
  occurredAt: text.nullable(),
  receivedAt: text,
  // As its source made it.
  body: objectOf<EventBody>(),
});

export const read: Operation<{ readonly event: EventKey }, StoredEvent | null> = {
  name: 'event-read',
  summary: 'One stored event; null if there is none, or no longer',
  input: z.strictObject({
    event: z.union(
      [z.strictObject({ id }), z.strictObject({ source: text, externalId: text })],
      'expected an id, or a source and an externalId',
    ),
  }),
  output: event.nullable(),
  permission: 'read',
  run: ({ db }, { event: key }) => readEvent(db, key),
};
