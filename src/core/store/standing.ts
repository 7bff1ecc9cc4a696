// What a process must know of the others on its database before it works anything.
import { listPositions } from './cursors.ts';
import type { Database } from './database.ts';
import { listWorks } from './leases.ts';
import { listPlaces } from './sinks.ts';

/** @param id of this process, whose own works are left out; null for a command */
export async function readSurroundings(db: Database, id: string | null) {
  const [others, positions, places] = await Promise.all([listWorks(db, id), listPositions(db), listPlaces(db)]);
  return { others, positions, places };
}
