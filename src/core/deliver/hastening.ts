// Makes deliveries due that no longer need to wait: all that failed, once the sink is back; those
// that got no answer while nothing passed, once another delivery passes.

import type { Logger } from '../../observe/log.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { hastenDeliveries, hastenFailed } from '../../store/deliveries/index.ts';
import type { Lease } from '../loops/lease.ts';
import { unansweredMax } from './spacing.ts';

export interface HasteningDependencies {
  readonly id: string;
  readonly db: Database;
  readonly lease: Lease;
  readonly log: Logger;
  /** Ids in flight, or answered and not yet written. */
  excluded(): Iterable<number>;
  /** Called when the database has something new that is due. */
  onHastened(): void;
}

export class Hastening {
  readonly #deps: HasteningDependencies;
  /** Got no answer while nothing passed, and wait long: the sink may have been frozen. */
  readonly #frozen = new Set<number>();
  /** Of those, what is to be due at once because another has passed since. */
  readonly #thawed = new Set<number>();
  #running: Promise<void> | undefined;

  constructor(deps: HasteningDependencies) {
    this.#deps = deps;
  }

  /** This delivery got no answer while nothing passed, and waits long. */
  freeze(eventId: number): void {
    this.#frozen.add(eventId);
  }

  /** This delivery passed. */
  passed(eventId: number): void {
    for (const id of this.#frozen) this.#thawed.add(id);
    this.#thawed.delete(eventId);
    this.#frozen.clear();
  }

  /** The sink is back: what failed while it was down waits no longer. */
  hastenAll(): void {
    const { db, lease, id } = this.#deps;
    this.#running ??= this.#hasten(() => hastenFailed(db, lease, { sink: id, unansweredMax }));
  }

  /**
   * To be awaited before the next send, so that what fails after it keeps its wait; undefined if
   * there is nothing to wait for.
   */
  pending(): Promise<void> | undefined {
    if (this.#thawed.size > 0) this.#running ??= this.#hastenThawed();
    return this.#running;
  }

  /**
   * What got no answer before the first delivery that passed is due once more; if tried just then,
   * after that.
   */
  #hastenThawed(): Promise<void> | undefined {
    const { db, lease, id: sink } = this.#deps;
    const busy = new Set(this.#deps.excluded());
    const ids = [...this.#thawed].filter((id) => !busy.has(id));
    if (ids.length === 0) return undefined;
    for (const id of ids) this.#thawed.delete(id);
    return this.#hasten(() => hastenDeliveries(db, lease, { sink, eventIds: ids }));
  }

  /** Never rejects. @param update returns how many it hastened */
  async #hasten(update: () => Promise<number>): Promise<void> {
    const { log, id: sink, onHastened } = this.#deps;
    try {
      if ((await update()) > 0) onHastened();
    } catch (error) {
      log.warn(
        { sink, error: databaseErrorText(error) },
        'what failed before is tried again at its own time',
      );
    } finally {
      this.#running = undefined;
    }
  }
}
