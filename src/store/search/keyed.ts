// Chooses the events that have certain values: by their keys, by their external id, and one by one
// those that an earlier release stored without keys.
import { externalIdOf, type KeyKind, keyOf } from '../../kit/event-keys.ts';
import type { SearchRange } from '../../kit/records/search.ts';
import type { Database } from '../database.ts';
import { RowReader } from '../row.ts';

export interface KeyedChoice {
  readonly range: SearchRange;
  /** How many ids to look for, and how many events without keys to look at. */
  readonly rowsMax: number;
  /** So many ids are enough; absent: `rowsMax`. */
  readonly wanted?: number | undefined;
}

export type SoughtValue = { readonly kind: KeyKind; readonly value: string };

interface Found {
  /** Newest first. */
  readonly ids: readonly number[];
  /** They are all that there are from this id on. */
  readonly toId: number;
}

const row = new RowReader<'id'>('events');

/** The ids that may have all of the values. */
export async function keyedCandidates(
  db: Database,
  values: readonly SoughtValue[],
  choice: KeyedChoice,
): Promise<Found> {
  const sought = decisive(values);
  const keys = sought.map(({ kind, value }) => keyOf(kind, value));
  // One after the other: a search must not take all connections from the deliveries.
  const external = await externalIds(db, sought, choice.range);
  const keyed = await keyedIds(db, keys, choice);
  const unkeyed = await unkeyedIds(db, choice);
  const toId = Math.max(keyed.toId, unkeyed.toId);
  const ids = new Set([...external, ...keyed.ids, ...unkeyed.ids].filter((id) => id >= toId));
  return { ids: [...ids].sort((a, b) => b - a), toId };
}

/**
 * An id leads to few events, and the rest is compared there. It may be known by its external id
 * while its subject has a key, so that the two cannot be looked for together.
 */
function decisive(values: readonly SoughtValue[]): readonly SoughtValue[] {
  const ids = values.filter(({ kind }) => kind === 'id');
  const subjects = values.filter(({ kind }) => kind === 'subject');
  if (ids.length > 0) return ids.slice(0, 1);
  return subjects.length > 0 ? subjects.slice(0, 1) : values;
}

/** Few: one for each source that has an item of this id. */
async function externalIds(
  db: Database,
  sought: readonly SoughtValue[],
  { beforeId, floorId }: SearchRange,
): Promise<readonly number[]> {
  const [first] = sought;
  const externalId = first && externalIdOf(first.kind, first.value);
  if (externalId === undefined) return [];
  const rows = await db.$client`
    with recursive sources as (
      (select source from events order by source limit 1)
      union all
      select (select e.source from events e where e.source > s.source order by e.source limit 1)
      from sources s where s.source is not null
    )
    select e.id from sources s join events e
      on e.source = s.source and e.external_id = ${externalId}
    where e.id < ${beforeId} and e.id > ${floorId}`;
  return rows.map((one) => row.number(one, 'id'));
}

/**
 * How many other events have the value, by their keys alone: without reading them, and without
 * those that an earlier release stored.
 * @param countMax where counting ends
 */
export async function countOthers(
  db: Database,
  { kind, value }: SoughtValue,
  { id, countMax }: { readonly id: string; readonly countMax: number },
): Promise<{ readonly count: number; readonly hasMore: boolean }> {
  const range = { beforeId: Number.MAX_SAFE_INTEGER, floorId: 0 };
  const choice = { range, rowsMax: countMax + 2 };
  const { ids, toId } = await keyedIds(db, [keyOf(kind, value)], choice);
  const others = ids.filter((one) => String(one) !== id).length;
  const isAll = others <= countMax && toId <= 1;
  const hasMore = !isAll || (await unkeyedIds(db, { range, rowsMax: 1 })).ids.length > 0;
  return { count: Math.min(others, countMax), hasMore };
}

