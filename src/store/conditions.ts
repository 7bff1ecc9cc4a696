// Conditions that last and that people must know of, such as a paused sink. They are stored, so
// that neither a restart, nor a takeover, nor another replica announces one again.
import { eq, sql } from 'drizzle-orm';
import type { ConditionState } from '../kit/records/condition.ts';
import type { Fence } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { heldLease } from './leases.ts';
import { type ColumnOf, millisecondsOf, type Row, RowReader } from './row.ts';
import { conditions } from './schema.ts';

export interface NotedCondition {
  readonly name: string;
  /**
   * For how long it has held already, as is known from elsewhere. It began then, unless something
   * was announced of it. Null or absent: it begins now.
   */
  readonly heldMs?: number | null | undefined;
}

/**
 * Begins the condition, if it has not begun. If it began in the future, by a clock that went back
 * since, it begins now.
 * @param fence null for a writer that holds no role
 * @returns null if the role was lost, or another process is writing it at this moment
 */
export async function noteCondition(
  db: Database,
  fence: Fence | null,
  { name, heldMs = null }: NotedCondition,
): Promise<ConditionState | null> {
  const client = db.$client;
  const held = fence === null ? client`select 1` : heldLease(client, fence);
  const [row] = await client`
    with fence as (${held}), noted as (
      insert into conditions (name, since)
      select ${name}::text, now() - coalesce(${heldMs}::float8, 0) * interval '1 millisecond'
      from fence
      on conflict (name) do update set since = excluded.since
        where conditions.since > now()
          or (${heldMs}::float8 is not null and conditions.told is null)
      returning *
    ), known as (
      select * from noted
      union all
      select c.* from conditions c, fence
      where c.name = ${name} and not exists (select 1 from noted)
    )
    select name, told, extract(epoch from since) * 1000 as since,
      extract(epoch from now() - since) * 1000 as age
    from known`;
  return row === undefined ? null : toState(row);
}

/** `age`: milliseconds since it began. */
const conditionRow = new RowReader<ColumnOf<typeof conditions> | 'age'>('conditions');

function toState(row: Row): ConditionState {
  return {
    name: conditionRow.text(row, 'name'),
    sinceMs: conditionRow.number(row, 'since'),
    ageMs: Math.max(0, conditionRow.number(row, 'age')),
    told: conditionRow.textOrNull(row, 'told'),
  };
}

/** All that have begun and are not over, by name. */
export async function readConditions(db: Database): Promise<ConditionState[]> {
  const { name, told, since } = conditions;
  const ageMs = millisecondsOf(sql`now() - ${since}`);
  const rows = await db
    .select({ name, told, sinceMs: millisecondsOf(since), ageMs })
    .from(conditions)
    .orderBy(name);
  return rows.map((row) => ({ ...row, ageMs: Math.max(0, row.ageMs) }));
}

/** @param told what was announced of it, and to whom */
export async function markAnnounced(db: Database, name: string, told: string): Promise<void> {
  await db.update(conditions).set({ told }).where(eq(conditions.name, name));
}

/** Removes conditions that are over. Fenced. */
export async function removeConditions(
  db: Database,
  fence: Fence,
  names: readonly string[],
): Promise<void> {
  await db.$client`
    with fence as (${heldLease(db.$client, fence)})
    delete from conditions
    where name in (select json_array_elements_text(${JSON.stringify(names)}::text::json))
      and exists (select 1 from fence)`;
}
