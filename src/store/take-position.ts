// Moves the position of a source to another id, in one transaction.
import type postgres from 'postgres';
import type { FormerNames, StoredPosition } from '../kit/records/position.ts';
import type { Fence } from '../kit/records/role.ts';
import { toPosition } from './cursors.ts';
import type { Database } from './database.ts';
import { eventRow } from './event-row.ts';
import { heldLease, leaseRow } from './leases.ts';

export interface Taking {
  readonly from: string;
  readonly to: string;
  /** Of `to`; null if that is not known, and then it stays the same. */
  readonly console: string | null;
}

/**
 * Moves a position to another id. If that id holds the position of another console, the two change
 * places. Events stay under the source that they were stored with, and the position remembers which
 * those are.
 *
 * A page that is being read under either id meanwhile cannot be stored: their generations change.
 *
 * @param fence of the role that reads `to`; null for an operator
 * @returns `held` while another live process reads `from`; `lost` if the role or the position is
 * gone
 */
export async function takePosition(
  db: Database,
  fence: Fence | null,
  taking: Taking,
): Promise<StoredPosition | 'held' | 'lost'> {
  return db.$client.begin(async (tx): Promise<StoredPosition | 'held' | 'lost'> => {
    if (fence !== null && (await heldBy(tx, fence)).length === 0) return 'lost';
    const holder = await liveHolderOf(tx, taking.from);
    if (holder !== null && holder !== fence?.holder) return 'held';
    const rows = await tx`
      select source, cursor, generation, console, former::text as former,
        updated_at::text as updated_at
      from cursors where source in (${taking.from}, ${taking.to}) for update`;
    const positions = rows.map(toPosition);
    const old = positions.find(({ source }) => source === taking.from);
    if (old === undefined || old.cursor === null) return 'lost';
    const [newest] = await tx`select coalesce(max(id), 0)::bigint as id from events`;
    const [next, rest] = exchange({
      old,
      occupant: positions.find(({ source }) => source === taking.to),
      to: taking.to,
      console: taking.console,
      newestId: eventRow.number(newest!, 'id'),
    });
    for (const row of [next, rest]) await write(tx, row);
    return next;
  }) as Promise<StoredPosition | 'held' | 'lost'>;
}

function heldBy(tx: postgres.TransactionSql, fence: Fence) {
  return heldLease(tx as unknown as Database['$client'], fence);
}

/** Null if no live process reads the source. Nobody takes the role before the transaction ends. */
async function liveHolderOf(tx: postgres.TransactionSql, source: string): Promise<string | null> {
  const [role] = await tx`
    select holder::text from leases where name = ${`source:${source}`} for update`;
  const holder = role === undefined ? null : leaseRow.textOrNull(role, 'holder');
  const live = await tx`
    select 1 from replicas where id::text = ${holder} and expires_at > clock_timestamp()`;
  return live.length > 0 ? holder : null;
}

async function write(
  tx: postgres.TransactionSql,
  { source, cursor, generation, console, former }: StoredPosition,
) {
  const names = former && JSON.stringify(former);
  await tx`
    insert into cursors (source, cursor, generation, console, former)
    values (${source}, ${cursor}, ${generation}, ${console}, ${names}::text::json)
    on conflict (source) do update set cursor = excluded.cursor, generation = excluded.generation,
      console = excluded.console, former = excluded.former, updated_at = now()`;
}

export interface Exchange {
  readonly old: StoredPosition;
  /** The position under the new id; undefined if there is none. */
  readonly occupant: StoredPosition | undefined;
  readonly to: string;
  readonly console: string | null;
  /** Id of the newest event that is stored. */
  readonly newestId: number;
}

/**
 * What stands under the new id and under the old one afterwards. An id that may have events of
 * another console gets a generation that neither ever had, so that equal numbers are not taken for
 * the same event. Pure.
 */
export function exchange({
  old,
  occupant,
  to,
  console,
  newestId,
}: Exchange): readonly [next: StoredPosition, rest: StoredPosition] {
  const unused = Math.max(old.generation, occupant?.generation ?? 0) + 1;
  const generation = occupant === undefined ? old.generation : unused;
  const next = {
    ...old,
    source: to,
    console: console ?? old.console,
    generation,
    former: withName(old, generation, newestId),
  };
  if (!occupant?.cursor || !occupant.console) {
    return [next, { ...old, cursor: null, console: '', generation: unused, former: null }];
  }
  const former = withName(occupant, unused, newestId);
  return [next, { ...occupant, source: old.source, generation: unused, former }];
}

function withName(
  { source, generation, former }: StoredPosition,
  next: number,
  newestId: number,
): FormerNames {
  const known = former?.generation === generation ? former.names : [];
  return { generation: next, names: [...known, { source, generation, until: newestId }] };
}
