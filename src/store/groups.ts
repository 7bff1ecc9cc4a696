// Deliveries that are held: those that wait in a group, and those that travel in a digest. Each
// change is one fenced statement.
import { and, eq, lt, sql } from 'drizzle-orm';
import { noticeSource } from '../kit/event.ts';
import type { DecidedEvent } from '../kit/records/decision.ts';
import type { GroupChange, RoutedMember, WaitingGroup } from '../kit/records/group.ts';
import type { Fence } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { deliveryRow } from './deliveries/row.ts';
import { isDue } from './due.ts';
import { eventRow, severityOf } from './event-row.ts';
import { heldLease, heldPriority } from './events.ts';
import { type Row, RowReader } from './row.ts';
import { groups } from './schema.ts';

export async function listWaitingGroups(db: Database, sink: string): Promise<WaitingGroup[]> {
  const rows = await db.$client`
    select w.key, w.waiting, extract(epoch from now() - w.oldest) * 1000 as oldest_ms,
      extract(epoch from now() - g.sent_at) * 1000 as sent_ms, coalesce(g.cards, 0) as cards, coalesce(g.total, 0) as total
    from (
      select group_key as key, count(*)::int as waiting, min(scheduled_at) as oldest from deliveries
      where sink = ${sink} and state = 'pending' and priority >= ${heldPriority} and digest_id is null group by group_key
    ) w left join groups g on g.sink = ${sink} and g.key = w.key
    order by w.oldest`;
  return rows.map((row) => ({
    key: String(row.key),
    waiting: Number(row.waiting),
    oldestMs: ageOf(row.oldest_ms),
    sentMs: row.sent_ms === null ? null : ageOf(row.sent_ms),
    cards: Number(row.cards),
    total: Number(row.total),
  }));
}

/**
 * Both times are of the past. One that is ahead was written before the clock went back: its age is
 * unknown, and nobody waits for that.
 */
function ageOf(ms: unknown): number {
  return Number(ms) < 0 ? Number.POSITIVE_INFINITY : Number(ms);
}

/**
 * Which of a sink's pending deliveries: those of a group, those in a digest, or those that are due
 * and less urgent than a priority.
 */
export type MemberChoice =
  | { readonly group: string }
  | { readonly digest: number }
  | { readonly below: number; readonly excluded: Iterable<number> };

/** What a digest would be made of, most urgent first, then oldest first. */
export async function readMembers(
  db: Database,
  {
    sink,
    choice,
    limit,
  }: { readonly sink: string; readonly choice: MemberChoice; readonly limit: number },
): Promise<RoutedMember[]> {
  const client = db.$client;
  const chosen =
    'group' in choice
      ? client`priority >= ${heldPriority} and digest_id is null and group_key = ${choice.group}`
      : 'digest' in choice
        ? client`priority >= ${heldPriority} and digest_id = ${choice.digest}::bigint`
        : client`priority > ${choice.below} and priority < ${heldPriority} and ${isDue(db)}
          and event_id <> all (string_to_array(${[...choice.excluded].join(',')}, ',')::bigint[])`;
  const rows = await client`
    select d.event_id, d.route, e.source, e.traceparent, e.severity, e.type, extract(epoch from e.received_at) * 1000 as received_at,
      b."itemId" as item_id, b.link, b.device->>'name' as device_name, b.device->>'id' as device_id,
      b.tenant->>'name' as tenant_name, b.tenant->>'id' as tenant_id,
      b.file->>'name' as file_name, b.file->>'hash' as file_hash
    from (
      select event_id, priority, route from deliveries where sink = ${sink} and state = 'pending' and ${chosen}
      order by priority, event_id limit ${limit}
    ) d join events e on e.id = d.event_id
      cross join lateral json_to_record(e.body) as b("itemId" text, link text, device json, file json, tenant json)
    where e.source <> ${noticeSource}
    order by d.priority, d.event_id`;
  return rows.map(toMember);
}

/** Of a member's body, what a digest counts. */
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

export interface NewDigest {
  readonly sink: string;
  readonly event: DecidedEvent;
  /** Ids; all of them must still be pending and in no digest. */
  readonly members: readonly number[];
  /** Absent for a storm's digest. */
  readonly group?: GroupChange | undefined;
  /** Of the digest; absent if it is not traced. */
  readonly traceParent?: string | undefined;
}

