// Splits a digest that is too large, in one fenced statement.
import { noticeSource } from '../../kit/event.ts';
import type { DecidedEvent } from '../../kit/records/decision.ts';
import type { Fence } from '../../kit/records/role.ts';
import type { Database } from '../database.ts';
import { textSeparator } from '../events.ts';
import { heldLease } from '../leases.ts';
import { RowReader } from '../row.ts';

/** A smaller digest that takes over some members of the one that is split. */
export interface DigestPart {
  readonly event: DecidedEvent;
  /** Ids of events. */
  readonly members: readonly number[];
  /** Of the part; null if it is not traced. */
  readonly traceParent: string | null;
}

/** The reason with which a digest that was split is suppressed. */
const splitReason = 'split';

export interface DigestSplit {
  readonly sink: string;
  readonly digestId: number;
  readonly parts: readonly DigestPart[];
  /** Ids of the members that become single cards. */
  readonly cards: readonly number[];
}

/**
 * Puts the members of a digest that is still pending into smaller ones, or makes them single cards
 * that go out before others. The digest itself is suppressed.
 *
 * @returns ids of the new digests; `changed` if the digest is not pending any more, and `lost` if
 * the role was lost. Nothing was written in these two cases
 */
export async function splitDigest(
  db: Database,
  fence: Fence,
  { sink, digestId, parts, cards }: DigestSplit,
): Promise<readonly number[] | 'changed' | 'lost'> {
  const records = JSON.stringify(parts.map(recordOf));
  const [row] = await db.$client`
    with fence as (${heldLease(db.$client, fence)}), old as (
      update deliveries set state = 'suppressed', reason = ${splitReason}, finalized_at = now()
      where sink = ${sink} and event_id = ${digestId}::bigint and state = 'pending'
        and exists (select 1 from fence)
      returning 1
    ), input as (
      select * from json_to_recordset(${records}::text::json) as p(
        external_id text, subject text, stream text, type text, severity smallint, routes text,
        body text, raw text, priority smallint, route text, members text, traceparent text)
      where exists (select 1 from old)
    ), made as (
      insert into events (source, external_id, subject, stream, type, severity, routes, body, raw,
        traceparent, keys)
      select ${noticeSource}::text, external_id, subject, stream, type, severity,
        string_to_array(routes, ${textSeparator}), body::json, raw::json, traceparent,
        '{}'
      from input returning id, external_id
    ), part as (
      select m.id, i.priority, i.route, string_to_array(i.members, ',')::bigint[] as members
      from made m join input i using (external_id)
    ), own as (
      insert into deliveries (event_id, sink, state, priority, route)
      select id, ${sink}::text, 'pending', priority, route from part
    ), moved as (
      update deliveries d set digest_id = p.id from part p
      where d.sink = ${sink} and d.event_id = any (p.members)
        and d.digest_id = ${digestId}::bigint and d.state = 'pending'
    ), released as (
      update deliveries d set priority = 0, group_key = null, digest_id = null
      where d.sink = ${sink}
        and d.event_id = any (string_to_array(${cards.join(',')}, ',')::bigint[])
        and d.digest_id = ${digestId}::bigint and d.state = 'pending' and exists (select 1 from old)
    )
    select exists (select 1 from fence) as is_held, exists (select 1 from old) as is_split,
      (select json_agg(id) from part)::text as ids`;
  if (!outcome.boolean(row!, 'is_held')) return 'lost';
  if (!outcome.boolean(row!, 'is_split')) return 'changed';
  return outcome.jsonOrNull<number[]>(row!, 'ids') ?? [];
}

const outcome = new RowReader<'is_held' | 'is_split' | 'ids'>('deliveries');

function recordOf({ event: { draft, routes, decisions }, members, traceParent }: DigestPart) {
  const own = decisions[0]!;
  return {
    external_id: draft.externalId,
    subject: draft.subject,
    stream: draft.stream,
    type: draft.type,
    severity: draft.severity,
    routes: routes.join(textSeparator),
    body: JSON.stringify(draft.body),
    raw: draft.raw,
    priority: own.priority,
    route: own.route ?? null,
    members: members.join(','),
    traceparent: traceParent,
  };
}
