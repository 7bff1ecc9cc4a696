// Stores a digest and puts its members into it, in one fenced statement.
import { noticeSource } from '../../kit/event.ts';
import type { DecidedEvent } from '../../kit/records/decision.ts';
import type { GroupChange } from '../../kit/records/group.ts';
import type { Fence } from '../../kit/records/role.ts';
import type { Database } from '../database.ts';
import { heldPriority } from '../deliveries/pending.ts';
import { textSeparator } from '../events.ts';
import { heldLease } from '../leases.ts';
import { RowReader } from '../row.ts';
import { countSent } from './waiting.ts';

export interface NewDigest {
  readonly sink: string;
  readonly event: DecidedEvent;
  /** Ids of events; the delivery of each must still be pending and in no digest. */
  readonly members: readonly number[];
  /** Absent for a storm's digest. */
  readonly group?: GroupChange | undefined;
  /** Of the digest; absent if it is not traced. */
  readonly traceParent?: string | undefined;
}

/**
 * Stores the digest's event with its own delivery, and puts the members into it, so that every
 * attempt sends the same digest.
 *
 * @returns `frozen`; `changed` if one of the members is no longer as it was; `lost` if the role was
 * lost. Unless it is `frozen`, nothing was written
 */
export async function freezeDigest(
  db: Database,
  fence: Fence,
  { sink, event, members, group, traceParent }: NewDigest,
): Promise<'frozen' | 'changed' | 'lost'> {
  const { draft, routes, decisions } = event;
  const [own] = decisions;
  const from = db.$client`complete`;
  const [row] = await db.$client`
    with fence as (${heldLease(db.$client, fence)}), members as (
      select event_id from deliveries
      where sink = ${sink} and state = 'pending' and digest_id is null
        and exists (select 1 from fence)
        and event_id = any (string_to_array(${members.join(',')}, ',')::bigint[])
      for update
    ), complete as (
      select 1 from fence where (select count(*) from members) = ${members.length}
    ), digest as (
      insert into events (source, external_id, subject, stream, type, severity, routes, body, raw,
        traceparent, keys)
      select ${noticeSource}::text, ${draft.externalId}::text, ${draft.subject}::text,
        ${draft.stream}::text, ${draft.type}::text, ${draft.severity}::smallint,
        string_to_array(${routes.join(textSeparator)}, ${textSeparator}),
        ${JSON.stringify(draft.body)}::text::json, ${draft.raw}::text::json,
        ${traceParent ?? null}::text, '{}'
      from complete returning id
    ), own as (
      insert into deliveries (event_id, sink, state, priority, route)
      select id, ${sink}, 'pending', ${own!.priority}::smallint, ${own!.route ?? null}::text
      from digest
    ), frozen as (
      update deliveries d set digest_id = g.id,
        priority = d.priority % ${heldPriority} + ${heldPriority}
      from digest g, members m where d.sink = ${sink} and d.event_id = m.event_id
    ), counted as (${countSent(db, { sink, group, sent: members.length, cards: 0, from })})
    select exists (select 1 from fence) as is_held, exists (select 1 from digest) as is_frozen`;
  if (!outcome.boolean(row!, 'is_held')) return 'lost';
  return outcome.boolean(row!, 'is_frozen') ? 'frozen' : 'changed';
}

const outcome = new RowReader<'is_held' | 'is_frozen'>('deliveries');
