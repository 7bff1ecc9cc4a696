// The live processes of a database, for people: what each holds, and what it knows of it.
import type { Replica, WorkFacts } from '../kit/records/role.ts';
import type { Database } from './database.ts';
import { type ColumnOf, RowReader } from './row.ts';
import type { replicas } from './schema.ts';

/** `held`: names of its roles, as a JSON list. `facts`: JSON. */
const row = new RowReader<ColumnOf<typeof replicas> | 'held' | 'facts'>('replicas');

/** Those whose heartbeat holds, by id. */
export async function listReplicas(db: Database): Promise<Replica[]> {
  const rows = await db.$client`
    select r.id::text, extract(epoch from r.expires_at) * 1000 as expires_at,
      coalesce((select json_agg(l.name order by l.name) from leases l where l.holder = r.id),
        '[]'::json)::text as held,
      (r.works->'facts')::text as facts
    from replicas r where r.expires_at > clock_timestamp() order by r.id`;
  return rows.map((one) => ({
    id: row.text(one, 'id'),
    aliveUntil: row.time(one, 'expires_at'),
    roles: row.json<string[]>(one, 'held'),
    // An earlier release writes none.
    facts: row.jsonOrNull<WorkFacts>(one, 'facts') ?? {},
  }));
}
