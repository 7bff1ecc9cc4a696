// Lists deliveries for people, the newest event first. A search looks at a bounded number of rows
// and says where it goes on, so that no filter can make one statement read a whole table.
import { type Severity, severityNames } from '../../kit/event.ts';
import type { DeliveryKey, DeliveryState, ListedDelivery } from '../../kit/records/delivery.ts';
import type { Database } from '../database.ts';
import { idAfter, idBefore } from '../history.ts';
import { RowReader } from '../row.ts';
import { lastAnswered, listedColumns, sinksWith, toListed } from './row.ts';

type Fragment = ReturnType<Database['$client']>;

export interface DeliverySearch {
  /** None: in any state. */
  readonly states?: readonly DeliveryState[] | undefined;
  readonly sink?: string | undefined;
  readonly reason?: string | undefined;
  readonly eventId?: string | undefined;
  /** The silence that suppressed it. */
  readonly silenceId?: string | undefined;
  /** None: of any. */
  readonly severities?: readonly Severity[] | undefined;
  /** When the event was received, in milliseconds since the epoch: since then, and before then. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /** Where the last search ended; null: begin with the newest. */
  readonly after: DeliveryKey | null;
  readonly limit: number;
  /** How many rows it looks at; the default is small enough for a page. */
  readonly rowsMax?: number | undefined;
}

export interface FoundDeliveries {
  readonly items: readonly ListedDelivery[];
  /** Where the next search goes on; null: nothing is left. */
  readonly last: DeliveryKey | null;
  /**
   * It ended before it found as many as were asked for, at an event of this time, and there is more
   * to look at. ISO 8601 in UTC.
   */
  readonly searchedTo: string | null;
}

/** Rows that one search looks at: some ten milliseconds. */
const rowsDefault = 10_000;
/** The same where an index has the rows that are meant, so that few others are among them. */
const openRowsDefault = 2000;

const edgeRow = new RowReader<'rows' | 'last_event' | 'last_sink' | 'last_received'>('deliveries');

export async function listDeliveries(
  db: Database,
  search: DeliverySearch,
): Promise<FoundDeliveries> {
  const client = db.$client;
  const { limit } = search;
  const isOpen = isOpenAlone(search);
  const rowsMax = search.rowsMax ?? (isOpen ? openRowsDefault : rowsDefault);
  const within = isWithin(db, search, await idsOf(db, search));
  const sinks = isOpen ? await sinksOf(db, search) : [];
  const candidates = isOpen
    ? openCandidates(db, { within, sinks, states: search.states ?? [], rowsMax })
    : client`select d.* from deliveries d where ${within}
        order by d.event_id desc, d.sink desc limit ${rowsMax}`;
  const rows = await client`
    with candidates as materialized (${candidates}), d as materialized (
      select c.* from candidates c
        cross join lateral (
          select severity, received_at from events where id = c.event_id limit 1
        ) e
      where ${isWanted(db, search)}
      order by c.event_id desc, c.sink desc limit ${limit}
    ), edge as materialized (
      select (select count(*)::int from candidates) as rows, l.event_id as last_event,
        l.sink as last_sink, (
          select extract(epoch from received_at) * 1000 from events where id = l.event_id
        ) as last_received
      from (select 1) one
        left join lateral (
          select event_id, sink from candidates order by event_id, sink limit 1
        ) l on true
    )
    select edge.*, ${listedColumns(db)}
    from edge left join d on true left join events e on e.id = d.event_id
      left join lateral (${lastAnswered(db)}) a on true
    order by d.event_id desc, d.sink desc`;
  const items = rows.filter((row) => row.event_id !== null).map(toListed);
  if (items.length === limit) return { items, last: keyOfItem(items.at(-1)!), searchedTo: null };
  const edge = rows[0]!;
  if (edgeRow.number(edge, 'rows') < rowsMax) return { items, last: null, searchedTo: null };
  return {
    items,
    last: { eventId: edgeRow.number(edge, 'last_event'), sink: edgeRow.text(edge, 'last_sink') },
    searchedTo: edgeRow.timeOrNull(edge, 'last_received'),
  };
}

/** These deliveries, in the order of the keys; one that is no longer there is left out. */
export async function readDeliveries(
  db: Database,
  keys: readonly DeliveryKey[],
): Promise<ListedDelivery[]> {
  const wanted = JSON.stringify(keys.map(({ eventId, sink }) => ({ event_id: eventId, sink })));
  const rows = await db.$client`
    select ${listedColumns(db)}
    from json_to_recordset(${wanted}::text::json) as k(event_id bigint, sink text)
      join deliveries d using (event_id, sink) join events e on e.id = d.event_id
      left join lateral (${lastAnswered(db)}) a on true`;
  const found = new Map(rows.map(toListed).map((one) => [nameOf(one), one]));
  return keys.flatMap((key) => found.get(nameOf(key)) ?? []);
}

