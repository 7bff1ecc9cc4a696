// Chooses the events that a step of a search looks at: the newest ones, or those that an index
// leads to. Each statement reads a bounded number of rows.
import type { DeliveryState } from '../../kit/records/delivery.ts';
import type { SearchFilter, SearchRange } from '../../kit/records/search.ts';
import type { Database } from '../database.ts';
import { RowReader } from '../row.ts';
import { keyedCandidates } from './keyed.ts';

/** Of the range, everything that fits and has an id of at least `toId` is among them. */
export interface Candidates {
  /** Newest first; null: each id of the range from `toId` on. */
  readonly ids: readonly number[] | null;
  readonly toId: number;
}

const row = new RowReader<'id' | 'count'>('events');

/** @param rowsMax how many events may be looked at */
export function candidatesOf(
  db: Database,
  filter: SearchFilter,
  { range, rowsMax, wanted }: Choice & { readonly wanted?: number | undefined },
): Promise<Candidates> {
  const { values = [], states = [] } = filter;
  if (values.length > 0) return keyedCandidates(db, values, { range, rowsMax, wanted });
  if (states.length > 0 && states.every(isOpen))
    return openOfAny(db, { sink: filter.sink, states }, { range, rowsMax });
  return newestCandidates(db, { range, rowsMax });
}

interface Choice {
  readonly range: SearchRange;
  readonly rowsMax: number;
}

async function newestCandidates(
  db: Database,
  { range: { beforeId, floorId }, rowsMax }: Choice,
): Promise<Candidates> {
  const [newest] = await db.$client`
    select min(id) as id, count(*)::int as count from (
      select id from events where id < ${beforeId} and id > ${floorId}
      order by id desc limit ${rowsMax}
    ) n`;
  const isAll = row.number(newest!, 'count') < rowsMax;
  return { ids: null, toId: isAll ? floorId + 1 : row.number(newest!, 'id') };
}

type OpenState = 'pending' | 'dead';

function isOpen(state: DeliveryState): state is OpenState {
  return state === 'pending' || state === 'dead';
}

async function openOfAny(
  db: Database,
  { sink, states }: { readonly sink: string | undefined; readonly states: readonly OpenState[] },
  choice: Choice,
): Promise<Candidates> {
  const found: Opened[] = [];
  for (const state of states) found.push(await openCandidates(db, { sink, state }, choice));
  const toId = Math.max(...found.map((one) => one.toId));
  const ids = new Set(found.flatMap((one) => one.ids).filter((id) => id >= toId));
  return { ids: [...ids].sort((a, b) => b - a), toId };
}

interface Opened extends Candidates {
  readonly ids: readonly number[];
}

/** By the partial indexes of what waits and of what is dead. */
async function openCandidates(
  db: Database,
  {
    sink = null,
    state,
  }: { readonly sink?: string | undefined | null; readonly state: 'pending' | 'dead' },
  { range: { beforeId, floorId }, rowsMax }: Choice,
): Promise<Opened> {
  const client = db.$client;
  const isState = state === 'dead' ? client`state = 'dead'` : client`state = 'pending'`;
  // The index of what waits has the priority before the id.
  const lanes = state === 'dead' ? client`generate_series(0, 0)` : client`generate_series(0, 14)`;
  const isLane = state === 'dead' ? client`true` : client`d.priority = lane`;
  const rows = await client`
    with recursive sinks as (
      (select sink from deliveries where ${isState} order by sink limit 1)
      union all
      select (
        select d.sink from deliveries d where ${isState} and d.sink > s.sink order by d.sink limit 1
      ) from sinks s where s.sink is not null
    )
    select distinct id from (
      select found.id from sinks s cross join ${lanes} as lane cross join lateral (
        select event_id as id from deliveries d
        where ${isState} and d.sink = s.sink and ${isLane}
          and event_id < ${beforeId} and event_id > ${floorId}
        order by event_id desc limit ${rowsMax}
      ) found
      where s.sink is not null and (${sink}::text is null or s.sink = ${sink})
    ) f
    order by id desc limit ${rowsMax}`;
  const ids = rows.map((one) => row.number(one, 'id'));
  return { ids, toId: ids.length < rowsMax ? floorId + 1 : ids.at(-1)! };
}