async function unkeyedIds(
  db: Database,
  { range: { beforeId, floorId }, rowsMax }: KeyedChoice,
): Promise<Found> {
  const rows = await db.$client`
    select id from events where keys is null and id < ${beforeId} and id > ${floorId}
    order by id desc limit ${rowsMax}`;
  const ids = rows.map((one) => row.number(one, 'id'));
  return { ids, toId: ids.length < rowsMax ? floorId + 1 : ids.at(-1)! };
}

/** As the index has it: an event is in the block of its id, which has 2^13 of them. */
const blockSize = 8192;
/**
 * Windows of one step, and blocks of the largest. Each scan of the index reads its list of what was
 * not sorted in yet, up to a millisecond; a window of 8 full blocks takes ten.
 */
const scansMax = 64;
const windowMax = 8;

/**
 * The newest events with all of the keys, by windows of ids: a window that holds nothing is
 * followed by a larger one, and one that holds far too many is tried again as a smaller one.
 */
async function keyedIds(
  db: Database,
  keys: readonly number[],
  { range, rowsMax, wanted = rowsMax }: KeyedChoice,
): Promise<Found> {
  const rows = await walkWindows(db, keys, { range, wanted });
  const [{ reached, ids } = {}] = rows;
  const before = Number(reached) * blockSize;
  const found = String(ids)
    .split(',')
    .filter((id) => id !== '')
    .map(Number)
    .sort((a, b) => b - a);
  if (found.length <= rowsMax) return { ids: found, toId: Math.max(before, range.floorId + 1) };
  return { ids: found.slice(0, rowsMax), toId: found[rowsMax - 1]! };
}

/**
 * One row: the lowest block that was read, and the ids in any order. One statement, since each
 * takes its time on a busy machine.
 *
 * Everything that could lead the planner past the index is out of its sight: the range of ids, and
 * that few rows are wanted. The two conditions on the index stand apart: as one array the index
 * would look at each event of a block, and the planner would expect so many rows that it compiled
 * the statement (JIT), for longer than it runs.
 */
function walkWindows(
  { $client: client }: Database,
  keys: readonly number[],
  { range: { beforeId, floorId }, wanted }: Pick<KeyedChoice, 'range'> & { wanted: number },
) {
  const tooMany = wanted * 4;
  return client`
    with recursive walk as (
      select (
          (least(${beforeId}::bigint - 1, (select coalesce(max(id), 0) from events)) >> 13) + 1
        )::integer as above,
        1 as size, ${windowMax}::integer as size_max, '{}'::bigint[] as ids, 0 as count, 0 as scans
      union all
      select case when o.is_over then w.above else greatest(w.above - w.size, 0) end,
        case
          when o.is_over then greatest(w.size / 4, 1)
          when f.ids = '{}' then least(w.size * 4, w.size_max)
          else greatest(1, least(w.size * 4, w.size_max,
            (${wanted}::integer - w.count) * w.size / cardinality(f.ids)))
        end,
        case when o.is_over then greatest(w.size / 4, 1) else w.size_max end,
        case when o.is_over then '{}' else f.ids end,
        case when o.is_over then w.count else w.count + cardinality(f.ids) end,
        w.scans + 1
      from walk w cross join lateral (
        with found as materialized (
          select e.id from events e
          where array_append(e.keys, (e.id >> 13)::integer)
              @> string_to_array(${keys.join(',')}, ',')::integer[]
            and array_append(e.keys, (e.id >> 13)::integer)
              && array(select generate_series(w.above - w.size, w.above - 1))
            and e.id + 0 < ${beforeId} and e.id + 0 > ${floorId}
        )
        select array(
          select id from found limit case when w.size > 1 then ${tooMany + 1}::bigint end
        ) as ids
        offset 0
      ) f cross join lateral (
        select w.size > 1 and cardinality(f.ids) > ${tooMany}::integer as is_over offset 0
      ) o
      where w.count < ${wanted}::integer and w.scans < ${scansMax}::integer
        and w.above > (${floorId}::bigint + 1) >> 13
    )
    select min(above) as reached,
      coalesce(string_agg(array_to_string(ids, ','), ',') filter (where ids <> '{}'), '') as ids
    from walk`;
}
