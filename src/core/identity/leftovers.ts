// Logs what a configuration leaves behind in the database, or finds there: positions and backlogs
// under other ids.

import type { PlaceOf } from '../../kit/place.ts';
import type { Logger } from '../../observe/log.ts';
import { listPositions } from '../../store/cursors.ts';
import type { Database } from '../../store/database.ts';
import { countDeliveries } from '../../store/deliveries/index.ts';
import { listPlaces } from '../../store/sinks.ts';
import { backlogRemarks } from './backlog.ts';
import { type ConsoleOf, positionRemarks } from './position.ts';

export interface LeftoverOptions {
  readonly db: Database;
  readonly log: Logger;
  /** Every source of the configuration. */
  readonly consoles: readonly ConsoleOf[];
  /** Every sink of the configuration. */
  readonly places: readonly PlaceOf[];
}

/** @throws the driver's error */
export async function logLeftovers({ db, log, consoles, places }: LeftoverOptions): Promise<void> {
  const positions = positionRemarks(await listPositions(db), consoles);
  for (const { source, isFault, text: remark } of positions) {
    if (isFault) log.error({ source, remark }, 'this source cannot be read');
    else log.info({ source, remark }, 'a position under another id');
  }
  const counts = await countDeliveries(db);
  for (const { sink, text: remark } of backlogRemarks(counts, await listPlaces(db), places))
    log.warn({ sink, remark }, 'a backlog under another id');
}
