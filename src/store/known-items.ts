// What is stored of the items of some sources, for a source that follows them. Reads by id alone, so
// that it costs nothing where nobody follows.
import type { KnownEvent } from '../kit/source.ts';
import type { Database } from './database.ts';
import { eventRow, severityOf } from './event-row.ts';

/**
 * By id, the first `limit` events of these sources after this one; also those that they stored
 * under a former name.
 */
export async function readKnownEvents(
  { $client: client }: Database,
  sources: readonly string[],
  { afterId, limit }: { readonly afterId: number; readonly limit: number },
): Promise<KnownEvent[]> {
  const own = JSON.stringify(sources);
  const [former] = await client`
    select coalesce(json_object_agg(name ->> 'source', name ->> 'until'), '{}')::text as former
    from cursors c, json_array_elements(c.former -> 'names') name
    where c.source in (select json_array_elements_text(${own}::text::json))
      and (c.former ->> 'generation')::integer = c.generation`;
  const untilOf = eventRow.json<Record<string, string>>(former!, 'former');
  // Another source may have such a name by now: of that, nothing beyond counts.
  for (const source of sources) delete untilOf[source];
  const all = JSON.stringify([...sources, ...Object.keys(untilOf)]);
  const rows = await client`
    select id, source, external_id, subject, stream, severity, status,
      extract(epoch from received_at) * 1000 as received_at
    from events
    where id > ${afterId}
      and source = any(array(select json_array_elements_text(${all}::text::json)))
      and id <= coalesce((${JSON.stringify(untilOf)}::text::json ->> source)::bigint, id)
    order by id limit ${limit}`;
  return rows.map((row) => ({
    eventId: eventRow.number(row, 'id'),
    source: eventRow.text(row, 'source'),
    externalId: eventRow.text(row, 'external_id'),
    subject: eventRow.text(row, 'subject'),
    stream: eventRow.text(row, 'stream'),
    severity: severityOf(row),
    status: eventRow.textOrNull(row, 'status'),
    receivedAtMs: eventRow.number(row, 'received_at'),
  }));
}

/**
 * An id up to which every event came longer ago than this, by the database's clock; 0 if there is
 * none. A few reads by the primary key, however many events there are.
 */
export async function lastIdOlderThan(db: Database, ageMs: number): Promise<number> {
  const client = db.$client;
  const [ends] = await client`select coalesce(max(id), 0) as id from events`;
  // Everything up to `old` is older, and what comes after `young` is not.
  let old = 0;
  let young = eventRow.number(ends!, 'id');
  while (young - old > precision) {
    const middle = Math.floor((old + young) / 2);
    const [row] = await client`
      select received_at < now() - ${ageMs} * interval '1 millisecond' as looked
      from events where id > ${middle} order by id limit 1`;
    if (row?.looked === true) old = middle;
    else young = middle;
  }
  return old;
}

/** Events that are read in vain are cheaper than as many questions. */
const precision = 500;

/** The vendor's objects, as JSON text; those that are not stored are absent. */
export async function readRaws(
  db: Database,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.$client`
    select id, raw::text as raw from events
    where id = any(${`{${ids.join(',')}}`}::text::bigint[])`;
  return new Map(rows.map((row) => [eventRow.number(row, 'id'), eventRow.text(row, 'raw')]));
}
