// What a process must know about the others on its database before it takes a role, read at one
// moment.
import type { StoredPosition } from '../kit/records/position.ts';
import type { Works } from '../kit/records/role.ts';
import type { SinkPlace } from '../kit/records/sink-state.ts';
import { toPosition } from './cursors.ts';
import type { Database } from './database.ts';
import { worksFrom } from './leases.ts';
import { toPlace } from './sinks.ts';

export interface Surroundings {
  /** What each other live process works, except those of a release that did not report it. */
  readonly others: readonly Works[];
  readonly positions: readonly StoredPosition[];
  readonly places: readonly SinkPlace[];
}

/**
 * One statement, because it runs with every heartbeat of every replica.
 * @param id of this process
 */
export async function readSurroundings(db: Database, id: string): Promise<Surroundings> {
  const [row] = await db.$client`
    select
      (select json_agg(works order by id) from replicas
        where expires_at > clock_timestamp() and works is not null
          and id <> ${id}::uuid)::text as others,
      (select json_agg(json_build_object('source', source, 'cursor', cursor,
          'generation', generation, 'console', console, 'former', former::text,
          'updated_at', updated_at) order by source)
        from cursors)::text as positions,
      (select json_agg(json_build_object('sink', sink, 'place', place) order by sink)
        from sinks)::text as places`;
  const listOf = (text: unknown) => JSON.parse(String(text ?? '[]'));
  return {
    others: listOf(row?.others).map(worksFrom),
    positions: listOf(row?.positions).map(toPosition),
    places: listOf(row?.places).map(toPlace),
  };
}
