// Counts refused logins of all replicas by address and minute, for five minutes.
import type { Failures } from '../kit/records/access.ts';
import type { Database } from './database.ts';
import { RowReader } from './row.ts';

const row = new RowReader<'count' | 'seconds_left'>('failed_logins');

const minutesCounted = 5;
/** Rows that one failure may remove, at most. */
const removedMax = 1000;

/** @returns those that count, with this one */
export async function noteFailedLogin(db: Database, address: string): Promise<Failures> {
  const client = db.$client;
  const [noted] = await client`
    with noted as (
      insert into failed_logins (address, minute, count)
      values (${address}, date_trunc('minute', now()), 1)
      on conflict (address, minute) do update set count = failed_logins.count + 1
      returning minute, count
    ), counted as (
      select minute, count from noted
      union all
      select f.minute, f.count from failed_logins f
      where f.address = ${address} and f.minute < date_trunc('minute', now())
        and f.minute > now() - ${minutesCounted} * interval '1 minute'
    )
    select sum(count)::int as count, ceil(extract(epoch from
      min(minute) + ${minutesCounted} * interval '1 minute' - now()))::int as seconds_left
    from counted`;
  const count = row.number(noted!, 'count');
  if (count === 1) await removeOld(db);
  return { count, secondsLeft: row.number(noted!, 'seconds_left') };
}

async function removeOld({ $client: client }: Database): Promise<void> {
  await client`
    delete from failed_logins where (address, minute) in (
      select address, minute from failed_logins
      where minute < now() - ${2 * minutesCounted} * interval '1 minute' limit ${removedMax}
    )`;
}
