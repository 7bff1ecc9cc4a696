// What a weekly report asks for besides the times: what most messages were about, what was given up,
// whether it was told, and since when there are events.
import { changeStream, noticeSource } from '../kit/event.ts';
import type { ReportNoise } from '../kit/report.ts';
import type { Database } from './database.ts';
import { eventRow } from './event-row.ts';
import { idAfter, idBefore } from './history.ts';
import type { HandledSearch } from './numbers.ts';
import { RowReader } from './row.ts';

export interface Noise {
  /** Null: no message of a device, or of a route, was to be saved. */
  readonly device: ReportNoise | null;
  readonly route: ReportNoise | null;
  readonly dead: number;
}

const row = new RowReader<'of' | 'name' | 'messages' | 'saved' | 'dead'>('deliveries');

/** Messages that were posted one by one; those of digests cost nobody's attention apiece. */
export async function readNoise(
  db: Database,
  { sinceMs, untilMs, rowsMax }: HandledSearch,
): Promise<Noise> {
  const [first, last] = [await idBefore(db, sinceMs), await idAfter(db, untilMs)];
  const client = db.$client;
  const ofWeek = client`id > ${first}::bigint and id <= ${last}::bigint
    and received_at >= to_timestamp(${sinceMs}::float8 / 1000)
    and received_at < to_timestamp(${untilMs}::float8 / 1000)`;
  const rows = await client`
    with posted as (
      select d.sink, d.finalized_at, coalesce(d.route, e.routes[1]) as route,
        coalesce(e.body->'device'->>'name', e.body->'device'->>'id') as device
      from (
        select id, routes, body from events
        where ${ofWeek} and source <> ${noticeSource} and stream <> ${changeStream}
        order by id desc limit ${rowsMax}
      ) e join deliveries d on d.event_id = e.id
      where d.kind = 'card' and d.state = 'delivered' and d.digest_id is null
    ), noise as (
      select 'device' as of, device as name, count(*) as messages,
        count(*) - count(distinct sink) as saved
      from posted where device is not null group by device
      union all
      select 'route', route, count(*),
        count(*) - count(distinct (sink, floor(extract(epoch from finalized_at) / 3600)))
      from posted where route is not null group by route
    )
    select distinct on (of) of, name, messages::int as messages, saved::int as saved
    from noise where saved > 0 order by of, messages desc, name`;
  const [given] = await client`
    select count(*)::int as dead from deliveries d
    where d.state = 'dead' and d.event_id > ${first}::bigint and d.event_id <= ${last}::bigint
      and exists (select 1 from events where id = d.event_id and ${ofWeek})`;
  const noiseOf = (what: 'device' | 'route') => {
    const found = rows.find((one) => row.text(one, 'of') === what);
    if (found === undefined) return null;
    const [messages, saved] = [row.number(found, 'messages'), row.number(found, 'saved')];
    return { name: row.text(found, 'name'), messages, saved };
  };
  return {
    device: noiseOf('device'),
    route: noiseOf('route'),
    dead: row.number(given!, 'dead'),
  };
}

/** Whether the notice was stored, by whomever. */
export async function isNoticeStored(db: Database, externalId: string): Promise<boolean> {
  const rows = await db.$client`
    select 1 from events where source = ${noticeSource} and external_id = ${externalId}`;
  return rows.length > 0;
}

/** When the oldest event was received, in milliseconds since the epoch; null: there is none. */
export async function readOldestMs(db: Database): Promise<number | null> {
  const [oldest] = await db.$client`
    select extract(epoch from received_at) * 1000 as received_at from events order by id limit 1`;
  return oldest === undefined ? null : eventRow.number(oldest, 'received_at');
}