/**
 * Stores the digest's event with its own delivery, and puts the members into it, so that a
 * repetition says the same.
 *
 * @returns `frozen`; `changed` if one of the members is no longer as it was, and `lost` if the role
 * was lost: nothing was written then
 */
export async function freezeDigest(
  db: Database,
  fence: Fence,
  { sink, event, members, group, traceParent }: NewDigest,
): Promise<'frozen' | 'changed' | 'lost'> {
  const { draft, routes, decisions } = event;
  const [own] = decisions;
  const [row] = await db.$client`
    with fence as (${heldLease(db.$client, fence)}), members as (
      select event_id from deliveries
      where sink = ${sink} and state = 'pending' and digest_id is null and exists (select 1 from fence)
        and event_id = any (string_to_array(${members.join(',')}, ',')::bigint[])
      for update
    ), whole as (
      select 1 from fence where (select count(*) from members) = ${members.length}
    ), digest as (
      insert into events (source, external_id, subject, stream, type, severity, routes, body, raw, traceparent)
      select ${noticeSource}::text, ${draft.externalId}::text, ${draft.subject}::text, ${draft.stream}::text, ${draft.type}::text,
        ${draft.severity}::smallint, string_to_array(${routes.join('\u001e')}, '\u001e'), ${JSON.stringify(draft.body)}::text::json,
        ${draft.raw}::text::json, ${traceParent ?? null}::text
      from whole returning id
    ), own as (
      insert into deliveries (event_id, sink, state, priority, route)
      select id, ${sink}, 'pending', ${own!.priority}::smallint, ${own!.route ?? null}::text from digest
    ), frozen as (
      update deliveries d set digest_id = g.id, priority = d.priority % ${heldPriority} + ${heldPriority}
      from digest g, members m where d.sink = ${sink} and d.event_id = m.event_id
    ), noted as (${noted(db, { sink, group, sent: members.length, cards: 0, from: db.$client`whole` })})
    select exists (select 1 from fence) as is_held, exists (select 1 from digest) as is_frozen`;
  if (row?.is_held !== true) return 'lost';
  return row.is_frozen === true ? 'frozen' : 'changed';
}

/** A part of a digest that is split: a smaller digest and the ids of its members. */
export interface DigestPart {
  readonly event: DecidedEvent;
  readonly members: readonly number[];
  /** Of the part; null if it is not traced. */
  readonly traceParent: string | null;
}

/** Why a digest that was split is not sent. */
const splitReason = 'split';

export interface DigestSplit {
  readonly sink: string;
  readonly digestId: number;
  readonly parts: readonly DigestPart[];
  /** Ids of the members that become single cards. */
  readonly cards: readonly number[];
}

/**
 * Puts the members of a digest that is still pending into smaller ones, or makes them single cards
 * that go out before others. The digest itself is suppressed.
 *
 * @returns ids of the new digests; `changed` if the digest is not pending any more, and `lost` if
 * the role was lost: nothing was written then
 */
export async function splitDigest(
  db: Database,
  fence: Fence,
  { sink, digestId, parts, cards }: DigestSplit,
): Promise<readonly number[] | 'changed' | 'lost'> {
  const records = JSON.stringify(
    parts.map(({ event: { draft, routes, decisions }, members, traceParent }) => ({
      external_id: draft.externalId,
      subject: draft.subject,
      stream: draft.stream,
      type: draft.type,
      severity: draft.severity,
      routes: routes.join('\u001e'),
      body: JSON.stringify(draft.body),
      raw: draft.raw,
      priority: decisions[0]!.priority,
      route: decisions[0]!.route ?? null,
      members: members.join(','),
      traceparent: traceParent,
    })),
  );
  const [row] = await db.$client`
    with fence as (${heldLease(db.$client, fence)}), old as (
      update deliveries set state = 'suppressed', reason = ${splitReason}, finalized_at = now()
      where sink = ${sink} and event_id = ${digestId}::bigint and state = 'pending' and exists (select 1 from fence)
      returning 1
    ), input as (
      select * from json_to_recordset(${records}::text::json) as p(external_id text, subject text, stream text, type text,
        severity smallint, routes text, body text, raw text, priority smallint, route text, members text, traceparent text)
      where exists (select 1 from old)
    ), made as (
      insert into events (source, external_id, subject, stream, type, severity, routes, body, raw, traceparent)
      select ${noticeSource}::text, external_id, subject, stream, type, severity, string_to_array(routes, '\u001e'),
        body::json, raw::json, traceparent
      from input returning id, external_id
    ), part as (
      select m.id, i.priority, i.route, string_to_array(i.members, ',')::bigint[] as members from made m join input i using (external_id)
    ), own as (
      insert into deliveries (event_id, sink, state, priority, route)
      select id, ${sink}::text, 'pending', priority, route from part
    ), moved as (
      update deliveries d set digest_id = p.id from part p
      where d.sink = ${sink} and d.event_id = any (p.members) and d.digest_id = ${digestId}::bigint and d.state = 'pending'
    ), released as (
      update deliveries d set priority = 0, group_key = null, digest_id = null
      where d.sink = ${sink} and d.event_id = any (string_to_array(${cards.join(',')}, ',')::bigint[])
        and d.digest_id = ${digestId}::bigint and d.state = 'pending' and exists (select 1 from old)
    )
    select exists (select 1 from fence) as is_held, exists (select 1 from old) as is_split,
      (select string_agg(id::text, ',') from part) as ids`;
  if (row?.is_held !== true) return 'lost';
  if (row.is_split !== true) return 'changed';
  return row.ids === null ? [] : String(row.ids).split(',').map(Number);
}

