// What the database holds at one moment, as far as the promises need it.
import type postgres from 'postgres';

export interface LeaseRow {
  readonly holder: string | null;
  readonly epoch: number;
}

export interface DeliveryRow {
  readonly eventId: number;
  readonly sink: string;
  readonly state: 'pending' | 'delivered' | 'suppressed' | 'dead';
  readonly attempts: number;
  readonly form: string;
  readonly priority: number;
  readonly scheduledMs: number;
  readonly reason: string | null;
  readonly finalizedMs: number | null;
  /** Failed attempts that are written. */
  readonly failures: number;
  /** The digest in which it travels. */
  readonly digestId: number | null;
}

export interface EventRow {
  readonly id: number;
  readonly source: string;
  readonly externalId: string;
  readonly severity: number;
}

export interface Picture {
  readonly cursor: string | null;
  readonly generation: number;
  readonly leases: ReadonlyMap<string, LeaseRow>;
  /** When each heartbeat ends, milliseconds since the epoch. */
  readonly heartbeats: ReadonlyMap<string, number>;
  readonly events: ReadonlyMap<number, EventRow>;
  /** By {@link deliveryKey}. */
  readonly deliveries: ReadonlyMap<string, DeliveryRow>;
}

export const deliveryKey = (sink: string, eventId: number) => `${sink}-${eventId}`;

export const emptyPicture: Picture = {
  cursor: null,
  generation: 1,
  leases: new Map(),
  heartbeats: new Map(),
  events: new Map(),
  deliveries: new Map(),
};

export async function takePicture(client: postgres.Sql, source: string): Promise<Picture> {
  const [row] = await client`
    select
      (select json_build_array(cursor, generation) from cursors where source = ${source}) as read,
      (select json_agg(json_build_array(name, holder, epoch)) from leases) as leases,
      (select json_agg(json_build_array(id, extract(epoch from expires_at)::float8 * 1000)) from replicas) as heartbeats,
      (select json_agg(json_build_array(id, source, external_id, severity)) from events) as events,
      (select json_agg(json_build_array(event_id, sink, state, attempts, form, priority,
        extract(epoch from scheduled_at)::float8 * 1000, reason,
        extract(epoch from finalized_at)::float8 * 1000, (select count(*) from delivery_attempts a
          where a.event_id = d.event_id and a.sink = d.sink and outcome <> 'delivered'), digest_id)) from deliveries d) as deliveries`;
  const [cursor, generation] = (row!.read as [string | null, number] | null) ?? [null, 1];
  const list = <Row>(value: unknown) => (value ?? []) as Row[];
  return {
    cursor,
    generation,
    leases: new Map(
      list<[string, string | null, number]>(row!.leases).map(([name, holder, epoch]) => [
        name,
        { holder, epoch },
      ]),
    ),
    heartbeats: new Map(list<[string, number]>(row!.heartbeats)),
    events: new Map(
      list<[number, string, string, number]>(row!.events).map(
        ([id, from, externalId, severity]) => [id, { id, source: from, externalId, severity }],
      ),
    ),
    deliveries: new Map(list<DeliveryFields>(row!.deliveries).map(toDelivery)),
  };
}

type DeliveryFields = [
  number,
  string,
  DeliveryRow['state'],
  number,
  string,
  number,
  number,
  string | null,
  number | null,
  number,
  number | null,
];

function toDelivery(fields: DeliveryFields): [string, DeliveryRow] {
  const [
    eventId,
    sink,
    state,
    attempts,
    form,
    priority,
    scheduledMs,
    reason,
    finalizedMs,
    failures,
    digestId,
  ] = fields;
  const row = {
    eventId,
    sink,
    state,
    attempts,
    form,
    priority,
    scheduledMs,
    reason,
    finalizedMs,
    failures,
    digestId,
  };
  return [deliveryKey(sink, eventId), row];
}
