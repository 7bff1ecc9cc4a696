// Finds the deliveries that somebody means by a filter, to look at them or to act on them.
import type { ChosenDelivery, DeliveryFilter } from '../../kit/records/delivery.ts';
import type { Database } from '../database.ts';
import { severityOf } from '../event-row.ts';
import { RowReader } from '../row.ts';
import { heldPriority } from './pending.ts';
import { deliveryRow, keyOf, lastAnswered } from './row.ts';

type Fragment = ReturnType<Database['$client']>;

export interface Choice extends DeliveryFilter {
  readonly states: readonly OpenState[];
}

type OpenState = 'pending' | 'dead';

export interface Chosen {
  /** The most urgent first. */
  readonly deliveries: readonly ChosenDelivery[];
  /** More are meant than were asked for. */
  readonly isCut: boolean;
}

const cutRow = new RowReader<'is_cut'>('deliveries');

/**
 * A digest comes with those of its members that are in one of the states. A pending member comes
 * with its digest alone: the digest would announce it all the same.
 * @param limit the members of digests may come on top
 */
export async function chooseDeliveries(
  db: Database,
  choice: Choice,
  limit: number,
): Promise<Chosen> {
  const client = db.$client;
  const isOpen = stateOf(db, choice.states);
  const rows = await client`
    with found as materialized (
      select d.event_id, d.sink, d.digest_id, d.priority, e.severity
      from deliveries d cross join lateral (
        select severity from events where id = d.event_id limit 1
      ) e
      where ${isOpen} and (d.state = 'dead' or d.digest_id is null) and ${meant(db, choice)}
      order by d.sink desc, d.event_id desc limit ${limit + 1}
    ), asked as materialized (
      select * from found order by sink desc, event_id desc limit ${limit}
    ), chosen as (
      select event_id, sink, digest_id, priority, severity from asked
      union
      select d.event_id, d.sink, d.digest_id, d.priority, e.severity
      from asked a join deliveries d on d.digest_id = a.event_id and d.sink = a.sink and ${isOpen}
        join events e on e.id = d.event_id
    )
    select c.event_id, c.sink, c.severity, (select count(*) from found) > ${limit} as is_cut,
      case when p.event_id is not null then c.digest_id end as digest_id
    from chosen c left join chosen p on p.event_id = c.digest_id and p.sink = c.sink
    order by c.priority % ${heldPriority}, c.event_id desc, c.sink`;
  return {
    deliveries: rows.map((row) => ({
      ...keyOf(row),
      severity: severityOf(row),
      digestId: deliveryRow.numberOrNull(row, 'digest_id'),
    })),
    isCut: rows[0] !== undefined && cutRow.boolean(rows[0], 'is_cut'),
  };
}

/** Written out, so that the partial indexes of these states serve. */
function stateOf({ $client: client }: Database, states: readonly OpenState[]): Fragment {
  const [isDead, isPending] = [states.includes('dead'), states.includes('pending')];
  if (isDead && isPending) return client`(d.state = 'dead' or d.state = 'pending')`;
  return isDead ? client`d.state = 'dead'` : client`d.state = 'pending'`;
}

/** Condition on a row `d` of deliveries and its event `e`. */
function meant(db: Database, filter: DeliveryFilter): Fragment {
  const client = db.$client;
  const { sink, reason, status, severities = [], eventIds, sinceMs, untilMs } = filter;
  const conditions: (Fragment | false)[] = [
    sink !== undefined && client`d.sink = ${sink}`,
    reason !== undefined && client`d.reason = ${reason}`,
    eventIds !== undefined &&
      client`d.event_id = any (string_to_array(${eventIds.join(',')}, ',')::bigint[])`,
    sinceMs !== undefined && client`d.finalized_at >= to_timestamp(${sinceMs}::float8 / 1000)`,
    untilMs !== undefined && client`d.finalized_at < to_timestamp(${untilMs}::float8 / 1000)`,
    severities.length > 0 &&
      client`e.severity = any (string_to_array(${severities.join(',')}, ',')::smallint[])`,
    // Last: it looks at the attempts of each row.
    status !== undefined &&
      client`(select a.status from (${lastAnswered(db)}) a) is not distinct from ${status}::integer`,
  ];
  return conditions
    .filter((condition) => condition !== false)
    .reduce<Fragment>((all, condition): Fragment => client`${all} and ${condition}`, client`true`);
}
