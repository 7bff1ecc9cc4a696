// How this process stands to the others on its database, as of its last heartbeat.

import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import type { Database } from '../../store/database.ts';
import { readSurroundings } from '../../store/standing.ts';
import {
  leftText,
  type Standing,
  standingOf,
  type WorkingRole,
  worksOf,
} from '../identity/standing.ts';

export interface StandingWatchOptions {
  readonly db: Database;
  readonly replicaId: string;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export class StandingWatch {
  readonly #options: StandingWatchOptions;
  #standing: Standing | undefined;

  constructor(options: StandingWatchOptions) {
    this.#options = options;
  }

  /** Undefined before the first look. */
  current(): Standing | undefined {
    return this.#standing;
  }

  isLeft(name: string): boolean {
    return this.#standing?.left.has(name) ?? false;
  }

  /**
   * To be called after the heartbeat, so that the others know what this process works before it
   * judges by what they work.
   * @param rolesNow asked once the others are known: another configuration may have come meanwhile
   * @throws the driver's error
   */
  async look(rolesNow: () => readonly WorkingRole[]): Promise<void> {
    const { db, replicaId } = this.#options;
    const before = leftText(this.#standing);
    const surroundings = await readSurroundings(db, replicaId);
    const roles = rolesNow();
    const own = worksOf(roles);
    this.#standing = standingOf({ own, ...surroundings }, roles);
    this.#show(Object.keys(own.places), this.#standing);
    if (leftText(this.#standing) !== before) this.#log(this.#standing);
  }

  #show(sinks: readonly string[], { contested }: Standing): void {
    for (const sink of sinks) {
      const isContested = contested.some((one) => one.sink === sink);
      this.#options.metrics.sinkOtherPlace.set({ sink }, isContested ? 1 : 0);
    }
  }

  #log({ left, contested }: Standing): void {
    const { log } = this.#options;
    if (left.size === 0) {
      log.info({}, 'no role is left to another process any more');
      return;
    }
    const elsewhere = contested.map(({ sink, place }) => `${sink} at ${place}`);
    const fields = { roles: [...left].sort(), elsewhere };
    log.warn(fields, 'roles are left to a process with other consoles or webhooks');
  }
}