/**
 * The first `count` of the group, most urgent first, are due as single cards. @returns how many
 * those were; null if the role was lost
 */
export async function releaseCards(
  db: Database,
  fence: Fence,
  { sink, group, count }: { sink: string; group: GroupChange; count: number },
): Promise<number | null> {
  const [row] = await db.$client`
    with fence as (${heldLease(db.$client, fence)}), chosen as (
      select event_id from deliveries
      where sink = ${sink} and state = 'pending' and priority >= ${heldPriority} and digest_id is null and group_key = ${group.key}
        and exists (select 1 from fence)
      order by priority, event_id limit ${count} for update
    ), released as (
      update deliveries d set priority = d.priority - ${heldPriority}, group_key = null
      from chosen c where d.sink = ${sink} and d.event_id = c.event_id returning 1
    ), noted as (${noted(db, { sink, group, sent: count, cards: count, from: db.$client`fence` })})
    select (select count(*) from released)::int as released from fence`;
  return row === undefined ? null : Number(row.released);
}

/**
 * Lets one pending delivery go out as if it were that urgent.
 * It must be in no group and no digest, or nothing happens.
 *
 * @returns false if the role was lost; nothing was written then
 */
export async function raiseDelivery(
  db: Database,
  fence: Fence,
  { sink, eventId, priority }: { sink: string; eventId: number; priority: number },
): Promise<boolean> {
  const rows = await db.$client`
    with fence as (${heldLease(db.$client, fence)}), raised as (
      update deliveries set priority = least(priority, ${priority}::int)
      where sink = ${sink} and event_id = ${eventId}::bigint and state = 'pending' and group_key is null
        and digest_id is null and exists (select 1 from fence)
    ) select 1 from fence`;
  return rows.length > 0;
}

interface Sent {
  readonly sink: string;
  readonly group: GroupChange | undefined;
  readonly sent: number;
  readonly cards: number;
  /** The part of the statement that must have a row. */
  readonly from: ReturnType<Database['$client']>;
}

/** Statement that remembers that something of the group was sent. */
function noted(db: Database, { sink, group, sent, cards, from }: Sent) {
  const client = db.$client;
  if (group === undefined) return client`select 1`;
  const { key, isNew, startsInterval } = group;
  return client`
    insert into groups (sink, key, cards, total) select ${sink}, ${key}::text, ${cards}::int, ${sent}::int from ${from}
    on conflict (sink, key) do update set
      sent_at = case when ${startsInterval} then excluded.sent_at else groups.sent_at end,
      cards = excluded.cards + case when ${startsInterval} then 0 else groups.cards end,
      total = excluded.total + case when ${isNew} then 0 else groups.total end`;
}

/** Groups of which nothing was sent for so long are forgotten. */
export async function forgetGroups(db: Database, sink: string, ageMs: number): Promise<void> {
  const before = sql`now() - ${ageMs}::float8 * interval '1 millisecond'`;
  await db.delete(groups).where(and(eq(groups.sink, sink), lt(groups.sentAt, before)));
}
