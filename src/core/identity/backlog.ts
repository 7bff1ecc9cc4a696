// A backlog belongs to a place, not to an id. When people rename a sink, its backlog moves to the
// new id; a backlog that belongs to no sink is reported.

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
 * Which backlogs move to another id: those whose place is configured under exactly one other id
 * that did not have it before. Plans all moves together, because two ids may swap places. Pure.
 * @param stored the places that were last configured
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
 * Gives what waits at a place to the id that the place has now, and notes the places. Nothing may
 * be sent before that is done.
 */
export class Settling {
  readonly #deps: SettlingDependencies;
  readonly #lease: Lease;
  readonly #works: Works;
  #done: Promise<boolean> | undefined;

  /** @param lease the role of these places */
  constructor(deps: SettlingDependencies, lease: Lease) {
    this.#deps = deps;
    this.#lease = lease;
    this.#works = deps.works ?? { roles: [], consoles: {}, places: placesById(deps.places) };
  }

  /**
   * Does the work once; after a failure or a `false`, the next call tries again.
   * @returns false if the role was lost, or if another process works a sink at another place
   * @throws the driver's error
   */
  done(): Promise<boolean> {
    this.#done ??= this.#try();
    return this.#done;
  }

  async #try(): Promise<boolean> {
    let isSettled = false;
    try {
      isSettled = await this.#settle();
      return isSettled;
    } finally {
      if (!isSettled) this.#done = undefined;
    }
  }

  async #settle(): Promise<boolean> {
    const { db, places, own } = this.#deps;
    const around = await readSurroundings(db, this.#lease.holder);
    const { contested } = standingOf({ own: this.#works, ...around });
    if (contested.some(({ sink }) => own.includes(sink))) return false;
    await this.#move(movesAround(planMoves(around.places, places), own));
    const before = new Map((await listPlaces(db)).map(({ id, place }) => [id, place]));
    const known = places.flatMap(({ id, place }) =>
      place && own.includes(id) ? [{ id, place, before: before.get(id) ?? null }] : [],
    );
    return known.length === 0 || writePlaces(db, this.#lease, known);
  }

  async #move(moves: readonly Move[]): Promise<void> {
    if (moves.length === 0) return;
    const { db, log } = this.#deps;
    const moved = await moveBacklogs(db, this.#lease, moves);
    for (const { from, to, deliveries } of moved || [])
      log.info(
        { sink: to, former: from, deliveries },
        'backlog taken over: the same place under a new id',
      );
  }
}

/** Those that are known. */
export function placesById(places: readonly PlaceOf[]): Record<string, string> {
  return Object.fromEntries(places.flatMap(({ id, place }) => (place ? [[id, place]] : [])));
}

export interface BacklogRemark {
  readonly sink: string;
  /** Deliveries wait that nobody will send. */
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
