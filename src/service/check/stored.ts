// What the database says about the configured sources and sinks, for `tocsin check`: positions of
// another console, backlogs that nobody delivers, processes that post elsewhere. Changes nothing.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../../config/index.ts';
import { backlogRemarks } from '../../core/identity/backlog.ts';
import { positionRemarks } from '../../core/identity/position.ts';
import { placeRemarks } from '../../core/identity/standing.ts';
import type { PlaceOf } from '../../kit/place.ts';
import type { StoredPosition } from '../../kit/records/position.ts';
import type { PollSource } from '../../kit/source.ts';
import { backlog as backlogs, source as positions, works } from '../../operations/index.ts';
import { peek } from '../operate.ts';
import { waitMs } from './far-ends.ts';
import type { Finding } from './finding.ts';

export interface Polled {
  readonly id: string;
  readonly source: Pick<PollSource, 'console' | 'recognises'>;
}

/** Whose positions the database holds under the ids of these sources, and under others. */
export async function lookAtPositions(
  config: Config,
  polled: readonly Polled[],
): Promise<Finding[]> {
  const stored = (await peek(config, positions.list, {})) ?? [];
  const known = await Promise.all(stored.map((position) => asRecognised(position, polled)));
  const consoles = polled.map(({ id, source }) => ({ id, console: source.console }));
  return positionRemarks(known, consoles).map(({ source: id, isFault, text }): Finding => {
    return { status: isFault ? 'failed' : 'warn', kind: 'source', id, text };
  });
}

/** A console with a new address is still the same one, as it is for the running service. */
export async function asRecognised(
  position: StoredPosition,
  polled: readonly Polled[],
): Promise<StoredPosition> {
  const source = polled.find(({ id }) => id === position.source)?.source;
  const isOther = position.console && source?.console && position.console !== source.console;
  if (!isOther || !position.cursor) return position;
  const isSame = await source
    .recognises?.(position.cursor, AbortSignal.timeout(waitMs))
    .catch(() => undefined);
  return isSame === true ? { ...position, console: source.console } : position;
}

/** What waits for sinks that are no longer configured. */
export async function lookAtBacklog(
  config: Config,
  places: readonly PlaceOf[],
): Promise<Finding[]> {
  const backlog = await peek(config, backlogs.list, {});
  if (backlog === undefined) return unseenIn(config);
  if (places.length === 0) return [];
  const remarks = backlogRemarks(backlog.counts, backlog.places, places);
  return remarks.map(({ sink: id, isFault, text }): Finding => {
    return { status: isFault ? 'failed' : 'warn', kind: 'sink', id, text };
  });
}

/** Running processes that post to another place under the id of one of these sinks. */
export async function lookAtOthers(config: Config, places: readonly PlaceOf[]): Promise<Finding[]> {
  const others = (await peek(config, works.list, {})) ?? [];
  return placeRemarks({ others, places }).map(({ sink: id, text }): Finding => {
    return { status: 'warn', kind: 'sink', id, text };
  });
}

/** Only the process that holds an embedded database can read it, and check opens none. */
function unseenIn({ databaseUrl, dataDir }: Config): Finding[] {
  if (databaseUrl !== undefined || !existsSync(join(dataDir, 'postgres'))) return [];
  const text =
    `what waits in DATA_DIR (${resolve(dataDir)}), and how far each source was read, was not looked at: no service answers there. ` +
    'Check again while it runs, or let `tocsin dead list` open the database.';
  return [{ status: 'warn', kind: 'database', id: '', text }];
}