const nameOf = ({ eventId, sink }: DeliveryKey) => `${eventId} ${sink}`;
const keyOfItem = ({ eventId, sink }: DeliveryKey) => ({ eventId, sink });

/** Whether partial indexes have all that is meant. */
function isOpenAlone({ states = [], eventId }: DeliverySearch): boolean {
  const isOpen = (state: DeliveryState) => state === 'pending' || state === 'dead';
  return eventId === undefined && states.length > 0 && states.every(isOpen);
}

/** Of events that can be of the time that is meant: above the first, up to the second. */
interface IdRange {
  readonly above: number | null;
  readonly upTo: number | null;
}

async function idsOf(db: Database, { sinceMs, untilMs }: DeliverySearch): Promise<IdRange> {
  return {
    above: sinceMs === undefined ? null : await idBefore(db, sinceMs),
    upTo: untilMs === undefined ? null : await idAfter(db, untilMs),
  };
}

/** Condition on a row `d`: it comes after the last search, and its event can be one that is meant. */
function isWithin(
  { $client: client }: Database,
  { after, eventId }: DeliverySearch,
  { above, upTo }: IdRange,
): Fragment {
  const isAfter =
    after === null
      ? client`true`
      : client`d.event_id <= ${after.eventId}::bigint
          and (d.event_id, d.sink) < (${after.eventId}::bigint, ${after.sink}::text)`;
  return client`${isAfter}
    ${eventId === undefined ? client`` : client`and d.event_id = ${eventId}::bigint`}
    ${above === null ? client`` : client`and d.event_id > ${above}::bigint`}
    ${upTo === null ? client`` : client`and d.event_id <= ${upTo}::bigint`}`;
}

/** Condition on a candidate `c` and its event `e`. */
function isWanted({ $client: client }: Database, search: DeliverySearch): Fragment {
  const { states = [], sink, reason, silenceId, severities = [], sinceMs, untilMs } = search;
  const numbers = severities.length === 0 ? severityNames.map((_, at) => at) : severities;
  return client`(${states.length === 0} or c.state = any (string_to_array(${states.join(',')}, ',')))
    and (${sink ?? null}::text is null or c.sink = ${sink ?? null}::text)
    and (${reason ?? null}::text is null or c.reason = ${reason ?? null}::text)
    and (${silenceId ?? null}::bigint is null or c.silence_id = ${silenceId ?? null}::bigint)
    and e.severity = any (string_to_array(${numbers.join(',')}, ',')::smallint[])
    and (${sinceMs ?? null}::float8 is null
      or e.received_at >= to_timestamp(${sinceMs ?? null}::float8 / 1000))
    and (${untilMs ?? null}::float8 is null
      or e.received_at < to_timestamp(${untilMs ?? null}::float8 / 1000))`;
}

/** The sinks that have such rows, or the one that is meant; each costs one look at an index. */
async function sinksOf(db: Database, { sink, states = [] }: DeliverySearch): Promise<string[]> {
  if (sink !== undefined) return [sink];
  const found = new Set<string>();
  for (const state of ['dead', 'pending'] as const)
    if (states.includes(state)) for (const id of await sinksWith(db, state)) found.add(id);
  return [...found];
}

interface OpenCandidates {
  readonly within: Fragment;
  readonly sinks: readonly string[];
  readonly states: readonly DeliveryState[];
  readonly rowsMax: number;
}

/** Priorities of deliveries, those that are held included. */
const prioritiesMax = 20;

/** The newest of each sink, and of each priority of what is pending, by their partial indexes. */
function openCandidates({ $client: client }: Database, choice: OpenCandidates): Fragment {
  const { within, sinks, states, rowsMax } = choice;
  const names = client`json_array_elements_text(${JSON.stringify(sinks)}::text::json) as s(name)`;
  const newest = client`order by d.event_id desc limit ${rowsMax}`;
  const dead = client`
    select n.* from ${names} cross join lateral (
      select d.* from deliveries d where d.sink = s.name and d.state = 'dead' and ${within} ${newest}
    ) n`;
  const pending = client`
    select n.* from ${names} cross join generate_series(0, ${prioritiesMax - 1}) p
      cross join lateral (
        select d.* from deliveries d
        where d.sink = s.name and d.state = 'pending' and d.priority = p and ${within} ${newest}
      ) n`;
  const isDead = states.includes('dead');
  const isPending = states.includes('pending');
  const both = isDead && isPending ? client`${dead} union all ${pending}` : isDead ? dead : pending;
  return client`select * from (${both}) o order by event_id desc, sink desc limit ${rowsMax}`;
}
