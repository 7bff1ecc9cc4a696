// Reads stored events in the order of their arrival: page by page, or one of them.
import { noticeSource, type StoredEvent } from '../kit/event.ts';
import type { EventKey, PastEvent } from '../kit/records/past.ts';
import { externalIdIn, readCursor } from './cursors.ts';
import type { Database } from './database.ts';
import { eventColumns, eventRow, factsOf, toEvent } from './event-row.ts';
import type { Row } from './row.ts';

/**
 * A page goes through the memory of two processes, and the embedded database does nothing else
 * while it is read.
 */
const pageEventsMax = 500;
const pageBytesMax = 2_000_000;
/**
 * Ids follow the order of arrival, except for transactions that overlapped and for clocks that were
 * set.
 */
const disorderMsMax = 3_600_000;

/**
 * The next events that were received since `sinceMs`, without Tocsin's own notices; empty if there
 * are no more.
 * @param afterId id of the last event of the page before; null for the first page
 */
export async function readPast(
  db: Database,
  sinceMs: number,
  afterId: number | null,
): Promise<PastEvent[]> {
  const after = afterId ?? (await idBefore(db, sinceMs));
  const rows = await db.$client`
    with next as (
      select id, source, stream, type, severity, status, action,
        extract(epoch from received_at) * 1000 as received_at, body::text as body
      from events
      where id > ${after} and received_at >= to_timestamp(${sinceMs}::float8 / 1000)
        and source <> ${noticeSource}
      order by id limit ${pageEventsMax}
    ), sized as (
      select *, sum(octet_length(body)) over (order by id) - octet_length(body) as bytes_before
      from next
    )
    select *, array_to_string(array(
        select sink from deliveries d
        where d.event_id = sized.id and d.state <> 'suppressed' order by sink
      ), ',') as sinks
    from sized where bytes_before < ${pageBytesMax} order by id`;
  return rows.map(toPast);
}

function toPast(row: Row): PastEvent {
  const sinks = eventRow.text(row, 'sinks');
  return {
    id: eventRow.number(row, 'id'),
    source: eventRow.text(row, 'source'),
    ...factsOf(row),
    receivedAtMs: eventRow.number(row, 'received_at'),
    body: eventRow.text(row, 'body'),
    sinks: sinks === '' ? [] : sinks.split(','),
  };
}

/**
 * An id not far before that of the first event that was received since then. There is no index by
 * time, so it bisects the ids.
 */
export async function idBefore(db: Database, sinceMs: number): Promise<number> {
  const [newest] = await db.$client`select max(id) as id from events`;
  let low = 0;
  let high = eventRow.numberOrNull(newest!, 'id') ?? 0;
  while (high - low > pageEventsMax) {
    const middle = Math.floor((low + high) / 2);
    const [event] = await db.$client`
      select extract(epoch from received_at) * 1000 as received_at from events
      where id > ${middle} order by id limit 1`;
    const isBefore =
      event !== undefined && eventRow.number(event, 'received_at') < sinceMs - disorderMsMax;
    if (isBefore) low = middle;
    else high = middle;
  }
  return low;
}

/** An id not far after that of the last event that was received until then. */
export async function idAfter(db: Database, untilMs: number): Promise<number> {
  return (await idBefore(db, untilMs + 2 * disorderMsMax)) + pageEventsMax;
}

/**
 * Null if it was never stored, or was removed. If the vendor's console gave the same number to two
 * items, the newest.
 */
export async function readEvent(db: Database, key: EventKey): Promise<StoredEvent | null> {
  const client = db.$client;
  const isMeant =
    'id' in key
      ? client`e.id = ${key.id}::bigint`
      : client`e.source = ${key.source}::text and e.external_id in (
          select json_array_elements_text(${await externalIdsOf(db, key)}::text::json)
        )`;
  const [row] = await client`
    select ${eventColumns(db)} from events e where ${isMeant} order by e.id desc limit 1`;
  return row === undefined ? null : toEvent(row);
}

/** JSON: the keys under which the item may be stored, one for each generation of the source. */
async function externalIdsOf(
  db: Database,
  { source, externalId }: { readonly source: string; readonly externalId: string },
): Promise<string> {
  const { generation } = await readCursor(db, source);
  return JSON.stringify(
    Array.from({ length: generation }, (_, index) => externalIdIn(index + 1, externalId)),
  );
}
