// Searches the stored events, the newest first, by steps that each look at a bounded number of
// rows.
import { noticeSource } from '../../kit/event.ts';
import { isFoundBy } from '../../kit/event-keys.ts';
import type {
  FoundEvent,
  SearchFilter,
  SearchRange,
  SearchStep,
} from '../../kit/records/search.ts';
import type { Database } from '../database.ts';
import { eventColumns, eventRow, toEvent } from '../event-row.ts';
import { idAfter, idBefore } from '../history.ts';
import { type Row, RowReader } from '../row.ts';
import { type Candidates, candidatesOf } from './candidates.ts';

export { countOthers } from './keyed.ts';

/** How many events a step looks at; fewer where it has to read their texts. */
const rowsMax = 5000;
const rowsWithTextMax = 2000;

export interface SearchChoice {
  /** Of the step before; null: the first step. */
  readonly range: SearchRange | null;
  /** How many events are wanted. */
  readonly limit: number;
}

/** Where a search stops without having found enough. */
export interface SearchEnd {
  readonly stepsMax: number;
  /** No step begins later. */
  readonly isOver: () => boolean;
}

/** Several steps, until there are as many as wanted, all was searched, or the end is reached. */
export async function searchOn(
  db: Database,
  filter: SearchFilter,
  { range, limit, stepsMax, isOver }: SearchChoice & SearchEnd,
): Promise<SearchStep> {
  let step = await searchEvents(db, filter, { range, limit });
  for (let steps = 1; steps < stepsMax && !isOver(); steps += 1) {
    const missing = limit - step.events.length;
    if (missing === 0 || step.next === null) break;
    const more = await searchEvents(db, filter, { range: step.next, limit: missing });
    step = { ...more, events: [...step.events, ...more.events] };
  }
  return step;
}

/** The next events that the filter fits, of at most some thousands that the step looks at. */
export async function searchEvents(
  db: Database,
  filter: SearchFilter,
  { range: given, limit }: SearchChoice,
): Promise<SearchStep> {
  const range = given ?? (await rangeOf(db, filter));
  const isText = filter.text !== undefined || (filter.values?.length ?? 0) > 0;
  const candidates = await candidatesOf(db, filter, {
    range,
    rowsMax: isText ? rowsWithTextMax : rowsMax,
    wanted: isOneValue(filter) ? limit + 1 : undefined,
  });
  const rows = await readFitting(db, filter, { range, candidates, limit: limit + 1 });
  const read = rows.slice(0, limit).map(toFound);
  const events = read.filter((event) => isMeant(event, filter));
  if (rows.length > limit) {
    const last = read.at(-1)!;
    const next = { ...range, beforeId: last.id };
    return { events, next, searchedTo: last.receivedAt };
  }
  if (candidates.toId <= range.floorId + 1) return { events, next: null, searchedTo: null };
  const next = { ...range, beforeId: candidates.toId };
  return { events, next, searchedTo: await timeOf(db, candidates.toId) };
}

/** Nothing but the value decides, so that hardly any event with its key is left out. */
function isOneValue({ values = [], ...others }: SearchFilter): boolean {
  return values.length === 1 && Object.values(others).every((one) => one === undefined);
}

/** Of no event: an identity column does not come so far. */
const beyondAll = 2 ** 53 - 1;

async function rangeOf(db: Database, { sinceMs, untilMs }: SearchFilter): Promise<SearchRange> {
  return {
    beforeId: untilMs === undefined ? beyondAll : (await idAfter(db, untilMs)) + 1,
    floorId: sinceMs === undefined ? 0 : await idBefore(db, sinceMs),
  };
}

/** Two values may share a key, and a word may be in a name of the JSON text. */
function isMeant(event: FoundEvent, { values = [], text }: SearchFilter): boolean {
  if (!values.every(({ kind, value }) => isFoundBy(event, kind, value))) return false;
  return text === undefined || holds([event.type, event.body], folded(text));
}

function holds(value: unknown, word: string): boolean {
  if (typeof value === 'string') return folded(value).includes(word);
  if (typeof value === 'number') return String(value).includes(word);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((one) => holds(one, word));
}

/** As `lower` does it in the collation "C", wherever the database is. */
function folded(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

interface Reading {
  readonly range: SearchRange;
  readonly candidates: Candidates;
  readonly limit: number;
}

function readFitting(
  db: Database,
  filter: SearchFilter,
  reading: Reading,
): Promise<readonly Row[]> {
  const client = db.$client;
  const { range, candidates, limit } = reading;
  const { ids, toId } = candidates;
  const isCandidate =
    ids === null
      ? client``
      : client`and e.id = any (string_to_array(${ids.join(',')}, ',')::bigint[])`;
  return client`
    with fitting as materialized (
      select e.id from events e
      where e.id < ${range.beforeId} and e.id >= ${toId} ${isCandidate} ${conditionsOf(db, filter)}
      order by e.id desc limit ${limit}
    )
    select ${eventColumns(db)}, coalesce((
        select json_agg(json_build_array(d.sink, d.state) order by d.sink)
        from deliveries d where d.event_id = e.id
      ), '[]')::text as deliveries
    from fitting f join events e on e.id = f.id order by e.id desc`;
}

function conditionsOf({ $client: client }: Database, filter: SearchFilter) {
  const { text, severities, types, streams, sources, statuses, sinceMs, untilMs } = filter;
  const { sink, states } = filter;
  const among = (list: readonly (string | number)[]) =>
    client`array(select json_array_elements_text(${JSON.stringify(list)}::text::json))`;
  const word = text === undefined ? '' : folded(JSON.stringify(text).slice(1, -1));
  const isOf = sources === undefined ? client`and e.source <> ${noticeSource}` : client``;
  return client`
    ${sources === undefined ? isOf : client`and e.source = any (${among(sources)})`}
    ${severities === undefined ? client`` : client`and e.severity = any (${among(severities)}::smallint[])`}
    ${types === undefined ? client`` : client`and e.type = any (${among(types)})`}
    ${streams === undefined ? client`` : client`and e.stream = any (${among(streams)})`}
    ${statuses === undefined ? client`` : client`and e.status = any (${among(statuses)})`}
    ${sinceMs === undefined ? client`` : client`and e.received_at >= to_timestamp(${sinceMs}::float8 / 1000)`}
    ${untilMs === undefined ? client`` : client`and e.received_at < to_timestamp(${untilMs}::float8 / 1000)`}
    ${
      sink === undefined && states === undefined
        ? client``
        : client`and exists (
            select from deliveries d where d.event_id = e.id
              ${sink === undefined ? client`` : client`and d.sink = ${sink}`}
              ${states === undefined ? client`` : client`and d.state = any (${among(states)})`})`
    }
    ${
      text === undefined
        ? client``
        : client`and strpos(lower((e.type || ' ' || e.body::text) collate "C"), ${word}) > 0`
    }`;
}

const foundRow = new RowReader<'deliveries'>('deliveries');

function toFound(row: Row): FoundEvent {
  const deliveries = foundRow.json<[string, FoundEvent['deliveries'][number]['state']][]>(
    row,
    'deliveries',
  );
  return {
    ...toEvent(row),
    deliveries: deliveries.map(([sink, state]) => ({ sink, state })),
  };
}

/** When the first event from this id on arrived. */
async function timeOf({ $client: client }: Database, id: number): Promise<string | null> {
  const [first] = await client`
    select extract(epoch from received_at) * 1000 as received_at from events
    where id >= ${id} order by id limit 1`;
  return first === undefined ? null : eventRow.time(first, 'received_at');
}
