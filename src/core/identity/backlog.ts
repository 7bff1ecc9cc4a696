// A backlog belongs to a place, not to an id: when people rename a sink, what waits there goes
// along, and what belongs to no sink is reported.

import type { PlaceOf } from '../../kit/place.ts';
import type { SinkCounts } from '../../kit/records/delivery.ts';
import type { Logger } from '../../observe/log.ts';
import { moveBacklogs } from '../../store/backlog.ts';
import type { Database } from '../../store/database.ts';
import { listPlaces, writePlaces } from '../../store/sinks.ts';
import { readSurroundings } from '../../store/standing.ts';
import type { Lease } from '../loops/lease.ts';
import { standingOf, type Works } from './standing.ts';

export interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * Which sinks' backlogs go to another id: those whose place is configured under exactly one other
 * id, which did not have it before. All of them at once, because two ids may change places. Pure.
 *
 * @param stored by id, what was last configured
 */
export function planMoves(stored: readonly PlaceOf[], configured: readonly PlaceOf[]): Move[] {
  const known = new Map(stored.map(({ id, place }) => [id, place]));
  const now = new Map(configured.map(({ id, place }) => [id, place]));
  const moves = stored.flatMap(({ id, place }): Move[] => {
    if (!place || now.get(id) === place) return [];
    const heirs = configured.filter((one) => one.place === place && known.get(one.id) !== place);
    return heirs.length === 1 ? [{ from: id, to: heirs[0]!.id }] : [];
  });
  return moves.filter(({ to }) => moves.filter((one) => one.to === to).length === 1);
}

/** The moves that touch one of these sinks, and those that touch these in turn. */
function movesAround(moves: readonly Move[], ids: readonly string[]): Move[] {
  const touched = new Set(ids);
  let around: Move[] = [];
  for (;;) {
    const next = moves.filter(({ from, to }) => touched.has(from) || touched.has(to));
    if (next.length === around.length) return next;
    around = next;
    for (const { from, to } of next) touched.add(from).add(to);
  }
}

export interface SettlingDependencies {
  readonly db: Database;
  readonly log: Logger;
  /** Every sink of the configuration. */
  readonly places: readonly PlaceOf[];
  /** Ids of those that the role works. */
  readonly own: readonly string[];
  /** What this process works; absent: these places alone. */
  readonly works?: Works;
}

/**
 * To be called before anything is sent: gives what waits at a place to the id that the place has
 * now, and notes the places.
 * @param lease the role of these places
 * @returns a function that does it once, and again after it failed with the driver's error or
 * resolved to false: the role was lost, or another process works a sink at another place. Nothing
 * may be sent then
 */
export function createSettling(deps: SettlingDependencies, lease: Lease): () => Promise<boolean> {
  const { db, log, places, own } = deps;
  const works = deps.works ?? { roles: [], consoles: {}, places: placesById(places) };
  async function settle(): Promise<boolean> {
    const around = await readSurroundings(db, lease.holder);
    const { contested } = standingOf({ own: works, ...around });
    if (contested.some(({ sink }) => own.includes(sink))) return false;
    const moves = movesAround(planMoves(around.places, places), own);
    const moved = moves.length > 0 && (await moveBacklogs(db, lease, moves));
    for (const { from, to, deliveries } of moved || [])
      log.info(
        { sink: to, former: from, deliveries },
        'backlog taken over: the same place under a new id',
      );
    const before = new Map((await listPlaces(db)).map(({ id, place }) => [id, place]));
    const known = places.flatMap(({ id, place }) =>
      place && own.includes(id) ? [{ id, place, before: before.get(id) ?? null }] : [],
    );
    return known.length === 0 || writePlaces(db, lease, known);
  }
  let settled: Promise<boolean> | undefined;
  return () => {
    settled ??= settle().then(
      (isSettled) => {
        if (!isSettled) settled = undefined;
        return isSettled;
      },
      (error) => {
        settled = undefined;
        throw error;
      },
    );
    return settled;
  };
}

/** Those that are known. */
export function placesById(places: readonly PlaceOf[]): Record<string, string> {
  return Object.fromEntries(places.flatMap(({ id, place }) => (place ? [[id, place]] : [])));
}

export interface BacklogRemark {
  readonly sink: string;
  /** Something that should go out never will. */
  readonly isFault: boolean;
  readonly text: string;
}

/**
 * What people should know of backlogs whose sinks are no longer configured. Pure.
 * @param configured at least one
 */
export function backlogRemarks(
  counts: readonly Pick<SinkCounts, 'sink' | 'pending' | 'dead'>[],
  stored: readonly PlaceOf[],
  configured: readonly PlaceOf[],
): BacklogRemark[] {
  const moves = planMoves(stored, configured);
  return counts.flatMap(({ sink, pending, dead }): BacklogRemark[] => {
    if (pending + dead === 0) return [];
    const waiting = `${pending} ${pending === 1 ? 'delivery waits' : 'deliveries wait'} and ${dead} ${dead === 1 ? 'is' : 'are'} dead`;
    const move = moves.find(({ from }) => from === sink);
    if (move !== undefined)
      return [
        {
          sink,
          isFault: false,
          text: `${waiting}; they go to "${move.to}", which is the same place now`,
        },
      ];
    if (configured.some(({ id }) => id === sink)) return [];
    const text =
      `${waiting}, and no sink is called so any more, so nobody gets them. ` +
      `\`tocsin dead move --from ${sink} --to <sink>\` gives them to another one, \`tocsin dead drop --sink ${sink}\` gives them up`;
    return [{ sink, isFault: pending > 0, text }];
  });
}
