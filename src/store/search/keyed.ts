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
const blockOf = (id: number) => Math.floor(id / 2 ** blockBits);
const startOf = (block: number) => block * 2 ** blockBits;

/** Blocks of the first windows; the next has everything that is left. */
const firstWindows = [1, 16];
/** What grows from here on, if everything was too much. */
const laterWindow = 64;
const laterWindowMax = 1024;
/** Statements of one step. */
const windowsMax = 12;

/**
 * The newest events with all of the keys, by windows of ids that grow: most values are rare, and
 * two or three statements find all that there is; of a value that a hundred thousand events have,
 * no statement reads more than a window that holds few of them.
 */
async function keyedIds(
  db: Database,
  keys: readonly number[],
  { range: { beforeId, floorId }, rowsMax }: KeyedChoice,
): Promise<Found> {
  const lowest = blockOf(floorId + 1);
  const found: number[] = [];
  let before = Math.min(beforeId, (await newestId(db)) + 1);
  let size = firstWindows[0]!;
  let isAllTooMuch = false;
  for (let windows = 1; before > floorId + 1 && found.length < rowsMax; windows += 1) {
    if (windows > windowsMax) break;
    const top = blockOf(before - 1);
    const isRest = !isAllTooMuch && windows > firstWindows.length;
    const bottom = isRest ? lowest : Math.max(lowest, top - size + 1);
    const window = { beforeId: before, floorId: Math.max(floorId, startOf(bottom) - 1) };
    const isOne = top === bottom;
    const most = isOne ? 2 ** blockBits : rowsMax;
    const ids = await idsInWindow(db, keys, { window, limit: most + 1, isRest });
    if (ids.length > most) {
      if (isRest) {
        isAllTooMuch = true;
        size = laterWindow;
      } else size = Math.max(1, Math.floor((top - bottom + 1) / 8));
      continue;
    }
    found.push(...ids.sort((a, b) => b - a));
    before = window.floorId + 1;
    size =
      windows < firstWindows.length ? firstWindows[windows]! : Math.min(size * 4, laterWindowMax);
  }
  if (found.length <= rowsMax) return { ids: found, toId: Math.max(before, floorId + 1) };
  return { ids: found.slice(0, rowsMax), toId: found[rowsMax - 1]! };
}

async function newestId({ $client: client }: Database): Promise<number> {
  const [newest] = await client`select max(id) as id from events`;
  return row.numberOrNull(newest!, 'id') ?? 0;
}

interface Window {
  readonly window: SearchRange;
  readonly limit: number;
  /** The window is not narrowed by the blocks of the index. */
  readonly isRest: boolean;
}

/** In no order: a statement with one could read the ids in theirs, all of them. */
async function idsInWindow(
  { $client: client }: Database,
  keys: readonly number[],
  { window: { beforeId, floorId }, limit, isRest }: Window,
): Promise<number[]> {
  const blocks = isRest
    ? client``
    : client`and array_append(keys, (id >> 13)::integer) && array(
        select generate_series(${blockOf(floorId + 1)}::integer, ${blockOf(beforeId - 1)}::integer))`;
  const rows = await client`
    select id from events
    where array_append(keys, (id >> 13)::integer) @> string_to_array(${keys.join(',')}, ',')::integer[]
      ${blocks} and id < ${beforeId} and id > ${floorId}
    limit ${limit}`;
  return rows.map((one) => row.number(one, 'id'));
}
