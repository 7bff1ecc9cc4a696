// What lasts and people must hear of, kept so that neither a restart, nor a takeover, nor another
// replica says it again.

import { eq, type SQL, sql } from 'drizzle-orm';
import type { ConditionState } from '../kit/records/condition.ts';
import type { Fence } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { heldLease } from './leases.ts';
import { type ColumnOf, type Row, RowReader } from './row.ts';
import { conditions } from './schema.ts';

export interface NotedCondition {
  readonly name: string;
  /**
   * For how long it has held, as is known from elsewhere: it began then, unless something was
   * announced of it. Null or absent: it begins now.
   */
  readonly heldMs?: number | null | undefined;
}

/**
 * Begins it, if it has not begun; one that began in the future, by a clock that went back since,
 * begins now.
 * @param fence null for whoever holds no role
 * @returns null if the role was lost, or another is at it
 */
export async function noteCondition(
  db: Database,
  fence: Fence | null,
  { name, heldMs = null }: NotedCondition,
): Promise<ConditionState | null> {
  const client = db.$client;
  const [row] = await client`
    with fence as (${fence === null ? client`select 1` : heldLease(client, fence)}), noted as (
      insert into conditions (name, since)
      select ${name}::text, now() - coalesce(${heldMs}::float8, 0) * interval '1 millisecond' from fence
      on conflict (name) do update set since = excluded.since
        where conditions.since > now() or (${heldMs}::float8 is not null and conditions.told is null)
      returning *
    ), known as (
      select * from noted
      union all select c.* from conditions c, fence where c.name = ${name} and not exists (select 1 from noted)
    )
    select name, told, extract(epoch from since) * 1000 as since, extract(epoch from now() - since) * 1000 as age from known`;
  return row === undefined ? null : stateOf(row);
}

/** All that have begun and are not over. */
export async function readConditions(db: Database): Promise<ConditionState[]> {
  const { name, told, since } = conditions;
  const ms = (interval: SQL) => sql`extract(epoch from ${interval}) * 1000`;
  const rows = await db
    .select({ name, told, since: ms(sql`${since}`), age: ms(sql`now() - ${since}`) })
    .from(conditions)
    .orderBy(name);
  return rows.map(stateOf);
}

export async function markAnnounced(db: Database, name: string, told: string): Promise<void> {
  await db.update(conditions).set({ told }).where(eq(conditions.name, name));
}

/** They are over. Fenced. */
export async function removeConditions(
  db: Database,
  fence: Fence,
  names: readonly string[],
): Promise<void> {
  await db.$client`
    with fence as (${heldLease(db.$client, fence)})
    delete from conditions where name in (select json_array_elements_text(${JSON.stringify(names)}::text::json))
      and exists (select 1 from fence)`;
}

/** `age`: milliseconds since it began. */
const conditionRow = new RowReader<ColumnOf<typeof conditions> | 'age'>('conditions');

function stateOf(row: Row): ConditionState {
  return {
    name: conditionRow.text(row, 'name'),
    sinceMs: conditionRow.number(row, 'since'),
    ageMs: Math.max(0, conditionRow.number(row, 'age')),
    told: conditionRow.textOrNull(row, 'told'),
  };
}
