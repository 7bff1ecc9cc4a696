// Copies the incidents of copied events from an embedded database to another one, with their changes
// and the edits that their messages wait for.
import type postgres from 'postgres';

const pageRows = 200;

/**
 * Incidents of events that were not copied stay behind. Rows that are there already stay as they
 * are, and get no change a second time.
 * @param ids of events: the former and the new one
 */
export async function copyIncidents(
  from: postgres.Sql,
  tx: postgres.TransactionSql,
  ids: ReadonlyMap<number, number>,
): Promise<void> {
  const roots = await from`
    select event_id::int8 as id from incidents union select event_id::int8 from message_edits`;
  const olds = roots.map(({ id }) => Number(id)).filter((id) => ids.has(id));
  for (let start = 0; start < olds.length; start += pageRows) {
    const chosen = olds.slice(start, start + pageRows);
    await copyPage(from, tx, new Map(chosen.map((id) => [id, ids.get(id)!])));
  }
}

async function copyPage(
  from: postgres.Sql,
  tx: postgres.TransactionSql,
  ids: ReadonlyMap<number, number>,
): Promise<void> {
  const chosen = [...ids.keys()].join(',');
  const translated = (rows: readonly Record<string, unknown>[]) =>
    JSON.stringify(rows.map((row) => ({ ...row, event_id: ids.get(Number(row.event_id)) })));
  const incidents = await from`
    select id::int8 as id, source, subject, event_id::int8 as event_id, state, severity, version,
      opened_at::text as opened_at, changed_at::text as changed_at, by, via, until::text as until,
      note, acknowledged_at::text as acknowledged_at, resolved_at::text as resolved_at, occurrences,
      last_seen_at::text as last_seen_at, route, step, step_at::text as step_at, escalated_to
    from incidents where event_id = any (string_to_array(${chosen}, ',')::bigint[])`;
  const written = await tx`
    insert into incidents (source, subject, event_id, state, severity, version, opened_at,
      changed_at, by, via, until, note, acknowledged_at, resolved_at, occurrences, last_seen_at,
      route, step, step_at, escalated_to)
    select * from json_to_recordset(${translated(incidents)}::text::json) as r(source text,
      subject text, event_id bigint, state text, severity smallint, version integer,
      opened_at timestamptz, changed_at timestamptz, by text, via text, until timestamptz,
      note text, acknowledged_at timestamptz, resolved_at timestamptz, occurrences integer,
      last_seen_at timestamptz, route text, step integer, step_at timestamptz, escalated_to text)
    on conflict (source, subject) do nothing returning id::int8 as id, source, subject`;
  await copyChanges(from, tx, pairsOf(incidents, written));
  const edits = await from`
    select event_id::int8 as event_id, sink, wanted, done, scheduled_at::text as scheduled_at,
      edited_at::text as edited_at, attempts, state, reason
    from message_edits where event_id = any (string_to_array(${chosen}, ',')::bigint[])`;
  await tx`
    insert into message_edits (event_id, sink, wanted, done, scheduled_at, edited_at, attempts,
      state, reason)
    select * from json_to_recordset(${translated(edits)}::text::json) as r(event_id bigint,
      sink text, wanted integer, done integer, scheduled_at timestamptz, edited_at timestamptz,
      attempts integer, state text, reason text)
    on conflict (event_id, sink) do nothing`;
}

/** Former and new ids of the incidents that were written now. */
function pairsOf(
  former: readonly Record<string, unknown>[],
  written: readonly Record<string, unknown>[],
): ReadonlyMap<number, number> {
  const keyOf = ({ source, subject }: Record<string, unknown>) => JSON.stringify([source, subject]);
  const news = new Map(written.map((row) => [keyOf(row), Number(row.id)]));
  const pairs = new Map<number, number>();
  for (const row of former) {
    const id = news.get(keyOf(row));
    if (id !== undefined) pairs.set(Number(row.id), id);
  }
  return pairs;
}

async function copyChanges(
  from: postgres.Sql,
  tx: postgres.TransactionSql,
  ids: ReadonlyMap<number, number>,
): Promise<void> {
  const rows = await from`
    select incident_id::int8 as incident_id, at::text as at, kind, from_state, to_state, actor, via,
      note, values::text as values
    from incident_changes
    where incident_id = any (string_to_array(${[...ids.keys()].join(',')}, ',')::bigint[])
    order by id`;
  const input = rows.map((row) => ({ ...row, incident_id: ids.get(Number(row.incident_id)) }));
  await tx`
    insert into incident_changes (incident_id, at, kind, from_state, to_state, actor, via, note,
      values)
    select incident_id, at, kind, from_state, to_state, actor, via, note, values::json
    from json_to_recordset(${JSON.stringify(input)}::text::json) as r(incident_id bigint,
      at timestamptz, kind text, from_state text, to_state text, actor text, via text, note text,
      values text)`;
}
