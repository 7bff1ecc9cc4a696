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

/** As the index has it: an event is in the block of its id. */
const blockBits = 13;
const blockSize = 2 ** blockBits;
const blockOf = (id: number) => Math.floor(id / blockSize);
/** Statements of one step. */
const windowsMax = 16;

/**
 * The newest events with all of the keys, by windows of ids: a window that holds nothing is
 * followed by a larger one, so that few statements find a rare value. Of a value that a hundred
 * thousand events have, no statement reads more than the window that has enough of them.
 */
async function keyedIds(
  db: Database,
  keys: readonly number[],
  { range: { beforeId, floorId }, rowsMax, wanted = rowsMax }: KeyedChoice,
): Promise<Found> {
  const found: number[] = [];
  let before = Math.min(beforeId, (await newestId(db)) + 1);
  let size = 1;
  for (let count = 0; count < windowsMax && before > floorId + 1; count += 1) {
    if (found.length >= wanted) break;
    const bottom = blockOf(before - 1) - size + 1;
    const window = { beforeId: before, floorId: Math.max(floorId, bottom * blockSize - 1) };
    const most = size === 1 ? blockSize : rowsMax;
    const ids = await idsInWindow(db, keys, window, most + 1);
    if (ids.length > most) {
      size = Math.max(1, Math.floor(size / 8));
      continue;
    }
    found.push(...ids.sort((a, b) => b - a));
    before = window.floorId + 1;
    size = nextSize(size, ids.length, wanted - found.length);
  }
  if (found.length <= rowsMax) return { ids: found, toId: Math.max(before, floorId + 1) };
  return { ids: found.slice(0, rowsMax), toId: found[rowsMax - 1]! };
}

/** Blocks of the next window, which shall find what is missing if it is as dense as the last. */
function nextSize(size: number, found: number, missing: number): number {
  if (found === 0) return size * 4;
  return Math.max(1, Math.min(size * 4, Math.ceil((missing * size) / found)));
}

async function newestId({ $client: client }: Database): Promise<number> {
  const [newest] = await client`select max(id) as id from events`;
  return row.numberOrNull(newest!, 'id') ?? 0;
}

/**
 * In no order, as the index finds them. Everything that could lead the planner past the index is
 * out of its sight: how frequent a key is, the range of ids, and that few rows are wanted.
 */
async function idsInWindow(
  { $client: client }: Database,
  keys: readonly number[],
  { beforeId, floorId }: SearchRange,
  limit: number,
): Promise<number[]> {
  const rows = await client`
    with found as materialized (
      select id from events
      where array_append(keys, (id >> 13)::integer) @> array(
          select unnest(string_to_array(${keys.join(',')}, ',')::integer[])
        ) and array_append(keys, (id >> 13)::integer) && array(
          select generate_series(${blockOf(floorId + 1)}::integer,
            ${blockOf(beforeId - 1)}::integer)
        ) and id + 0 < ${beforeId} and id + 0 > ${floorId}
    )
    select id from found limit ${limit}`;
  return rows.map((one) => row.number(one, 'id'));
}
