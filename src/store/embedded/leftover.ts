// What an embedded database in DATA_DIR still holds after the service moved to another one. A note
// beside it says so, and an operator can have it copied. The note is written at a clean end and
// removed at a start, so it is never older than the database.
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type postgres from 'postgres';
import type { FormerNames } from '../../kit/records/position.ts';
import type { Database } from '../database.ts';
import { copyIncidents } from './leftover-incidents.ts';
import { lookForMove } from './moved.ts';

const noteIn = (dataDir: string) => join(dataDir, 'waiting');

/** To be called when the embedded database was opened. */
export async function dropNote(dataDir: string): Promise<void> {
  await rm(noteIn(dataDir), { force: true });
}

/** To be called before it is closed. On a failure there is no note, and the count is unknown. */
export async function writeNote(dataDir: string, client: postgres.Sql): Promise<void> {
  try {
    const [row] = await client`
        select count(*)::int as count from deliveries where state = 'pending' or state = 'dead'`;
    await writeFile(noteIn(dataDir), `${Number(row?.count)}\n`, { mode: 0o600 });
  } catch {
    // The database has no tables, or the disk is full.
  }
}

/** A warning for the operator; undefined if nothing is left there. Opens no database. */
export async function leftoverIn(dataDir: string): Promise<string | undefined> {
  if (!existsSync(join(dataDir, 'postgres'))) return undefined;
  const move = await lookForMove(dataDir);
  if (move !== undefined) return move.warning;
  const text = await readFile(noteIn(dataDir), 'utf8').catch(() => '');
  const count = /^\d+$/.test(text.trim()) ? Number(text) : undefined;
  if (count === 0) return undefined;
  const what =
    count === undefined
      ? 'deliveries may wait there'
      : `${count} of its deliveries wait or are dead`;
  return (
    `DATA_DIR (${resolve(dataDir)}) holds an embedded database from before DATABASE_URL was set; ` +
    `${what}, and nobody gets them. Stop Tocsin, run \`tocsin migrate --from-data-dir\`, and start ` +
    'it again; or move the folder "postgres" away.'
  );
}

/** How many of the newest events are copied in any case: a source may read them again. */
const newestEvents = 5000;
const pageRows = 200;

/**
 * Copies open deliveries, open incidents, the newest events with their deliveries and incidents,
 * positions and silences in one transaction; then closes in `from` what was open. Repeated or cut off, it doubles nothing. Rows
 * that `to` has already stay as they are.
 *
 * @param from migrated; the caller holds the lock of its directory
 * @returns how many of the copied deliveries wait or are dead
 */
export async function bringOver(from: postgres.Sql, to: Database): Promise<number> {
  const moved = await to.$client.begin(async (tx): Promise<number> => {
    const ids = new Map<number, number>();
    for (let after = 0; ; ) {
      const page = await readEvents(from, after);
      if (page.length === 0) break;
      after = Number(page.at(-1)!.id);
      for (const row of await writeEvents(tx, page)) ids.set(Number(row.old), Number(row.id));
    }
    const count = await copyDeliveries(from, tx, ids);
    await copyIncidents(from, tx, ids);
    await copyPositions(from, tx);
    return count;
  });
  await from`
    update deliveries set state = 'suppressed', reason = 'moved', finalized_at = now()
    where state in ('pending', 'dead')`;
  return moved as number;
}

function readEvents(from: postgres.Sql, after: number) {
  return from`
    select id::int8 as id, source, ${externalIdThere(from)} as external_id, subject, stream, type, severity, status, action,
      occurred_at::text as occurred_at, received_at::text as received_at, body::text as body,
      raw::text as raw, to_json(routes)::text as routes, traceparent,
      keys::text as keys
    from events e where id > ${after} and (
      id > (select coalesce(max(id), 0) from events) - ${newestEvents}
      or exists (select 1 from deliveries d
        where d.event_id = e.id and d.state in ('pending', 'dead'))
      or exists (select 1 from incidents i where i.event_id = e.id and i.state <> 'resolved'))
    order by id limit ${pageRows}`;
}

/** News are named by the number of their incident, which is another one in the other database. */
function externalIdThere(from: postgres.Sql) {
  return from`case when source = 'tocsin' and stream = 'incident'
    then concat(external_id, '@', (extract(epoch from received_at) * 1000)::bigint)
    else external_id end`;
}

async function writeEvents(tx: postgres.TransactionSql, page: readonly Record<string, unknown>[]) {
  const input = JSON.stringify(page.map((row) => ({ ...row, id: Number(row.id) })));
  const rows = () => tx`
    select * from json_to_recordset(${input}::text::json) as r(id bigint, source text,
      external_id text, subject text, stream text, type text, severity smallint, status text,
      action text, occurred_at timestamptz, received_at timestamptz, body text, raw text,
      routes text, traceparent text, keys text)`;
  await tx`
    insert into events (source, external_id, subject, stream, type, severity, status, action,
      occurred_at, received_at, body, raw, routes, traceparent, keys)
    select source, external_id, subject, stream, type, severity, status, action,
      occurred_at, received_at, body::json, raw::json,
      array(select json_array_elements_text(routes::json)), traceparent, keys::integer[]
    from (${rows()}) i order by id on conflict (source, external_id) do nothing`;
  return tx`select i.id as old, e.id from (${rows()}) i join events e using (source, external_id)`;
}

