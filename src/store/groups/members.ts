// Reads the deliveries that a digest is made of.
import { noticeSource } from '../../kit/event.ts';
import type { RoutedMember } from '../../kit/records/group.ts';
import type { Database } from '../database.ts';
import { heldPriority, isDue } from '../deliveries/pending.ts';
import { deliveryRow } from '../deliveries/row.ts';
import { eventRow, severityOf } from '../event-row.ts';
import { type Row, RowReader } from '../row.ts';

/**
 * Which of a sink's pending deliveries: those of a group, those in a digest, or those that are due
 * and less urgent than a priority.
 */
export type MemberChoice =
  | { readonly group: string }
  | { readonly digest: number }
  | { readonly below: number; readonly excluded: Iterable<number> };

export interface MembersToRead {
  readonly sink: string;
  readonly choice: MemberChoice;
  readonly limit: number;
}

/** What a digest would be made of, most urgent first, then oldest first. */
export async function readMembers(
  db: Database,
  { sink, choice, limit }: MembersToRead,
): Promise<RoutedMember[]> {
  const rows = await db.$client`
    select d.event_id, d.route, e.source, e.traceparent, e.severity, e.type,
      extract(epoch from e.received_at) * 1000 as received_at, b."itemId" as item_id, b.link,
      b.device->>'name' as device_name, b.device->>'id' as device_id,
      b.tenant->>'name' as tenant_name, b.tenant->>'id' as tenant_id,
      b.file->>'name' as file_name, b.file->>'hash' as file_hash
    from (
      select event_id, priority, route from deliveries
      where sink = ${sink} and state = 'pending' and ${conditionOf(db, choice)}
      order by priority, event_id limit ${limit}
    ) d join events e on e.id = d.event_id
      cross join lateral json_to_record(e.body)
        as b("itemId" text, link text, device json, file json, tenant json)
    where e.source <> ${noticeSource}
    order by d.priority, d.event_id`;
  return rows.map(toMember);
}

function conditionOf(db: Database, choice: MemberChoice) {
  const client = db.$client;
  if ('group' in choice)
    return client`priority >= ${heldPriority} and digest_id is null
      and group_key = ${choice.group}`;
  if ('digest' in choice)
    return client`priority >= ${heldPriority} and digest_id = ${choice.digest}::bigint`;
  return client`priority > ${choice.below} and priority < ${heldPriority} and ${isDue(db)}
    and kind = 'card'
    and event_id <> all (string_to_array(${[...choice.excluded].join(',')}, ',')::bigint[])`;
}

/** What a digest counts and lists of a member's body. */
const bodyRow = new RowReader<
  | 'item_id'
  | 'link'
  | 'device_name'
  | 'device_id'
  | 'tenant_name'
  | 'tenant_id'
  | 'file_name'
  | 'file_hash'
>('events.body');

function toMember(row: Row): RoutedMember {
  const text = (name: Parameters<typeof bodyRow.text>[1]) =>
    bodyRow.textOrNull(row, name) ?? undefined;
  return {
    eventId: deliveryRow.number(row, 'event_id'),
    severity: severityOf(row),
    type: eventRow.text(row, 'type'),
    device: text('device_name') ?? text('device_id'),
    deviceId: text('device_id'),
    tenant: text('tenant_name') ?? text('tenant_id'),
    source: eventRow.text(row, 'source'),
    fileHash: text('file_hash'),
    fileName: text('file_name'),
    receivedAtMs: eventRow.number(row, 'received_at'),
    itemId: text('item_id'),
    link: text('link'),
    route: deliveryRow.textOrNull(row, 'route') ?? undefined,
    traceParent: eventRow.textOrNull(row, 'traceparent') ?? undefined,
  };
}
