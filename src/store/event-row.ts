// Reads a row of the table of events, whichever statement found it.
import type { EventBody, Severity, StoredEvent } from '../kit/event.ts';
import type { Database } from './database.ts';
import { type ColumnOf, type Row, RowReader } from './row.ts';
import type { events } from './schema.ts';

/**
 * `sinks`: ids of the sinks that the event went to, separated by commas; `former`: former names of
 * its source.
 */
export const eventRow = new RowReader<ColumnOf<typeof events> | 'sinks' | 'former'>('events');

/** What {@link toEvent} reads, for a `select` from events as `e`. */
export function eventColumns({ $client: client }: Database) {
  return client`e.id, e.source, e.external_id, e.subject, e.stream, e.type, e.severity, e.status,
    e.action, extract(epoch from e.occurred_at) * 1000 as occurred_at,
    extract(epoch from e.received_at) * 1000 as received_at, e.body::text as body`;
}

export function toEvent(row: Row): StoredEvent {
  return {
    id: eventRow.number(row, 'id'),
    source: eventRow.text(row, 'source'),
    externalId: eventRow.text(row, 'external_id'),
    subject: eventRow.text(row, 'subject'),
    ...factsOf(row),
    occurredAt: eventRow.timeOrNull(row, 'occurred_at'),
    receivedAt: eventRow.time(row, 'received_at'),
    body: eventRow.json<EventBody>(row, 'body'),
  };
}

/** The columns that routes and silences match, without the body. */
export function factsOf(row: Row) {
  return {
    stream: eventRow.text(row, 'stream'),
    type: eventRow.text(row, 'type'),
    severity: severityOf(row),
    status: eventRow.textOrNull(row, 'status'),
    action: eventRow.textOrNull(row, 'action'),
  };
}

const severities: readonly Severity[] = [0, 1, 2, 3, 4, 5];

export function severityOf(row: Row): Severity {
  return eventRow.oneOf(row, 'severity', severities);
}