async function copyDeliveries(
  from: postgres.Sql,
  tx: postgres.TransactionSql,
  ids: ReadonlyMap<number, number>,
) {
  const olds = [...ids.keys()];
  let count = 0;
  for (let start = 0; start < olds.length; start += pageRows) {
    const chosen = olds.slice(start, start + pageRows).join(',');
    const rows = await from`
      select event_id::int8 as event_id, sink, state, reason, priority, attempts, form,
        scheduled_at::text as scheduled_at, finalized_at::text as finalized_at, route, group_key,
        digest_id::int8 as digest_id, remote_id, held_by, held_until::text as held_until, kind,
        to_event::int8 as to_event
      from deliveries where event_id = any (string_to_array(${chosen}, ',')::bigint[])`;
    const input = JSON.stringify(rows.map((row) => translated(row, ids)));
    const written = await tx`
      insert into deliveries (event_id, sink, state, reason, priority, attempts, form,
        scheduled_at, finalized_at, route, group_key, digest_id, remote_id, held_by, held_until,
        kind, to_event)
      select * from json_to_recordset(${input}::text::json) as r(event_id bigint, sink text,
        state text, reason text, priority smallint, attempts integer, form text,
        scheduled_at timestamptz, finalized_at timestamptz, route text, group_key text,
        digest_id bigint, remote_id text, held_by text, held_until timestamptz,
        kind text, to_event bigint)
      on conflict (event_id, sink) do nothing returning state`;
    count += written.filter(({ state }) => state === 'pending' || state === 'dead').length;
  }
  return count;
}

/**
 * With the ids of the new database. A digest that was not copied was sent long ago; news of an event
 * that was not copied go out as a card of their own.
 */
function translated(
  row: Record<string, unknown>,
  ids: ReadonlyMap<number, number>,
): Record<string, unknown> {
  const digest = row.digest_id === null ? null : (ids.get(Number(row.digest_id)) ?? null);
  const isHeld = row.group_key !== null || digest !== null;
  const priority = isHeld ? Number(row.priority) : Number(row.priority) % 10;
  const root = row.to_event === null ? null : (ids.get(Number(row.to_event)) ?? null);
  return {
    ...row,
    event_id: ids.get(Number(row.event_id)),
    digest_id: digest,
    priority,
    kind: root === null ? 'card' : row.kind,
    to_event: root,
  };
}

async function copyPositions(from: postgres.Sql, tx: postgres.TransactionSql): Promise<void> {
  const rows =
    await from`select source, cursor, generation, console, former::text as former from cursors`;
  const [newest] = await tx`select coalesce(max(id), 0)::bigint as id from events`;
  const cursors = rows.map((row) => ({
    ...row,
    former: renumbered(row.former as string | null, Number(newest?.id)),
  }));
  await tx`
    insert into cursors (source, cursor, generation, console, former)
    select source, cursor, generation, console, former::json
    from json_to_recordset(${JSON.stringify(cursors)}::text::json)
      as r(source text, cursor text, generation integer, console text, former text)
    on conflict (source) do nothing`;
  const silences = await from`
    select matcher::text as matcher, owner, reason, created_at::text as created_at,
      starts_at::text as starts_at, ends_at::text as ends_at
    from silences where ends_at > now()`;
  await tx`
    insert into silences (matcher, owner, reason, created_at, starts_at, ends_at)
    select matcher::json, owner, reason, created_at, starts_at, ends_at
    from json_to_recordset(${JSON.stringify(silences)}::text::json)
      as r(matcher text, owner text, reason text, created_at timestamptz, starts_at timestamptz,
        ends_at timestamptz)
    where not exists (select 1 from silences s
      where s.owner = r.owner and s.matcher::text = r.matcher and s.created_at = r.created_at)`;
  const places = await from`select sink, place from sinks where place is not null`;
  await tx`
    insert into sinks (sink, state, place)
    select sink, 'ok', place
    from json_to_recordset(${JSON.stringify(places)}::text::json) as r(sink text, place text)
    on conflict (sink) do nothing`;
}

/** Events have new ids there, and all copied events of a former name are below `newestId`. */
function renumbered(former: string | null, newestId: number): string | null {
  if (former === null) return null;
  const { generation, names } = JSON.parse(former) as FormerNames;
  return JSON.stringify({ generation, names: names.map((name) => ({ ...name, until: newestId })) });
}
