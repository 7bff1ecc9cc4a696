// What people do to deliveries: they put back what was given up, or give it up for good. Whatever
// somebody else changes at that moment is left alone, so that nobody waits for anybody, and nothing
// is sent twice because two people asked for it.
import type { ChosenDelivery } from '../../kit/records/delivery.ts';
import type { Database } from '../database.ts';
import { heldPriority } from './pending.ts';
import { deliveryRow } from './row.ts';

type Fragment = ReturnType<Database['$client']>;

/** Deliveries that one statement changes; a digest and its members are always in one. */
const chunkMax = 1000;

/**
 * Puts dead deliveries back: pending, due now, as whole cards, attempts counted from the start. A
 * digest comes back with its members; a member without its digest comes back as a card of its own.
 * @returns how many were put back; what is no longer dead is left alone
 */
export async function redriveDeliveries(
  db: Database,
  chosen: readonly ChosenDelivery[],
): Promise<number> {
  const client = db.$client;
  return inChunks(chosen, async (chunk) => {
    const [row] = await client`
      with ${locked(db, chunk)}, back as (
        update deliveries d set state = 'pending', reason = null, finalized_at = null, attempts = 0,
          form = 'full', scheduled_at = now(),
          priority = case when l.is_member then d.priority else d.priority % ${heldPriority} end,
          group_key = case when l.is_member then d.group_key end,
          digest_id = case when l.is_member then d.digest_id end
        from placed l where d.event_id = l.event_id and d.sink = l.sink and l.state = 'dead'
        returning 1
      )
      select count(*)::int as count from back`;
    return deliveryRow.number(row!, 'count');
  });
}

/**
 * Gives up what is pending or dead: the rows stay, suppressed, with the reason `dropped`. A message
 * that a process holds in memory may still go out, and is recorded as delivered then.
 * @returns how many were given up; what was delivered meanwhile is left alone
 */
export async function dropDeliveries(
  db: Database,
  chosen: readonly ChosenDelivery[],
): Promise<number> {
  const client = db.$client;
  return inChunks(chosen, async (chunk) => {
    const [row] = await client`
      with ${locked(db, chunk)}, gone as (
        update deliveries d set state = 'suppressed', reason = 'dropped', finalized_at = now(),
          group_key = null, digest_id = null, priority = d.priority % ${heldPriority}
        from placed l where d.event_id = l.event_id and d.sink = l.sink
          and (l.state = 'dead' or l.is_member or d.digest_id is null)
        returning 1
      )
      select count(*)::int as count from gone`;
    return deliveryRow.number(row!, 'count');
  });
}

/**
 * As `placed`: those that nobody else is changing, with the state that they have now. `is_member`:
 * it travels in a digest that is among them; a digest that somebody else has may go another way.
 * The list is hashed: a join would be planned for one row, and compare each with each.
 */
function locked({ $client: client }: Database, chunk: readonly ChosenDelivery[]): Fragment {
  const keys = JSON.stringify(
    chunk.map(({ eventId, sink, digestId }) => ({
      event_id: eventId,
      sink,
      digest_id: digestId,
    })),
  );
  return client`keys as (
      select * from json_to_recordset(${keys}::text::json)
        as k(event_id bigint, sink text, digest_id bigint)
    ), held as materialized (
      select d.event_id, d.sink, d.state, k.digest_id
      from keys k join deliveries d on d.event_id = k.event_id and d.sink = k.sink
      where d.state = 'dead' or d.state = 'pending'
      for update of d skip locked
    ), placed as (
      select h.event_id, h.sink, h.state, coalesce(
        (h.digest_id, h.sink) in (select event_id, sink from held), false
      ) as is_member
      from held h
    )`;
}

/** Runs the act on one chunk after the other. @returns the sum of what they return */
async function inChunks(
  chosen: readonly ChosenDelivery[],
  act: (chunk: readonly ChosenDelivery[]) => Promise<number>,
): Promise<number> {
  let count = 0;
  for (const chunk of chunksOf(chosen)) count += await act(chunk);
  return count;
}

/** A chunk is larger than {@link chunkMax} only by the members of its digests. */
function chunksOf(chosen: readonly ChosenDelivery[]): ChosenDelivery[][] {
  const members = new Map<string, ChosenDelivery[]>();
  for (const one of chosen) {
    if (one.digestId === null) continue;
    const name = `${one.digestId} ${one.sink}`;
    const others = members.get(name);
    if (others === undefined) members.set(name, [one]);
    else others.push(one);
  }
  const chunks: ChosenDelivery[][] = [];
  let chunk: ChosenDelivery[] = [];
  for (const one of chosen) {
    if (one.digestId !== null) continue;
    chunk.push(one, ...(members.get(`${one.eventId} ${one.sink}`) ?? []));
    if (chunk.length < chunkMax) continue;
    chunks.push(chunk);
    chunk = [];
  }
  return chunk.length === 0 ? chunks : [...chunks, chunk];
}
